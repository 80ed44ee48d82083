from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("kpis", "0006_computed_status")]

    operations = [
        AddIndexConcurrently(
            model_name="measurementrevision",
            index=models.Index(condition=models.Q(("batch__isnull", False)), fields=["batch"], name="revision_batch"),
        ),
    ]
