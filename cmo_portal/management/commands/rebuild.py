"""manage.py rebuild: every derived figure again, through the same functions that keep them up to date."""

from argparse import ArgumentParser
from datetime import date, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from cmo_portal.past_figures import forget_figures
from initiatives.services import keep_alignment, refresh_delivery
from kpis.services import (
    evaluate_all,
    mark_all_outlooks_stale,
    record_history,
    refresh_all_computed,
    refresh_waiting_outlooks,
)
from objectives.models import Objective
from objectives.services import ensure_figures, roll_up_all, today_of
from organization.actors import system_actor
from organization.models import Organization


class Command(BaseCommand):
    help = (
        "Recompute every computed value, every stored figure of KPIs and objectives, and print how many rows differed. "
        "On a healthy system that is 0. What waits for the worker is finished by the way and counted apart."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", metavar="CODE", help="only this organization (default: all)")
        parser.add_argument(
            "--history",
            type=int,
            metavar="MONTHS",
            help="also compute month ends of so many past months that have no snapshot, from the values known then",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        organizations = Organization.objects.order_by("code")
        if options["organization"]:
            organizations = organizations.filter(code=options["organization"])
            if not organizations:
                known = ", ".join(Organization.objects.order_by("code").values_list("code", flat=True)) or "none"
                raise CommandError(f"There is no organization {options['organization']}. Known: {known}.")
        at, total = timezone.now(), 0
        for organization in organizations:
            total += self._rebuild(organization, at)
            if options["history"]:
                self._past(organization, at, options["history"])
        self.stdout.write(f"{total} rows differed")

    def _rebuild(self, organization: Organization, at: datetime) -> int:
        ids = list(Objective.objects.filter(organization=organization).values_list("pk", flat=True))
        unseen = refresh_waiting_outlooks(at=at, organization_id=organization.pk).answered
        with transaction.atomic():
            ensure_figures(ids, at=at)
            derived = refresh_all_computed(organization, actor=system_actor(organization.pk, "rebuild"), at=at)
            scored = evaluate_all(at=at, organization_id=organization.pk)
            mark_all_outlooks_stale(organization.pk)
            delivered = len(refresh_delivery(ids, at=at))
            waiting = Objective.objects.filter(organization=organization, figures__stale_at__isnull=False).count()
            rolled = roll_up_all(at=at, organization_id=organization.pk)
        forget_figures(organization.pk)  # of past days: computed again when one is looked at
        outlooks = refresh_waiting_outlooks(at=at, organization_id=organization.pk)
        keep_alignment(organization.pk, day=today_of(organization, at))  # a picture of the day: never wrong, only older
        differed = derived.rows + scored.changed + scored.objectives + delivered + rolled.changed + outlooks.changed
        self.stdout.write(
            f"{organization.code}: {scored.scored} KPIs, {rolled.computed} objectives; {differed} rows differed"
            + (f" ({waiting} objectives were waiting for the worker)" if waiting else "")
            + (f" ({unseen} outlooks were waiting for the worker)" if unseen else "")
        )
        return differed

    def _past(self, organization: Organization, at: datetime, months: int) -> None:
        days = _month_ends(today_of(organization, at), months)
        added = record_history(organization, days)
        self.stdout.write(f"{organization.code}: {added} snapshots of {len(days)} month ends added")


def _month_ends(today: date, months: int) -> list[date]:
    """The last days of the months before this one, newest first."""
    days, day = [], today
    for _number in range(months):
        day = day.replace(day=1) - timedelta(days=1)
        days.append(day)
    return days
