"""Figures are rewritten often: leave room in each page, so that an update stays on it (HOT)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("kpis", "0002_foreign_keys")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE kpis_kpifigures SET (fillfactor = 70)", "ALTER TABLE kpis_kpifigures RESET (fillfactor)"
        ),
    ]
