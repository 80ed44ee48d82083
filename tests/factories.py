"""Rows for tests: one factory per model, and a company with its people.

The people are always the same: alice manages the sales department, bob contributes there, charlie only looks on,
olga is the strategy office, erin the executive, adam the administrator; dora belongs to another organization.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from initiatives.models import Initiative, InitiativeObjective
from kpis.models import Kpi, KpiFigures, Measure, Measurement, Target
from objectives.models import Contribution, Objective, ObjectiveFigures, Vision
from organization.actors import Actor
from organization.choices import Role, Scope
from organization.models import ApiToken, Department, Membership, Organization, User, actor_of

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


class OrganizationFactory(DjangoModelFactory[Organization]):
    class Meta:
        model = Organization

    code = factory.Sequence(lambda n: f"ORG-{n}")
    name = factory.LazyAttribute(lambda o: f"Organization {o.code}")


class UserFactory(DjangoModelFactory[User]):
    """A person; the password is `PASSWORD`, hashed once for the whole run because hashing is slow on purpose."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.LazyAttribute(lambda o: o.email.split("@")[0].title())

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        password = kwargs.pop("password", None)
        user = model_class(**kwargs)
        if password is None:
            user.set_unusable_password()
        else:
            user.set_password(password)
        user.save()
        return user


class DepartmentFactory(DjangoModelFactory[Department]):
    """A department with its path: below `parent`, or a root."""

    class Meta:
        model = Department

    organization = factory.SubFactory(OrganizationFactory)
    code = factory.Sequence(lambda n: f"DEP-{n}")
    name = factory.LazyAttribute(lambda o: f"Department {o.code}")
    parent = None
    headcount = 10

    @classmethod
    def _create(cls, model_class: type[Department], *args: Any, **kwargs: Any) -> Department:
        parent: Department | None = kwargs.get("parent")
        if parent is not None:
            kwargs["organization"] = parent.organization
        row = model_class(path="0", **kwargs)
        row.save()
        row.path = f"{parent.path}.{row.pk}" if parent is not None else str(row.pk)
        row.save(update_fields=["path"])
        return row


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organization = factory.SubFactory(OrganizationFactory)
    department = None
    role = Role.VIEWER


class VisionFactory(DjangoModelFactory[Vision]):
    class Meta:
        model = Vision

    organization = factory.SubFactory(OrganizationFactory)
    code = factory.Sequence(lambda n: f"V-{n}")
    statement = "To be where we want to be."
    start = date(2026, 1, 1)
    end = date(2028, 12, 31)


class ObjectiveFactory(DjangoModelFactory[Objective]):
    """An objective with its row of figures; `figures={…}` sets columns of it."""

    class Meta:
        model = Objective

    organization = factory.SubFactory(OrganizationFactory)
    code = factory.Sequence(lambda n: f"OBJ-{n}")
    title = factory.LazyAttribute(lambda o: f"Objective {o.code}")
    start = date(2026, 1, 1)
    end = date(2026, 12, 31)

    @classmethod
    def _create(cls, model_class: type[Objective], *args: Any, **kwargs: Any) -> Objective:
        figures = kwargs.pop("figures", {})
        row = model_class(**kwargs)
        row.save()
        ObjectiveFigures.objects.create(objective=row, **figures)
        return row


class ContributionFactory(DjangoModelFactory[Contribution]):
    class Meta:
        model = Contribution

    organization = factory.SelfAttribute("parent.organization")
    child = factory.SubFactory(ObjectiveFactory)
    parent = factory.SubFactory(ObjectiveFactory)
    weight = Decimal(1)


class KpiFactory(DjangoModelFactory[Kpi]):
    """A KPI from 0 to 100 over 2026 with its row of figures; `figures={…}` sets columns of it."""

    class Meta:
        model = Kpi

    organization = factory.SubFactory(OrganizationFactory)
    code = factory.Sequence(lambda n: f"KPI-{n}")
    name = factory.LazyAttribute(lambda o: f"Kpi {o.code}")
    baseline = Decimal(0)
    target = Decimal(100)
    start = date(2026, 1, 1)
    end = date(2026, 12, 31)

    @classmethod
    def _create(cls, model_class: type[Kpi], *args: Any, **kwargs: Any) -> Kpi:
        figures = kwargs.pop("figures", {})
        row = model_class(**kwargs)
        row.save()
        KpiFigures.objects.create(kpi=row, **{"due_at": NOW, **figures})
        return row


