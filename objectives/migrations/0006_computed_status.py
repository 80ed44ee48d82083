"""What the engine says begins as what is shown."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("objectives", "0005_status_overrides_and_confidence")]
    operations = [
        migrations.RunSQL(
            "UPDATE objectives_objectivefigures SET computed_state = state, computed_colour = colour, computed_rule = rule",
            migrations.RunSQL.noop,
        ),
    ]
