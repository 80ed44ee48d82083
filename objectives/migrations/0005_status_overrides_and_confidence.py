import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("objectives", "0004_full_text"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="objectivefigures",
            name="computed_colour",
            field=models.CharField(
                choices=[("green", "Green"), ("amber", "Amber"), ("red", "Red"), ("grey", "Grey")],
                default="grey",
                max_length=5,
            ),
        ),
        migrations.AddField(
            model_name="objectivefigures",
            name="computed_rule",
            field=models.CharField(
                choices=[
                    ("lifecycle", "Paused or cancelled"),
                    ("not_started", "The start date lies ahead"),
                    ("no_target", "There is no target to compare with"),
                    ("no_data", "No value has arrived yet"),
                    ("stale", "The last value is too old"),
                    ("override", "Set by hand"),
                    ("too_early", "Less than one update period has passed"),
                    ("outcome", "The end date has passed"),
                    ("pace", "Progress against what is expected today"),
                    ("band", "Attainment of the target"),
                    ("achieved", "On target or better"),
                    ("coverage", "Too few inputs are known"),
                    ("no_input", "Nothing feeds this figure yet"),
                    ("no_plan", "There is no dated plan to compare with"),
                    ("baselining", "The baseline is not known yet"),
                ],
                default="no_input",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="objectivefigures",
            name="computed_state",
            field=models.CharField(
                choices=[
                    ("on_track", "On track"),
                    ("at_risk", "At risk"),
                    ("off_track", "Off track"),
                    ("achieved", "Achieved"),
                    ("partly_achieved", "Partly achieved"),
                    ("missed", "Missed"),
                    ("too_early", "Too early to tell"),
                    ("no_target", "No target"),
                    ("no_data", "No data"),
                    ("stale", "Out of date"),
                    ("not_started", "Not started"),
                    ("paused", "Paused"),
                    ("cancelled", "Cancelled"),
                ],
                default="no_data",
                max_length=15,
            ),
        ),
        migrations.AddField(
            model_name="objectivefigures",
            name="confidence_low",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="objectivefigures",
            name="confidence_low_code",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name="objectivefigures",
            name="confidence_mean",
            field=models.FloatField(null=True),
        ),
        migrations.AlterField(
            model_name="objectivefigures",
            name="rule",
            field=models.CharField(
                choices=[
                    ("lifecycle", "Paused or cancelled"),
                    ("not_started", "The start date lies ahead"),
                    ("no_target", "There is no target to compare with"),
                    ("no_data", "No value has arrived yet"),
                    ("stale", "The last value is too old"),
                    ("override", "Set by hand"),
                    ("too_early", "Less than one update period has passed"),
                    ("outcome", "The end date has passed"),
                    ("pace", "Progress against what is expected today"),
                    ("band", "Attainment of the target"),
                    ("achieved", "On target or better"),
                    ("coverage", "Too few inputs are known"),
                    ("no_input", "Nothing feeds this figure yet"),
                    ("no_plan", "There is no dated plan to compare with"),
                    ("baselining", "The baseline is not known yet"),
                ],
                default="no_input",
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="ObjectiveOverride",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("on_track", "On track"),
                            ("at_risk", "At risk"),
                            ("off_track", "Off track"),
                            ("achieved", "Achieved"),
                            ("partly_achieved", "Partly achieved"),
                            ("missed", "Missed"),
                            ("too_early", "Too early to tell"),
                            ("no_target", "No target"),
                            ("no_data", "No data"),
                            ("stale", "Out of date"),
                            ("not_started", "Not started"),
                            ("paused", "Paused"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=15,
                        verbose_name="status",
                    ),
                ),
                (
                    "colour",
                    models.CharField(
                        choices=[("green", "Green"), ("amber", "Amber"), ("red", "Red"), ("grey", "Grey")], max_length=5
                    ),
                ),
                ("reason", models.TextField(verbose_name="reason")),
                ("set_at", models.DateTimeField(verbose_name="set")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="until")),
                ("spoken_at", models.DateTimeField(editable=False, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "objective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="overrides", to="objectives.objective"
                    ),
                ),
            ],
            options={
                "verbose_name": "status set by hand",
                "verbose_name_plural": "statuses set by hand",
                "ordering": ["-set_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("objective",),
                        name="objective_override_one_in_force",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="objective_override_reason"
                    ),
                ],
            },
        ),
    ]
