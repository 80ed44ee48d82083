"""Figures are rewritten often: leave room in each page, so that an update stays on it (HOT)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("objectives", "0002_foreign_keys")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE objectives_objectivefigures SET (fillfactor = 70)",
            "ALTER TABLE objectives_objectivefigures RESET (fillfactor)",
        ),
    ]
