import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.functions.comparison
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("kpis", "0003_figures_room_for_updates"),
        ("organization", "0003_sign_in_failure"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="kpi",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector(
                    "code",
                    "name",
                    "description",
                    django.db.models.functions.comparison.Cast("translations", models.TextField()),
                    config="simple",
                ),
                name="kpi_text",
            ),
        ),
    ]
