"""What a client writes for a thing: its code, or a person's address. The look-up stays inside what the actor sees."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from organization.actors import Actor
from organization.models import Department, Membership, User

Scoped = Callable[[Actor], QuerySet[Any]]


@extend_schema_field(OpenApiTypes.STR)
class CodeField(serializers.Field):  # type: ignore[type-arg]
    """A reference to a row that the actor may see: by its code, or by `key`."""

    default_error_messages = {
        "reference": _("There is nothing with the code “{value}” here."),
        "invalid": _("Write the code as text."),
    }

    def __init__(self, scoped: Scoped, key: str = "code", **options: Any) -> None:
        self.scoped = scoped
        self.key = key
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or "\x00" in data:
            self.fail("invalid")
        actor: Actor = self.context["actor"]
        try:
            return self.scoped(actor).get(**{self.key: data})
        except ObjectDoesNotExist:
            self.fail("reference", value=data)

    def to_representation(self, value: Any) -> Any:
        return getattr(value, self.key)


class PersonField(CodeField):
    """A member of the organization, by e-mail address."""

    default_error_messages = {"reference": _("Nobody here has the address “{value}”.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(people, "email__iexact", **options)

    def to_representation(self, value: Any) -> Any:
        return value.email


def departments(actor: Actor) -> QuerySet[Department]:
    return Department.objects.visible_to(actor)


def people(actor: Actor) -> QuerySet[User]:
    members = Membership.objects.filter(organization_id=actor.organization_id).values("user_id")
    return User.objects.filter(pk__in=members)
