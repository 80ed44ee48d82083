"""Which rows an actor may see and change (ARCHITECTURE §3): the words every query starts with."""

from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q

from organization.actors import Actor
from organization.choices import ANSWERING_ROLES, EDITING_ROLES, OWNER_UPDATING_ROLES, UPDATING_ROLES, Role

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class ScopedQuerySet(models.QuerySet[M_co]):
    """Rows of one organization, bounded by the department path of the actor's memberships.

    A model that is addressed through another one says so in the class attributes.
    """

    organization_field: ClassVar[str] = "organization_id"
    path_field: ClassVar[str] = "department__path"
    owner_fields: ClassVar[tuple[str, ...]] = ("owner_id",)

    def of_organization(self, actor: Actor) -> Self:
        return self.filter(**{self.organization_field: actor.organization_id})

    def visible_to(self, actor: Actor) -> Self:
        """Rows of the actor's departments and below, what they own, and what belongs to the whole organization."""
        rows = self.of_organization(actor)
        paths = actor.paths()
        if paths is None:
            return rows
        return rows.filter(self._below(paths) | self.shared_by_all() | self._owned(actor))

    def editable_by(self, actor: Actor) -> Self:
        """Rows whose definition the actor may change."""
        return self._within(actor, EDITING_ROLES)

    def updatable_by(self, actor: Actor) -> Self:
        """Rows for which the actor may record values or updates: by role, or because they own them."""
        if actor.only_reads:
            return self.none()
        rows = self.of_organization(actor)
        paths = actor.paths(UPDATING_ROLES)
        if paths is None:
            return rows
        owned = self._owned(actor) if actor.holds(*OWNER_UPDATING_ROLES) else Q(pk__in=[])
        return rows.filter(self._below(paths) | owned)

    def answerable_by(self, actor: Actor) -> Self:
        """Rows on which the actor may take a position: acknowledge, close, decide."""
        if actor.only_reads:
            return self.none()
        rows = self.of_organization(actor)
        paths = actor.paths(ANSWERING_ROLES)
        if paths is None:
            return rows
        owned = self._owned(actor) if actor.holds(*OWNER_UPDATING_ROLES) else Q(pk__in=[])
        return rows.filter(self._below(paths) | owned)

    def shared_by_all(self) -> Q:
        """What every member of the organization sees whatever their department."""
        return Q(**{self.path_field.replace("__path", "__isnull"): True})

    def _within(self, actor: Actor, roles: frozenset[Role]) -> Self:
        if actor.only_reads:
            return self.none()
        rows = self.of_organization(actor)
        paths = actor.paths(roles)
        return rows if paths is None else rows.filter(self._below(paths))

    def _below(self, paths: list[str]) -> Q:
        return Q(**{f"{self.path_field}__below_any": paths}) if paths else Q(pk__in=[])

    def _owned(self, actor: Actor) -> Q:
        owned = Q(pk__in=[])
        if actor.user_id is not None:
            for name in self.owner_fields:
                owned |= Q(**{name: actor.user_id})
        return owned
