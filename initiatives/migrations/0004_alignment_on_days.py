import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("initiatives", "0003_full_text"),
        ("organization", "0003_sign_in_failure"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlignmentSnapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="day")),
                ("measure", models.CharField(max_length=20, verbose_name="figure")),
                ("numerator", models.FloatField(default=0)),
                ("denominator", models.FloatField(default=0)),
                ("value", models.FloatField(null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organization.organization"
                    ),
                ),
            ],
            options={
                "verbose_name": "alignment on a day",
                "verbose_name_plural": "alignment on days",
                "ordering": ["organization_id", "measure", "day"],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "measure", "day"), name="alignment_once_a_day")
                ],
            },
        ),
    ]
