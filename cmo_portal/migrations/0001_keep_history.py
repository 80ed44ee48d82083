"""From here on the database keeps what every row of the strategy was, and since when it was known."""

from django.db import migrations

from audit.versioning import KeepHistory
from cmo_portal.history import KEPT


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("audit", "0002_append_only"),
        ("organization", "0003_sign_in_failure"),
        ("objectives", "0006_computed_status"),
        ("kpis", "0006_computed_status"),
        ("initiatives", "0004_alignment_on_days"),
        ("alerts", "0002_lifecycle_groups_deliveries"),
    ]
    operations = [KeepHistory(KEPT)]
