"""`manage.py export_strategy`, also as known on a past day: what `integrations` exports, inside what was known then."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from cmo_portal.as_of import as_known_at
from cmo_portal.as_of_door import asked_day, end_of
from integrations.management.commands import export_strategy
from organization.models import Organization


class Command(export_strategy.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--as-of", default="", metavar="DAY", help="the strategy as known at the end of this day, as 2026-09-30"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        organization = Organization.objects.filter(code=options["organization"]).first()
        if organization is None or not options["as_of"]:
            return super().handle(*args, **options)
        try:
            day = asked_day(options["as_of"], now=timezone.now(), organization=organization)
        except ValidationError as error:
            raise CommandError(error.messages[0]) from error
        if day is None:
            return super().handle(*args, **options)
        with as_known_at(organization, end_of(day, organization)):
            if not Organization.objects.filter(pk=organization.pk).exists():
                raise CommandError(f"On {day} nothing was known of {organization.code} yet.")
            return super().handle(*args, **options)
