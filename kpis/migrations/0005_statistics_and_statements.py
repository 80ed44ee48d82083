import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kpis", "0004_full_text"),
        ("organization", "0003_sign_in_failure"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(editable=False, verbose_name="number")),
                (
                    "code",
                    models.CharField(
                        max_length=100,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[^\\s/\\\\?#%\\x00-\\x1f](?:[^/\\\\?#%\\x00-\\x1f]*[^\\s/\\\\?#%\\x00-\\x1f])?$",
                                "A code has no slash, question mark, hash or percent sign and does not begin or end with a space.",
                                code="code",
                            )
                        ],
                        verbose_name="code",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Not stored yet"),
                            ("applied", "Stored"),
                            ("undone", "Undone"),
                            ("discarded", "Discarded"),
                        ],
                        default="draft",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("source", models.CharField(max_length=20, verbose_name="source")),
                ("name", models.CharField(blank=True, max_length=255, verbose_name="file")),
                ("content", models.BinaryField(null=True)),
                ("columns", models.JSONField(default=dict, verbose_name="columns")),
                ("created", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0)),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("applied_at", models.DateTimeField(null=True, verbose_name="applied")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="undone")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "batch of values",
                "verbose_name_plural": "batches of values",
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="FormulaOperand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
            options={
                "verbose_name": "operand",
                "verbose_name_plural": "operands",
            },
        ),
        migrations.CreateModel(
            name="KpiOutlook",
            fields=[
                (
                    "kpi",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="outlook",
                        serialize=False,
                        to="kpis.kpi",
                    ),
                ),
                ("stale", models.BooleanField(default=True)),
                ("computed_at", models.DateTimeField(null=True)),
                ("points", models.PositiveIntegerField(default=0)),
                ("signal_period", models.DateField(null=True)),
                ("signal_rule", models.CharField(blank=True, max_length=12)),
                ("signal_nature", models.CharField(blank=True, max_length=11)),
                ("assurance", models.CharField(blank=True, max_length=20)),
                (
                    "centre",
                    models.DecimalField(blank=True, decimal_places=10, max_digits=30, null=True, verbose_name=""),
                ),
                (
                    "lower_limit",
                    models.DecimalField(blank=True, decimal_places=10, max_digits=30, null=True, verbose_name=""),
                ),
                (
                    "upper_limit",
                    models.DecimalField(blank=True, decimal_places=10, max_digits=30, null=True, verbose_name=""),
                ),
                ("provisional", models.BooleanField(default=False)),
                ("season_removed", models.BooleanField(default=False)),
                ("forecast_method", models.CharField(blank=True, max_length=30)),
                ("forecast_period", models.DateField(null=True)),
                (
                    "forecast_value",
                    models.DecimalField(blank=True, decimal_places=10, max_digits=30, null=True, verbose_name=""),
                ),
                (
                    "forecast_low",
                    models.DecimalField(blank=True, decimal_places=10, max_digits=30, null=True, verbose_name=""),
                ),
                (
                    "forecast_high",
                    models.DecimalField(blank=True, decimal_places=10, max_digits=30, null=True, verbose_name=""),
                ),
                ("probability", models.FloatField(null=True)),
                ("forecast_error", models.FloatField(null=True)),
                ("naive_error", models.FloatField(null=True)),
                ("steps", models.JSONField(default=list)),
                ("methods", models.JSONField(default=list)),
            ],
            options={
                "verbose_name": "outlook of a KPI",
                "verbose_name_plural": "outlooks of KPIs",
            },
        ),
        migrations.CreateModel(
            name="PastForecast",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("based_on", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("method", models.CharField(max_length=30)),
                ("period", models.DateField()),
                (
                    "value",
                    models.DecimalField(blank=True, decimal_places=10, max_digits=30, null=True, verbose_name=""),
                ),
                ("low", models.DecimalField(blank=True, decimal_places=10, max_digits=30, null=True, verbose_name="")),
                ("high", models.DecimalField(blank=True, decimal_places=10, max_digits=30, null=True, verbose_name="")),
                ("probability", models.FloatField(null=True)),
                ("steps", models.JSONField(default=list)),
            ],
            options={
                "verbose_name": "past forecast",
                "verbose_name_plural": "past forecasts",
                "ordering": ["kpi_id", "-based_on"],
            },
        ),
        migrations.CreateModel(
            name="PeriodLock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("through", models.DateField(verbose_name="through")),
                ("locked_at", models.DateTimeField(verbose_name="locked")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
            ],
            options={
                "verbose_name": "lock of periods",
                "verbose_name_plural": "locks of periods",
                "ordering": ["-through"],
            },
        ),
        migrations.CreateModel(
            name="RestatedValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period", models.DateField(verbose_name="period")),
                (
                    "value",
                    models.DecimalField(blank=True, decimal_places=10, max_digits=30, null=True, verbose_name="value"),
                ),
                (
                    "numerator",
                    models.DecimalField(
                        blank=True, decimal_places=10, max_digits=30, null=True, verbose_name="numerator"
                    ),
                ),
                (
                    "denominator",
                    models.DecimalField(
                        blank=True, decimal_places=10, max_digits=30, null=True, verbose_name="denominator"
                    ),
                ),
                ("estimate", models.BooleanField(default=False, verbose_name="estimate")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "former",
                    models.DecimalField(
                        blank=True, decimal_places=10, max_digits=30, null=True, verbose_name="former value"
                    ),
                ),
            ],
            options={
                "verbose_name": "restated value",
                "verbose_name_plural": "restated values",
                "ordering": ["kpi_id", "period"],
            },
        ),
        migrations.CreateModel(
            name="Restatement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(editable=False, verbose_name="number")),
                (
                    "code",
                    models.CharField(
                        max_length=100,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[^\\s/\\\\?#%\\x00-\\x1f](?:[^/\\\\?#%\\x00-\\x1f]*[^\\s/\\\\?#%\\x00-\\x1f])?$",
                                "A code has no slash, question mark, hash or percent sign and does not begin or end with a space.",
                                code="code",
                            )
                        ],
                        verbose_name="code",
                    ),
                ),
                ("reason", models.TextField(verbose_name="reason")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Waiting for a second person"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="proposed",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="proposed")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                ("comment", models.TextField(blank=True, verbose_name="comment")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "restatement",
                "verbose_name_plural": "restatements",
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="StatusOverride",
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
            ],
            options={
                "verbose_name": "status set by hand",
                "verbose_name_plural": "statuses set by hand",
                "ordering": ["-set_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="StepChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period", models.DateField(verbose_name="period")),
                (
                    "cause",
                    models.CharField(
                        choices=[("initiative", "Initiative"), ("decision", "Decision"), ("event", "Event")],
                        max_length=10,
                        verbose_name="cause",
                    ),
                ),
                ("cause_code", models.CharField(blank=True, max_length=100, verbose_name="code")),
                ("note", models.TextField(verbose_name="what changed")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "step change",
                "verbose_name_plural": "step changes",
                "ordering": ["kpi_id", "period"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="kpi",
            name="kpi_trajectory",
        ),
        migrations.AddField(
            model_name="kpi",
            name="cumulative",
            field=models.BooleanField(
                default=False,
                help_text="Each value contains the ones before it; no signals are read.",
                verbose_name="running total",
            ),
        ),
        migrations.AddField(
            model_name="kpi",
            name="dimensions",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="What sets a series apart from the KPI it is part of.",
                verbose_name="breakdown",
            ),
        ),
        migrations.AddField(
            model_name="kpi",
            name="formula",
            field=models.TextField(blank=True, verbose_name="formula"),
        ),
        migrations.AddField(
            model_name="kpi",
            name="maximum",
            field=models.DecimalField(
                blank=True, decimal_places=10, max_digits=30, null=True, verbose_name="largest possible value"
            ),
        ),
        migrations.AddField(
            model_name="kpi",
            name="minimum",
            field=models.DecimalField(
                blank=True, decimal_places=10, max_digits=30, null=True, verbose_name="smallest possible value"
            ),
        ),
        migrations.AddField(
            model_name="kpi",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                help_text="The KPI that sums this one up across departments.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="parts",
                to="kpis.kpi",
                verbose_name="part of",
            ),
        ),
        migrations.AddField(
            model_name="kpi",
            name="unit_weight",
            field=models.DecimalField(
                blank=True,
                decimal_places=6,
                help_text="For a weighted mean; empty means the headcount of the department.",
                max_digits=20,
                null=True,
                validators=[django.core.validators.MinValueValidator(0)],
                verbose_name="weight among the parts",
            ),
        ),
        migrations.AddField(
            model_name="kpifigures",
            name="computed_colour",
            field=models.CharField(
                choices=[("green", "Green"), ("amber", "Amber"), ("red", "Red"), ("grey", "Grey")],
                default="grey",
                max_length=5,
            ),
        ),
        migrations.AddField(
            model_name="kpifigures",
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
                default="no_data",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="kpifigures",
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
            model_name="kpifigures",
            name="coverage",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="kpifigures",
            name="growth_pace",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="measurement",
            name="coverage",
            field=models.FloatField(null=True, verbose_name="coverage"),
        ),
        migrations.AddField(
            model_name="measurementrevision",
            name="coverage",
            field=models.FloatField(null=True, verbose_name="coverage"),
        ),
        migrations.AddField(
            model_name="target",
            name="reason",
            field=models.TextField(blank=True, verbose_name="reason"),
        ),
        migrations.AlterField(
            model_name="kpifigures",
            name="flags",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("degenerate", "Target equals baseline"),
                        ("no_data", "No value"),
                        ("regressing", "Moving away from the target"),
                        ("baselining", "Baseline not known yet"),
                        ("missing", "Closed period without a value"),
                        ("partial", "Made of a part of its values"),
                        ("unseasoned", "No season known yet: a straight line instead"),
                    ],
                    max_length=10,
                ),
                default=list,
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="kpifigures",
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
                default="no_data",
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="kpi",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("minimum__isnull", True),
                    ("maximum__isnull", True),
                    ("maximum__gte", models.F("minimum")),
                    _connector="OR",
                ),
                name="kpi_possible_values",
            ),
        ),
        migrations.AddConstraint(
            model_name="kpi",
            constraint=models.CheckConstraint(
                condition=models.Q(("parent", models.F("id")), _negated=True), name="kpi_not_its_own_part"
            ),
        ),
        migrations.AddConstraint(
            model_name="kpi",
            constraint=models.CheckConstraint(
                condition=models.Q(("dimensions", {}), ("parent__isnull", False), _connector="OR"),
                name="kpi_series_has_parent",
            ),
        ),
        migrations.AddField(
            model_name="batch",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organization.organization"
            ),
        ),
        migrations.AddField(
            model_name="batch",
            name="started_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="batch",
            name="undone_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="measurement",
            name="batch",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="kpis.batch",
            ),
        ),
        migrations.AddField(
            model_name="measurementrevision",
            name="batch",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="kpis.batch",
            ),
        ),
        migrations.AddIndex(
            model_name="measurement",
            index=models.Index(
                condition=models.Q(("batch__isnull", False)), fields=["batch"], name="measurement_batch"
            ),
        ),
        migrations.AddField(
            model_name="formulaoperand",
            name="kpi",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="operands", to="kpis.kpi"
            ),
        ),
        migrations.AddField(
            model_name="formulaoperand",
            name="operand",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="readers", to="kpis.kpi"),
        ),
        migrations.AddIndex(
            model_name="kpioutlook",
            index=models.Index(condition=models.Q(("stale", True)), fields=["kpi"], name="kpi_outlook_stale"),
        ),
        migrations.AddField(
            model_name="pastforecast",
            name="kpi",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="past_forecasts", to="kpis.kpi"
            ),
        ),
        migrations.AddField(
            model_name="periodlock",
            name="locked_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="periodlock",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organization.organization"
            ),
        ),
        migrations.AddField(
            model_name="restatedvalue",
            name="kpi",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="kpis.kpi"),
        ),
        migrations.AddField(
            model_name="restatement",
            name="decided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="restatement",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organization.organization"
            ),
        ),
        migrations.AddField(
            model_name="restatement",
            name="proposed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="restatedvalue",
            name="restatement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="values", to="kpis.restatement"
            ),
        ),
        migrations.AddField(
            model_name="measurementrevision",
            name="restatement",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="kpis.restatement",
            ),
        ),
        migrations.AddField(
            model_name="statusoverride",
            name="author",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="statusoverride",
            name="ended_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="statusoverride",
            name="kpi",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="overrides", to="kpis.kpi"
            ),
        ),
        migrations.AddField(
            model_name="stepchange",
            name="author",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="stepchange",
            name="kpi",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="step_changes", to="kpis.kpi"
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(fields=("organization", "number"), name="batch_number_once"),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(fields=("organization", "code"), name="batch_code_once"),
        ),
        migrations.AddConstraint(
            model_name="formulaoperand",
            constraint=models.UniqueConstraint(fields=("kpi", "operand"), name="operand_once"),
        ),
        migrations.AddConstraint(
            model_name="pastforecast",
            constraint=models.UniqueConstraint(fields=("kpi", "based_on"), name="past_forecast_once"),
        ),
        migrations.AddConstraint(
            model_name="periodlock",
            constraint=models.UniqueConstraint(fields=("organization", "through"), name="lock_once"),
        ),
        migrations.AddConstraint(
            model_name="restatement",
            constraint=models.UniqueConstraint(fields=("organization", "number"), name="restatement_number_once"),
        ),
        migrations.AddConstraint(
            model_name="restatement",
            constraint=models.UniqueConstraint(fields=("organization", "code"), name="restatement_code_once"),
        ),
        migrations.AddConstraint(
            model_name="restatement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by__isnull", True),
                    ("proposed_by__isnull", True),
                    ("state", "withdrawn"),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="restatement_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="restatedvalue",
            constraint=models.UniqueConstraint(fields=("restatement", "kpi", "period"), name="restated_once"),
        ),
        migrations.AddConstraint(
            model_name="statusoverride",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("kpi",), name="kpi_override_one_in_force"
            ),
        ),
        migrations.AddConstraint(
            model_name="statusoverride",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="kpi_override_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="stepchange",
            constraint=models.UniqueConstraint(fields=("kpi", "period"), name="step_change_once"),
        ),
        migrations.AddConstraint(
            model_name="stepchange",
            constraint=models.CheckConstraint(condition=models.Q(("note", ""), _negated=True), name="step_change_note"),
        ),
    ]
