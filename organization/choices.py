"""Words of who may do what."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    VIEWER = "viewer", _("Viewer")
    CONTRIBUTOR = "contributor", _("Contributor")
    MANAGER = "manager", _("Manager")
    EXECUTIVE = "executive", _("Executive")
    STRATEGY_OFFICE = "strategy_office", _("Strategy office")
    ADMIN = "admin", _("Administrator")


class Scope(models.TextChoices):
    """What a token may do at most; its user's roles bound it further."""

    READ = "read", _("Read")
    KPI_WRITE = "kpi:write", _("Write KPI values")
    INITIATIVE_WRITE = "initiative:write", _("Update initiatives")
    STRATEGY_WRITE = "strategy:write", _("Edit the strategy")
    ADMIN = "admin", _("Administer")


class Language(models.TextChoices):
    ENGLISH = "en", "English"
    FRENCH = "fr", "Français"


EDITING_ROLES = frozenset({Role.STRATEGY_OFFICE, Role.MANAGER})
"""May change what the strategy consists of, within the department of the membership and below."""

UPDATING_ROLES = EDITING_ROLES
"""May record values, check-ins and status updates of anything within the membership's departments."""

OWNER_UPDATING_ROLES = frozenset({Role.CONTRIBUTOR, Role.EXECUTIVE}) | UPDATING_ROLES
"""May do so for what they own themselves."""

ANSWERING_ROLES = frozenset({Role.EXECUTIVE}) | EDITING_ROLES
"""May acknowledge and close alerts within the membership's departments."""
