"""Alert: a condition that is true now, or was."""

from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alerts.choices import LIVE_STATES, OPEN_STATES, AlertState, Outcome, Severity
from alerts.models.groups import AlertGroup
from alerts.models.rules import AlertRule
from initiatives.models import Initiative
from kpis.models import Kpi
from objectives.choices import Colour, Level, State
from objectives.models import Objective
from organization.models import Department, Organization, User, code_field
from organization.scoping import ScopedQuerySet

TAKES_THE_PLACE: Final = Q(holds=True) | Q(state__in=sorted(LIVE_STATES)) | Q(recovering_since__isnull=False)
"""No second alert of the rule on the subject: it is live, or a person closed it and the condition has not ended yet."""

ASKING: Final = Q(state__in=sorted(OPEN_STATES), snoozed_until__isnull=True)
"""It asks for somebody now: open and not snoozed."""


class AlertQuerySet(ScopedQuerySet["Alert"]):
    def shared_by_all(self) -> Q:
        return Q(department__isnull=True) | Q(objective__level=Level.STRATEGIC)

    def open(self) -> "AlertQuerySet":
        """Those that have fired and have not ended."""
        return self.filter(state__in=OPEN_STATES)

    def asking(self) -> "AlertQuerySet":
        """Those that ask for somebody now."""
        return self.filter(ASKING)

    def fired(self) -> "AlertQuerySet":
        """All but those whose condition has not held long enough yet."""
        return self.exclude(state=AlertState.PENDING)

    def taking_the_place(self) -> "AlertQuerySet":
        """Those beside which no second one of their rule and subject may stand."""
        return self.filter(TAKES_THE_PLACE)


class Alert(models.Model):
    """One condition on one KPI, objective or initiative: `alerts.lifecycle` says how it moves from state to state.

    `holds` is the last comparison's verdict. `due_at` is when time alone changes it: the hold time or the recovery
    time has passed, a snooze or an accepted deviation is over, an escalation is due.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(_("number"), editable=False)
    code = code_field()
    rule = models.ForeignKey(AlertRule, on_delete=models.PROTECT, related_name="+")
    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    assigned_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    group = models.ForeignKey(AlertGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="alerts")
    episode = models.PositiveIntegerField(_("message of its group"), default=0)
    severity = models.CharField(_("severity"), max_length=5, choices=Severity.choices)
    state = models.CharField(_("state"), max_length=12, choices=AlertState.choices, default=AlertState.FIRING)
    holds = models.BooleanField(_("condition holds"), default=True)
    facts = models.JSONField(_("facts"), default=dict)
    opened_at = models.DateTimeField(_("opened"))
    changed_at = models.DateTimeField(_("changed"))
    pending_since = models.DateTimeField(_("holds since"), null=True, blank=True)
    recovering_since = models.DateTimeField(_("is over since"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    snoozed_until = models.DateTimeField(_("snoozed until"), null=True, blank=True)
    snoozed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    escalation_level = models.PositiveSmallIntegerField(_("level of escalation"), default=0)
    escalated_to = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    escalated_at = models.DateTimeField(_("escalated"), null=True, blank=True)
    escalation_ended = models.BooleanField(_("nobody is above"), default=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=18, choices=Outcome.choices, blank=True)
    accepted_until = models.DateField(_("accepted until"), null=True, blank=True)
    action_code = models.CharField(_("action"), max_length=200, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="alert_code_once"),
            models.UniqueConstraint(fields=["organization", "number"], name="alert_number_once"),
            models.UniqueConstraint(
                fields=["rule", "kpi"], condition=TAKES_THE_PLACE & Q(kpi__isnull=False), name="alert_kpi_once"
            ),
            models.UniqueConstraint(
                fields=["rule", "objective"],
                condition=TAKES_THE_PLACE & Q(objective__isnull=False),
                name="alert_objective_once",
            ),
            models.UniqueConstraint(
                fields=["rule", "initiative"],
                condition=TAKES_THE_PLACE & Q(initiative__isnull=False),
                name="alert_initiative_once",
            ),
            models.CheckConstraint(
                condition=Q(kpi__isnull=False, objective__isnull=True, initiative__isnull=True)
                | Q(kpi__isnull=True, objective__isnull=False, initiative__isnull=True)
                | Q(kpi__isnull=True, objective__isnull=True, initiative__isnull=False),
                name="alert_one_subject",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.ACCEPTED) | Q(accepted_until__isnull=False), name="alert_accepted_until"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "state", "-opened_at"], name="alert_inbox"),
            # used by reconcile_due to claim what time alone changes
            models.Index(fields=["due_at", "id"], name="alert_due", condition=Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.code


class LastSeen(models.Model):
    """How a KPI or an objective stood when it was last compared: what an alert that opens next calls "before"."""

    kpi = models.OneToOneField(Kpi, on_delete=models.CASCADE, null=True, related_name="+")
    objective = models.OneToOneField(Objective, on_delete=models.CASCADE, null=True, related_name="+")
    state = models.CharField(max_length=15, choices=State.choices)
    colour = models.CharField(max_length=5, choices=Colour.choices)
    value = models.CharField(max_length=50, blank=True)
    period = models.DateField(null=True)

    class Meta:
        verbose_name = _("last comparison")
        verbose_name_plural = _("last comparisons")
        constraints = [
            models.CheckConstraint(
                condition=Q(kpi__isnull=False, objective__isnull=True) | Q(kpi__isnull=True, objective__isnull=False),
                name="last_seen_one_subject",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kpi_id or self.objective_id}: {self.state}"
