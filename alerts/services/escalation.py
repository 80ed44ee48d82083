"""Who is asked next when nobody acknowledges: managers up the departments, then executives."""

from collections.abc import Iterator
from dataclasses import dataclass

from alerts.inheritance import upward
from organization.choices import Role
from organization.models import Membership

STEPS = (Role.MANAGER, Role.EXECUTIVE)


@dataclass(frozen=True)
class Person:
    """Somebody with a role in a department (`path`) or in the whole organization (no path)."""

    id: int
    email: str
    role: str
    path: str


class Ladder:
    """The steps up from any department of one organization; reads the people once, when first asked."""

    def __init__(self, organization_id: int) -> None:
        self._organization_id = organization_id
        self._people: dict[tuple[str, str], list[Person]] | None = None
        self._known: dict[tuple[str | None, int | None], list[Person]] = {}

    def step(self, path: str | None, *, owner_id: int | None, level: int) -> Person | None:
        """Whom the next step reaches after `level` steps; None at the top. The owner is asked already."""
        steps = self._known.get((path, owner_id))
        if steps is None:
            steps = self._known[path, owner_id] = list(self._steps(path, owner_id))
        return steps[level] if level < len(steps) else None

    def _steps(self, path: str | None, owner_id: int | None) -> Iterator[Person]:
        asked = {owner_id}
        for role in STEPS:
            for place in upward(path):
                person = next((one for one in self._at(role, place) if one.id not in asked), None)
                if person is not None:
                    asked.add(person.id)
                    yield person

    def _at(self, role: str, path: str) -> list[Person]:
        if self._people is None:
            self._people = {}
            for person in _people_of(self._organization_id):
                self._people.setdefault((person.role, person.path), []).append(person)
        return self._people.get((role, path), [])


def _people_of(organization_id: int) -> list[Person]:
    rows = Membership.objects.filter(
        organization_id=organization_id, role__in=STEPS, user__is_active=True, user__is_service=False
    )
    columns = ("user_id", "user__email", "role", "department__path")
    return [
        Person(pk, email, role, path or "") for pk, email, role, path in rows.order_by("user_id").values_list(*columns)
    ]
