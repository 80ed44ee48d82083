"""Alerts that fire join the open group of their owner and branch; a group without open alerts ends."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from alerts.choices import OPEN_STATES
from alerts.grouping import SETTLE, branch_of, next_episode
from alerts.models import Alert, AlertGroup
from alerts.services.deliveries import WRITTEN_AT_ONCE, Escalated, queue_escalation_deliveries, queue_group_deliveries

Place = tuple[int | None, int | None]
"""Owner and branch."""

REWRITTEN: Final = ("episode", "tell_at", "changed_at")


class Gathering:
    """Collects during a comparison; `gather` before the alerts are written, `settle` after. Statements do not grow.

    Locks the organization's open groups in primary-key order, after the alerts.
    """

    def __init__(self, organization_id: int, *, at: datetime) -> None:
        self._organization_id = organization_id
        self._at = at
        self._joining: dict[int, tuple[Alert, Place]] = {}
        self._staying: list[tuple[Alert, Place]] = []
        self._left: set[int] = set()
        self._escalated: list[Alert] = []
        self._open: dict[int, AlertGroup] = {}
        self._telling: list[AlertGroup] = []

    def join(self, alert: Alert, path: str | None) -> None:
        """The alert asks for somebody anew: its group tells of it."""
        self._joining[id(alert)] = (alert, (alert.owner_id, branch_of(path)))

    def stay(self, alert: Alert, path: str | None) -> None:
        """The alert is open as before; with another owner or branch it moves."""
        self._staying.append((alert, (alert.owner_id, branch_of(path))))

    def leave(self, alert: Alert) -> None:
        """The alert has ended."""
        if alert.group_id is not None:
            self._left.add(alert.group_id)

    def escalate(self, alert: Alert) -> None:
        """The alert has come up to `escalated_to`."""
        self._escalated.append(alert)

    def gather(self) -> list[Alert]:
        """Give every joining alert its group and episode; returns those that moved."""
        if not (self._joining or self._staying or self._escalated):
            return []
        self._open = {group.pk: group for group in open_groups(self._organization_id)}
        moved = [alert for alert, place in self._staying if self._moves(alert, place)]
        places = {_place(group): group for group in self._open.values()}
        joined: dict[Place, AlertGroup] = {}
        for alert, place in self._joining.values():
            group = joined.get(place)
            if group is None:
                group = joined[place] = self._told(places.get(place), place)
            if alert.group_id is not None and alert.group_id != group.pk:
                self._left.add(alert.group_id)
        self._write(list(joined.values()))
        for alert, place in self._joining.values():
            alert.group, alert.episode = joined[place], joined[place].episode
        self._telling = list(joined.values())
        return moved

    def settle(self) -> None:
        """Queue what is told of the alerts written meanwhile, and end the groups that nothing open is left of."""
        queue_group_deliveries(self._telling, at=self._at)
        queue_escalation_deliveries(
            [
                Escalated(self._open[alert.group_id], alert.escalated_to_id, alert.escalation_level, alert.episode)
                for alert in self._escalated
                if alert.group_id in self._open and alert.escalated_to_id is not None
            ],
            at=self._at,
        )
        end_empty_groups(self._left, at=self._at)

    def _moves(self, alert: Alert, place: Place) -> bool:
        group = self._open.get(alert.group_id or 0)
        if id(alert) in self._joining or (group is not None and _place(group) == place):
            return False
        self._joining[id(alert)] = (alert, place)
        return True

    def _told(self, group: AlertGroup | None, place: Place) -> AlertGroup:
        if group is None:
            owner_id, branch_id = place
            return AlertGroup(
                organization_id=self._organization_id,
                owner_id=owner_id,
                branch_id=branch_id,
                tell_at=self._at + SETTLE,
                opened_at=self._at,
                changed_at=self._at,
            )
        group.episode, group.tell_at = next_episode(group.episode, group.tell_at, at=self._at)
        group.changed_at = self._at
        return group

    def _write(self, groups: list[AlertGroup]) -> None:
        new = [group for group in groups if group.pk is None]
        if new:
            rows = AlertGroup.objects.filter(organization_id=self._organization_id).order_by("-number")
            first = (rows.values_list("number", flat=True).first() or 0) + 1
            for number, group in enumerate(new, first):
                group.number, group.code = number, f"AG-{number}"
            AlertGroup.objects.bulk_create(new, batch_size=WRITTEN_AT_ONCE)
            self._open.update({group.pk: group for group in new})
        fresh = {id(group) for group in new}
        known = [group for group in groups if id(group) not in fresh]
        if known:
            AlertGroup.objects.bulk_create(
                known, update_conflicts=True, unique_fields=["id"], update_fields=REWRITTEN, batch_size=WRITTEN_AT_ONCE
            )


def open_groups(organization_id: int) -> list[AlertGroup]:
    """The open groups of an organization, locked in primary-key order."""
    rows = AlertGroup.objects.open().filter(organization_id=organization_id)
    return list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))


def end_empty_groups(group_ids: Iterable[int], *, at: datetime) -> None:
    """End those of the groups that have no open alert any more. Locks them first, then counts."""
    ids = sorted(set(group_ids))
    if not ids:
        return
    rows = AlertGroup.objects.open().filter(pk__in=ids)
    locked = list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk", flat=True))
    busy = Alert.objects.filter(group_id__in=locked, state__in=OPEN_STATES).values("group_id")
    AlertGroup.objects.filter(pk__in=locked).exclude(pk__in=busy).update(ended_at=at, changed_at=at)


def _place(group: AlertGroup) -> Place:
    return group.owner_id, group.branch_id
