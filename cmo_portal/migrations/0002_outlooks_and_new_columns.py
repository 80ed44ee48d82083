"""Outlooks and past forecasts keep what they were; and the history knows the columns that came since."""

from django.db import migrations

from audit.versioning import RefreshHistory
from cmo_portal.history import KEPT


class Migration(migrations.Migration):
    dependencies = [
        ("cmo_portal", "0001_keep_history"),
        ("alerts", "0005_deliveries_read_paused_own"),
    ]
    operations = [RefreshHistory(KEPT)]
