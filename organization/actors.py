"""Who acts: a plain value that every read and write starts from. No ORM, no request."""

from dataclasses import dataclass, field

from organization.choices import Role, Scope


@dataclass(frozen=True)
class Grant:
    """One membership: a role in a department and below (`path`), or in the whole organization (`path` None)."""

    role: Role
    path: str | None = None


@dataclass(frozen=True)
class Actor:
    """A person, a service account or the system itself, inside one organization.

    `scopes` is None for a signed-in person (bounded by roles alone) and the token's scopes for a client. Who looks at
    the past `only_reads`: there is nothing there that anybody may change.
    """

    organization_id: int
    label: str
    user_id: int | None = None
    grants: tuple[Grant, ...] = ()
    scopes: frozenset[Scope] | None = None
    is_system: bool = field(default=False)
    only_reads: bool = False

    def may(self, scope: Scope) -> bool:
        """Whether the token (if any) allows this kind of call at all."""
        return self.scopes is None or scope in self.scopes or Scope.ADMIN in self.scopes

    def paths(self, roles: frozenset[Role] | None = None) -> list[str] | None:
        """Department paths in which the actor holds one of the roles; None means the whole organization."""
        held = [grant for grant in self.grants if roles is None or grant.role in roles]
        if self.is_system or any(grant.path is None for grant in held):
            return None
        return [grant.path for grant in held if grant.path is not None]

    def holds(self, *roles: Role) -> bool:
        """Whether the actor has one of the roles anywhere."""
        return self.is_system or any(grant.role in roles for grant in self.grants)


def system_actor(organization_id: int, label: str = "system") -> Actor:
    """The product itself: the worker, an import from the command line, the demo."""
    return Actor(organization_id=organization_id, label=label, is_system=True)
