from django.core.validators import MaxValueValidator
from django.db import migrations, models

import organization.models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0005_deliveries_read_paused_own")]

    operations = [
        migrations.AddField(
            model_name="subscription",
            name="due_rhythm",
            field=models.CharField(
                choices=[("daily", "On working days"), ("weekly", "On Mondays"), ("off", "Never")],
                default="daily",
                max_length=6,
                verbose_name="digest of what is due",
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="due_hour",
            field=models.PositiveSmallIntegerField(default=7, validators=[MaxValueValidator(23)], verbose_name="hour"),
        ),
        migrations.AddField(
            model_name="subscription",
            name="timezone",
            field=models.CharField(
                blank=True, max_length=64, validators=[organization.models.valid_timezone], verbose_name="time zone"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_hour__lte", 23)), name="subscription_hour_of_day"
            ),
        ),
    ]
