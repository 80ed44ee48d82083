"""Which tables keep what they knew, and why the others need not. Every table stands in one of the lists.

A table that comes later is added here, and a column that comes later needs nothing but `RefreshHistory(KEPT)` in a new
migration of this app; a test compares both with the models.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from django.apps import apps

from audit.versioning import Dated, Kept, Revised, Tracked

KEPT: Final[tuple[Kept, ...]] = (
    Tracked("organization_organization", uncompared=("figures_version",), known_from="created_at"),
    Tracked("organization_department"),
    Tracked("objectives_vision"),
    Tracked("objectives_objective"),
    Tracked("objectives_contribution"),
    Tracked("objectives_objectiveoverride"),
    Dated("objectives_checkin", "at"),
    Dated("objectives_objectivesnapshot", "day", by_day=True),
    Tracked("kpis_kpi"),
    Tracked("kpis_target"),
    Tracked("kpis_measure"),
    Tracked("kpis_formulaoperand"),
    Tracked("kpis_statusoverride"),
    Tracked("kpis_stepchange"),
    Tracked("kpis_batch", uncompared=("content",)),
    Tracked("kpis_periodlock"),
    Tracked("kpis_restatement"),
    Tracked("kpis_restatedvalue"),
    Revised(
        "kpis_measurement",
        "recorded_at",
        revisions="kpis_measurementrevision",
        until="replaced_at",
        shared=(
            "kpi_id",
            "period",
            "value",
            "numerator",
            "denominator",
            "estimate",
            "note",
            "recorded_at",
            "recorded_by_id",
            "source",
            "coverage",
            "batch_id",
        ),
    ),
    Dated("kpis_measurementrevision", "replaced_at"),
    Tracked("kpis_kpioutlook", uncompared=("stale", "computed_at")),
    Tracked("kpis_pastforecast"),
    Tracked("initiatives_initiative"),
    Tracked("initiatives_initiativeobjective"),
    Dated("initiatives_statusupdate", "at"),
    Dated("initiatives_alignmentsnapshot", "day", by_day=True),
    Tracked("alerts_alertrule"),
    Tracked("alerts_alertgroup"),
    Tracked("alerts_alert"),
    Dated("audit_event", "at"),
)

DERIVED: Final = ("kpis_kpifigures", "objectives_objectivefigures")
"""Computed from the rest, and computed again for a past moment (cmo_portal.as_of). Outlooks take too long for that and
are kept as they were worked out."""

PEOPLE = "who may sign in and what they may do is that of now, whatever is looked at"
READER = "concerns how one reads or is told, not what is told"
MACHINERY = "machinery of the framework"

UNKEPT: Final[Mapping[str, str]] = {
    "organization_user": PEOPLE,
    "organization_user_groups": PEOPLE,
    "organization_user_user_permissions": PEOPLE,
    "organization_membership": PEOPLE,
    "organization_apitoken": PEOPLE,
    "organization_signinfailure": PEOPLE,
    "organization_idempotencykey": "answers to repeated requests, for a day",
    "auth_group": PEOPLE,
    "auth_group_permissions": PEOPLE,
    "auth_permission": PEOPLE,
    "integrations_importjob": "files on their way in; what came of them is in the tables and in the ledger",
    "integrations_importprogress": "how far the worker is",
    "cmo_portal_pastfigures": "what was computed of past moments; worked out again where it is missing",
    "alerts_channel": READER,
    "alerts_delivery": READER,
    "alerts_lastseen": "up to where the alerts have compared",
    "alerts_mutewindow": READER,
    "alerts_subscription": READER,
    "dashboards_digestturn": READER,
    "dashboards_visit": READER,
    "django_admin_log": MACHINERY,
    "django_content_type": MACHINERY,
    "django_session": MACHINERY,
}


@cache
def columns_read() -> dict[str, tuple[str, ...]]:
    """The columns that the models read, by table."""
    return {
        model._meta.db_table: tuple(field.column for field in model._meta.local_concrete_fields if field.column)
        for model in apps.get_models(include_auto_created=True)
    }
