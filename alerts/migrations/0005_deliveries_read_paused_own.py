from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0003_last_seen_and_places"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="failing_since",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="failing since"),
        ),
        migrations.AddField(
            model_name="channel",
            name="failures",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="failures in a row"),
        ),
        migrations.AddField(
            model_name="channel",
            name="last_error",
            field=models.TextField(blank=True, editable=False, verbose_name="last error"),
        ),
        migrations.AddField(
            model_name="channel",
            name="paused_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="paused"),
        ),
        migrations.AddField(
            model_name="delivery",
            name="read_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="read"),
        ),
        migrations.AddField(
            model_name="subscription",
            name="own",
            field=models.BooleanField(default=False, verbose_name="what one owns"),
        ),
        migrations.AlterField(
            model_name="channel",
            name="kind",
            field=models.CharField(
                choices=[("webhook", "Webhook"), ("slack", "Slack"), ("teams", "Teams")],
                max_length=7,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="channel",
            name="secret",
            field=models.TextField(blank=True, editable=False, verbose_name="secret"),
        ),
        migrations.AlterField(
            model_name="channel",
            name="url",
            field=models.URLField(max_length=1000, verbose_name="address"),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("sending", "Being sent"),
                    ("sent", "Sent"),
                    ("failed", "Failed, will be tried again"),
                    ("dead", "Given up"),
                    ("muted", "Muted"),
                    ("skipped", "Nothing left to tell"),
                ],
                default="waiting",
                max_length=7,
                verbose_name="state",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["recipient", "-id"], name="delivery_recipient"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("kind", "in_app"), ("read_at__isnull", True), ("state", "sent")),
                fields=["recipient", "organization"],
                name="delivery_unread",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                condition=models.Q(("own", True)),
                fields=("organization", "user", "medium"),
                name="subscription_own_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("own", False), ("user__isnull", False), _connector="OR"),
                name="subscription_own_of_person",
            ),
        ),
    ]
