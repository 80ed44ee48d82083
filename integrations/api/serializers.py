"""What the API says of imports. These classes describe; the views fill plain dictionaries."""

from typing import Any

from rest_framework import serializers

from integrations.choices import ImportState


class UploadInput(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="A .zip with one .csv for each table, or an .xlsx with one sheet for each.")
    dry_run = serializers.BooleanField(default=False, help_text="Only check; store nothing.")


class TableCounts(serializers.Serializer[Any]):
    table = serializers.CharField()
    created = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()


class FileErrorShown(serializers.Serializer[Any]):
    table = serializers.CharField()
    row = serializers.IntegerField(help_text="Line as a spreadsheet shows it (header = 1); 0 = the table as a whole.")
    column = serializers.CharField()
    value = serializers.CharField()
    expected = serializers.CharField()


class ProgressShown(serializers.Serializer[Any]):
    table = serializers.CharField()
    step = serializers.IntegerField()
    steps = serializers.IntegerField()
    done = serializers.IntegerField()
    total = serializers.IntegerField()


class ImportShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    url = serializers.URLField()
    file = serializers.CharField()
    state = serializers.ChoiceField(choices=ImportState.choices)
    author = serializers.CharField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    progress = ProgressShown(allow_null=True, help_text="While a worker is at it.")
    message = serializers.CharField(help_text="Why it failed.")
    tables = TableCounts(many=True, help_text="What would change (state checked) or did (state done).")
    error_count = serializers.IntegerField()
    errors = FileErrorShown(many=True, help_text="At most 1,000 of them.")  # type: ignore[assignment]
