"""The assembly as a Django app: its checks, its commands, and the Celery app that tasks attach to."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _

from cmo_portal.celery import app as celery_app
from cmo_portal.checks import check_database_server, check_settings

__all__ = ["CmoPortalConfig", "celery_app"]


class CmoPortalConfig(AppConfig):
    name = "cmo_portal"
    verbose_name = _("CMO portal")

    def ready(self) -> None:
        register(check_settings, "cmo")
        register(check_database_server, Tags.database)
