"""The figures of past days, kept once they are computed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("cmo_portal", "0002_outlooks_and_new_columns"),
        ("organization", "0003_sign_in_failure"),
    ]
    operations = [
        migrations.CreateModel(
            name="PastFigures",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("engine", models.CharField(max_length=64)),
                ("table", models.CharField(max_length=63)),
                ("rows", models.BinaryField()),
                ("made_at", models.DateTimeField()),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organization.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "figures of a past day",
                "verbose_name_plural": "figures of past days",
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "at", "engine", "table"), name="past_figures_once")
                ],
            },
        ),
    ]
