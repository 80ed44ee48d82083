"""What the organization's resources take and show."""

from typing import Any

from rest_framework import serializers

from organization.api.fields import CodeField, departments
from organization.choices import Language, Role, Scope
from organization.models import valid_code


class TranslationsField(serializers.DictField):
    """Texts in other languages: `{"fr": {"name": "…"}}`."""

    child = serializers.DictField(child=serializers.CharField(allow_blank=True))

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, **options})

    def to_internal_value(self, data: Any) -> Any:
        found = super().to_internal_value(data)
        for language in found:
            serializers.ChoiceField(choices=Language.choices).run_validation(language)
        return found


class RecordInput(serializers.ModelSerializer[Any]):
    """Types and bounds of a model's own fields; references are declared as codes. It never writes."""

    def get_validators(self) -> list[Any]:
        return []  # what concerns other rows is for the service


class TranslatedInput(RecordInput):
    translations = TranslationsField()


class StatusComputed(serializers.Serializer[Any]):
    state = serializers.CharField()
    colour = serializers.CharField()
    rule = serializers.CharField(help_text="The rule that decided.")


class StatusShown(StatusComputed):
    computed = StatusComputed(help_text="As the engine says, also where the status is set by hand; roll-ups read it.")


class DepartmentRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    parent = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    headcount = serializers.IntegerField(allow_null=True)
    updated_at = serializers.DateTimeField()
    url = serializers.URLField()


class DepartmentDetail(DepartmentRow):
    translations = TranslationsField()
    version = serializers.IntegerField()


class DepartmentInput(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=100, validators=[valid_code])
    name = serializers.CharField(max_length=200)
    parent = CodeField(departments, required=False, allow_null=True)  # type: ignore[assignment]
    headcount = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=2147483647)
    translations = TranslationsField()


class OrganizationShown(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    currency = serializers.CharField()
    timezone = serializers.CharField()
    language = serializers.ChoiceField(choices=Language.choices)
    fiscal_year_start = serializers.IntegerField()


class MembershipShown(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=Role.choices)
    department = serializers.CharField(allow_null=True, help_text="Empty: the whole organization.")


class Me(serializers.Serializer[Any]):
    email = serializers.EmailField()
    name = serializers.CharField()
    language = serializers.CharField()
    organization = OrganizationShown()
    organizations = serializers.ListField(child=serializers.CharField())
    memberships = MembershipShown(many=True)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), allow_null=True, help_text="Empty with a session cookie."
    )


class TokenRow(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="The beginning of the token; enough to name it, not to use it.")
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices))
    created = serializers.DateTimeField()
    expiry = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    url = serializers.URLField()


class TokenIssued(TokenRow):
    token = serializers.CharField(help_text="The token itself, shown this once.")


class TokenInput(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices), min_length=1)
    days = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=3650, default=None)


class EventRow(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor = serializers.CharField()
    verb = serializers.CharField()
    subject_type = serializers.CharField()
    subject_code = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)
    request_id = serializers.CharField()
    url = serializers.URLField()