class MeasureFactory(DjangoModelFactory[Measure]):
    class Meta:
        model = Measure

    objective = factory.SubFactory(ObjectiveFactory)
    kpi = factory.SubFactory(KpiFactory)
    weight = Decimal(1)


class TargetFactory(DjangoModelFactory[Target]):
    class Meta:
        model = Target

    kpi = factory.SubFactory(KpiFactory)
    period = date(2026, 1, 1)
    value = Decimal(100)


class MeasurementFactory(DjangoModelFactory[Measurement]):
    class Meta:
        model = Measurement

    kpi = factory.SubFactory(KpiFactory)
    period = date(2026, 1, 1)
    value = Decimal(10)
    recorded_at = NOW
    source = "test"


class InitiativeFactory(DjangoModelFactory[Initiative]):
    class Meta:
        model = Initiative

    organization = factory.SubFactory(OrganizationFactory)
    code = factory.Sequence(lambda n: f"INI-{n}")
    title = factory.LazyAttribute(lambda o: f"Initiative {o.code}")


class InitiativeObjectiveFactory(DjangoModelFactory[InitiativeObjective]):
    class Meta:
        model = InitiativeObjective

    initiative = factory.SubFactory(InitiativeFactory)
    objective = factory.SubFactory(ObjectiveFactory)


@dataclass(frozen=True)
class Company:
    """A small organization, its people, and dora, who belongs to another one."""

    organization: Organization
    root: Department
    sales: Department
    north: Department
    finance: Department
    alice: User
    bob: User
    charlie: User
    olga: User
    erin: User
    adam: User
    other: Organization
    dora: User

    def actor(self, user: User, *scopes: Scope) -> Actor:
        """The person as an actor: signed in, or with a token of these scopes."""
        organization = self.other if user == self.dora else self.organization
        actor = actor_of(user, organization, scopes=frozenset(scopes) if scopes else None)
        assert actor is not None
        return actor

    def token(self, user: User, *scopes: Scope) -> str:
        """The value of a new API token of the person."""
        organization = self.other if user == self.dora else self.organization
        _, value = ApiToken.objects.create(
            user, expiry=None, organization=organization, name="test", scopes=sorted(scopes or Scope.values)
        )
        return str(value)


def make_company(code: str = "ACME", other_code: str = "") -> Company:
    """ROOT over SALES (with NORTH below) and FINANCE; alice, bob and charlie in SALES; dora elsewhere."""
    organization = OrganizationFactory.create(code=code, name="Acme")
    other = OrganizationFactory.create(code=other_code or f"{code}-OTHER", name="Umbrella")
    root = DepartmentFactory.create(organization=organization, code="ROOT", name="Acme")
    sales = DepartmentFactory.create(parent=root, code="SALES", name="Sales")
    elsewhere = DepartmentFactory.create(organization=other, code="ELSEWHERE", name="Elsewhere")

    def person(name: str, role: Role, department: Department | None, home: Organization = organization) -> User:
        user = UserFactory.create(email=f"{name}@{home.code.lower()}.example", name=name.title())
        MembershipFactory.create(user=user, organization=home, department=department, role=role)
        return user

    dora = person("dora", Role.STRATEGY_OFFICE, None, other)
    MembershipFactory.create(user=dora, organization=other, department=elsewhere, role=Role.MANAGER)
    return Company(
        organization=organization,
        root=root,
        sales=sales,
        north=DepartmentFactory.create(parent=sales, code="NORTH", name="North"),
        finance=DepartmentFactory.create(parent=root, code="FINANCE", name="Finance"),
        alice=person("alice", Role.MANAGER, sales),
        bob=person("bob", Role.CONTRIBUTOR, sales),
        charlie=person("charlie", Role.VIEWER, sales),
        olga=person("olga", Role.STRATEGY_OFFICE, None),
        erin=person("erin", Role.EXECUTIVE, None),
        adam=person("adam", Role.ADMIN, None),
        other=other,
        dora=dora,
    )
