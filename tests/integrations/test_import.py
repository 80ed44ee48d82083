"""Importing and exporting a strategy: all or nothing, twice is once, out and in again is the same."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from integrations.file_errors import PackageRefused
from integrations.packages import Package, read_bytes, read_path, spreadsheet_bytes, zip_bytes
from integrations.services import export_strategy, import_strategy, plan_import, roll_up_imported
from kpis.models import Kpi, KpiFigures, Measurement, MeasurementRevision, PeriodLock, Target
from objectives.models import Contribution, Objective, ObjectiveFigures
from organization.actors import system_actor
from organization.models import Department, Membership, Organization, User
from tests.factories import Company, MembershipFactory, OrganizationFactory, UserFactory
from tests.integrations.samples import BROKEN, BROKEN_ERRORS, SOUND, write_package

pytestmark = pytest.mark.django_db

AT = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def stored() -> dict[str, list[Any]]:
    """Every row of every table of our apps, as it is in the database: versions and times included."""
    names = ("organization", "objectives", "kpis", "initiatives", "audit", "integrations")
    found: dict[str, list[Any]] = {}
    for model in apps.get_models():
        if model._meta.app_label in names:
            found[model._meta.label] = sorted(map(repr, model._default_manager.values_list()))
    return found


def imported(folder: Path, tables: dict[str, str] = SOUND) -> Organization:
    outcome = import_strategy(read_path(write_package(folder, tables)), actor=system_actor(0), at=AT)
    return Organization.objects.get(pk=outcome.organization_id)


def exported(organization: Organization) -> Package:
    return export_strategy(actor=system_actor(organization.pk))


def counts(plan: Any) -> dict[str, tuple[int, int, int]]:
    return {table.table: (table.created, table.changed, table.unchanged) for table in plan.tables}


def test_import_strategy_creates_the_whole_strategy(tmp_path: Path) -> None:
    organization = imported(tmp_path)
    assert (organization.code, organization.timezone, organization.fiscal_year_start) == ("KES", "Europe/Paris", 1)
    paths = dict(Department.objects.values_list("code", "path"))
    ids = dict(Department.objects.values_list("code", "pk"))
    assert paths == {
        "KES": f"{ids['KES']}",
        "OPS": f"{ids['KES']}.{ids['OPS']}",
        "SRV": f"{ids['KES']}.{ids['OPS']}.{ids['SRV']}",
    }
    assert Department.objects.get(code="OPS").translations == {"fr": {"name": "Opérations"}}
    roles = Membership.objects.order_by("user__email", "role").values_list("user__email", "role", "department__code")
    assert list(roles) == [
        ("cmo@kestrane.example", "admin", None),
        ("cmo@kestrane.example", "strategy_office", None),
        ("marek@kestrane.example", "manager", "OPS"),
    ]
    assert [user.has_usable_password() for user in User.objects.all()] == [False, False, False]
    objective = Objective.objects.get(code="OBJ-1")
    assert (objective.owner, objective.vision.code if objective.vision else "") == (
        User.objects.get(email="cmo@kestrane.example"),
        "V-1",
    )
    assert objective.description == "Two lines,\nwith a comma"
    assert objective.text("title") == "Half the carbon"
    edge = Contribution.objects.get(child__code="OBJ-3", parent__code="OBJ-2")
    assert (edge.kind, edge.weight) == ("supports", Decimal(0))
    values = Measurement.objects.filter(kpi__code="KPI-2").order_by("period").values_list("value", "numerator")
    assert list(values) == [(Decimal(50), Decimal(2)), (Decimal(96), Decimal(96))]
    assert list(Target.objects.order_by("period").values_list("value", flat=True)) == [
        Decimal(1000),
        Decimal("1100.25"),
    ]


def test_import_changes_the_unit_of_a_ratio_only_with_its_values(tmp_path: Path) -> None:
    organization = imported(tmp_path / "a")
    kpis = SOUND["kpis"].replace(",%,1,up,guardrail", ",,1,up,guardrail")
    tables = {"organization": SOUND["organization"], "kpis": kpis}
    package = read_path(write_package(tmp_path / "b", tables))
    with pytest.raises(PackageRefused) as refused:
        import_strategy(package, actor=system_actor(organization.pk), at=AT)
    assert [(one.table, one.row, one.column) for one in refused.value.errors] == [("kpis", 3, "unit")]
    values = SOUND["measurements"].replace("96,96,100", "0.96,96,100")
    package = read_path(write_package(tmp_path / "c", {**tables, "measurements": values}))
    import_strategy(package, actor=system_actor(organization.pk), at=AT)
    found = Measurement.objects.filter(kpi__code="KPI-2").order_by("period").values_list("value", flat=True)
    assert list(found) == [Decimal("0.5"), Decimal("0.96")]


def test_import_strategy_scores_and_asks_for_the_roll_up(tmp_path: Path) -> None:
    organization = imported(tmp_path)
    figures = KpiFigures.objects.get(kpi__code="KPI-1")
    assert (figures.value, figures.progress, figures.period) == (Decimal("178.5"), 0.215, date(2026, 5, 1))
    assert set(ObjectiveFigures.objects.values_list("stale_at", flat=True)) == {AT}
    roll_up_imported(organization.pk, at=AT)
    assert set(ObjectiveFigures.objects.values_list("stale_at", flat=True)) == {None}
    top = ObjectiveFigures.objects.get(objective__code="OBJ-1")
    assert (top.direct_progress, top.delivery_own) == (0.215, 0.25)


def test_import_strategy_leaves_an_event_for_each_row(tmp_path: Path) -> None:
    imported(tmp_path)
    events = Event.objects.order_by().values_list("verb", flat=True)
    assert {verb: list(events).count(verb) for verb in set(events)} == {
        "organization.created": 1,
        "alertrule.created": 5,
        "department.created": 3,
        "user.created": 3,
        "membership.created": 3,
        "vision.created": 1,
        "objective.created": 3,
        "contribution.created": 3,
        "kpi.created": 4,
        "targets.changed": 1,
        "measurement.recorded": 4,
        "measure.created": 4,
        "initiative.created": 2,
        "initiative.allocated": 2,
    }
    event = Event.objects.get(verb="contribution.created", subject_code="OBJ-3~OBJ-1")
    assert event.after == {"child": "OBJ-3", "parent": "OBJ-1", "kind": "contributes", "weight": "1.5"}


def test_import_strategy_twice_changes_nothing(tmp_path: Path) -> None:
    organization = imported(tmp_path)
    roll_up_imported(organization.pk, at=AT)
    before = stored()
    later = datetime(2026, 6, 16, 9, 0, tzinfo=UTC)
    package = read_path(tmp_path)
    outcome = import_strategy(package, actor=system_actor(organization.pk), at=later)
    assert outcome.plan.changes_nothing
    assert counts(outcome.plan)["measurements"] == (0, 0, 7)
    assert stored() == before


def test_import_strategy_changes_only_what_differs(tmp_path: Path) -> None:
    organization = imported(tmp_path / "a")
    versions = dict(Objective.objects.values_list("code", "version"))
    changed = {
        "organization": "code,name\nKES,Kestrane Group\n",
        "departments": "code,name,parent\nSRV,Services,KES\nNEW,New one,SRV\n",
        "objectives": "code,title,start,end,owner\nOBJ-2,Safer plants,2025-01-01,2027-12-31,marek@kestrane.example\n",
        "measurements": "kpi,period,value\nKPI-1,2026-05-01,170\nKPI-1,2026-03-01,165\nKPI-1,2026-01-01,180\n",
        "targets": "kpi,period,value\nKPI-4,2026-04-01,1200\n",
        "initiative_objectives": "initiative,objective,allocation\nINI-1,OBJ-1,0.3\n",
    }
    outcome = import_strategy(
        read_path(write_package(tmp_path / "b", changed)), actor=system_actor(organization.pk), at=AT
    )
    assert counts(outcome.plan) == {
        "organization": (0, 1, 0),
        "departments": (1, 1, 0),
        "objectives": (0, 1, 0),
        "targets": (0, 1, 0),
        "measurements": (1, 1, 1),
        "initiative_objectives": (0, 1, 0),
    }
    objectives = outcome.plan.tables[2].rows
    assert [(row.row, row.key, row.before, row.after) for row in objectives] == [
        (2, "OBJ-2", {"title": "Safest plants"}, {"title": "Safer plants"})
    ]
    assert dict(Objective.objects.values_list("code", "version")) == {**versions, "OBJ-2": 2}
    assert Objective.objects.get(code="OBJ-2").progress_mode == "blend"
    ids = dict(Department.objects.values_list("code", "pk"))
    assert dict(Department.objects.filter(code__in=["SRV", "NEW"]).values_list("code", "path")) == {
        "SRV": f"{ids['KES']}.{ids['SRV']}",
        "NEW": f"{ids['KES']}.{ids['SRV']}.{ids['NEW']}",
    }
    assert Department.objects.get(code="SRV").headcount == 860
    assert MeasurementRevision.objects.get().value == Decimal("178.5")
    kept = Measurement.objects.get(kpi__code="KPI-1", period=date(2026, 5, 1))
    assert (kept.value, kept.note, kept.estimate) == (Decimal(170), "first count", True)
    assert Kpi.objects.get(code="KPI-4").version == 2
    moved = Event.objects.get(verb="department.changed")
    assert (moved.before, moved.after) == ({"parent": "OPS"}, {"parent": "KES"})
    settings = Event.objects.get(verb="organization.changed")
    assert (settings.before, settings.after) == ({"name": "Kestrane"}, {"name": "Kestrane Group"})


def test_import_strategy_of_a_broken_package_stores_nothing(tmp_path: Path) -> None:
    before = stored()
    with pytest.raises(PackageRefused) as refusal:
        imported(tmp_path, BROKEN)
    assert [(e.table, e.row, e.column, e.value) for e in refusal.value.errors] == BROKEN_ERRORS
    assert stored() == before


def test_plan_import_stores_nothing(tmp_path: Path) -> None:
    before = stored()
    plan = plan_import(read_path(write_package(tmp_path, SOUND)), actor=system_actor(0), at=AT)
    assert (plan.organization, plan.is_new) == ("KES", True)
    assert counts(plan)["kpis"] == (4, 0, 0)
    assert stored() == before


@pytest.mark.parametrize(
    "form",
    [lambda p: read_bytes("p.zip", zip_bytes(p)), lambda p: read_bytes("p.xlsx", spreadsheet_bytes(p))],
    ids=["zip", "xlsx"],
)
def test_export_then_import_elsewhere_gives_identical_files(tmp_path: Path, form: Callable[[Package], Package]) -> None:
    first = exported(imported(tmp_path))
    elsewhere = import_strategy(form(first), actor=system_actor(0), at=AT, organization_code="COPY")
    second = exported(Organization.objects.get(pk=elsewhere.organization_id))
    assert second.tables["organization"].rows[0][0] == "COPY"
    assert {**second.tables, "organization": None} == {**first.tables, "organization": None}
    assert zip_bytes(exported(Organization.objects.get(code="KES"))) == zip_bytes(first)


def test_export_writes_columns_beyond_the_format_only_where_needed(tmp_path: Path) -> None:
    package = exported(imported(tmp_path))
    headers = {name: table.header for name, table in package.tables.items()}
    assert headers["departments"] == ("code", "name", "parent", "headcount", "name_fr")
    assert headers["organization"] == ("code", "name", "currency", "timezone", "language", "fiscal_year_start")
    assert headers["kpis"][-2:] == ("parent", "name_fr")
    Objective.objects.filter(code="OBJ-3").update(manual_progress=Decimal("0.25"))
    organization = Organization.objects.get()
    Organization.objects.update(green_ratio=Decimal("0.9"))
    package = exported(organization)
    assert package.tables["objectives"].header[-3:] == ("confidence", "manual_progress", "title_fr")
    assert package.tables["organization"].header[-1] == "green_ratio"
    assert package.tables["organization"].rows[0][-1] == "0.9"


def test_translations_are_merged_and_taken_away(tmp_path: Path) -> None:
    organization = imported(tmp_path / "a")
    tables = {
        "organization": "code,name\nKES,Kestrane\n",
        "objectives": "code,title,start,end,title_fr,description_fr\nOBJ-1,Half,2025-01-01,2027-12-31,,Deux\n",
    }
    import_strategy(read_path(write_package(tmp_path / "b", tables)), actor=system_actor(organization.pk), at=AT)
    assert Objective.objects.get(code="OBJ-1").translations == {"fr": {"description": "Deux"}}


def test_people_of_another_organization_are_reused_and_never_renamed(tmp_path: Path) -> None:
    other = OrganizationFactory.create(code="OTHER")
    marek = UserFactory.create(email="marek@kestrane.example", name="M. Nowicki", password="a long secret phrase")
    MembershipFactory.create(user=marek, organization=other)
    organization = imported(tmp_path)
    marek.refresh_from_db()
    assert (marek.name, marek.check_password("a long secret phrase")) == ("M. Nowicki", True)
    assert Membership.objects.filter(user=marek).count() == 2
    again = import_strategy(read_path(tmp_path), actor=system_actor(organization.pk), at=AT)
    assert again.plan.changes_nothing


def test_a_person_of_this_organization_alone_is_renamed(tmp_path: Path) -> None:
    organization = imported(tmp_path / "a")
    tables = {**SOUND, "people": SOUND["people"].replace("Marek Nowicki", "Marek N.")}
    plan = import_strategy(
        read_path(write_package(tmp_path / "b", tables)), actor=system_actor(organization.pk), at=AT
    ).plan
    assert counts(plan)["people"] == (0, 1, 3)
    assert User.objects.get(email="marek@kestrane.example").name == "Marek N."


def package_for(company: Company, folder: Path, **tables: str) -> Package:
    organization = {"organization": f"code,name\n{company.organization.code},Acme\n"}
    return read_path(write_package(folder, {**organization, **tables}))


def test_only_office_and_administrators_exchange(company: Company, tmp_path: Path) -> None:
    package = package_for(company, tmp_path, visions="code,statement,start\nV,S,2026-01-01\n")
    for person in (company.alice, company.bob, company.charlie, company.erin):
        with pytest.raises(PermissionDenied):
            import_strategy(package, actor=company.actor(person), at=AT)
        with pytest.raises(PermissionDenied):
            export_strategy(actor=company.actor(person))
    assert counts(import_strategy(package, actor=company.actor(company.olga), at=AT).plan)["visions"] == (1, 0, 0)
    assert counts(import_strategy(package, actor=company.actor(company.adam), at=AT).plan)["visions"] == (0, 0, 1)


def test_a_person_imports_into_their_own_organization_only(company: Company, tmp_path: Path) -> None:
    package = read_path(write_package(tmp_path, {"organization": f"code,name\n{company.other.code},Umbrella\n"}))
    with pytest.raises(PackageRefused) as refusal:
        import_strategy(package, actor=company.actor(company.olga), at=AT)
    assert [(e.table, e.row, e.column, e.value) for e in refusal.value.errors] == [
        ("organization", 2, "code", company.other.code)
    ]


def test_the_strategy_office_gives_no_roles_and_changes_no_settings(company: Company, tmp_path: Path) -> None:
    tables = {
        "people": f"email,name,role\n{company.olga.email},Olga,admin\n{company.olga.email},Olga,strategy_office\n"
    }
    package = package_for(company, tmp_path / "a", **tables)
    with pytest.raises(PackageRefused) as refusal:
        import_strategy(package, actor=company.actor(company.olga), at=AT)
    assert [(e.table, e.row, e.value) for e in refusal.value.errors] == [("people", 2, f"{company.olga.email}, admin")]
    renamed = read_path(
        write_package(tmp_path / "b", {"organization": f"code,name\n{company.organization.code},New\n"})
    )
    with pytest.raises(PackageRefused):
        import_strategy(renamed, actor=company.actor(company.olga), at=AT)
    import_strategy(package, actor=company.actor(company.adam), at=AT)
    assert Membership.objects.filter(user=company.olga, role="admin").count() == 1


def test_an_administrator_may_import_values(company: Company, tmp_path: Path) -> None:
    tables = {
        "kpis": "code,name,kind\nK,K,unscored\n",
        "measurements": "kpi,period,value\nK,2026-01-01,1\n",
    }
    import_strategy(package_for(company, tmp_path, **tables), actor=company.actor(company.adam), at=AT)
    assert Measurement.objects.get().recorded_by == company.adam


def grown(count: int) -> dict[str, str]:
    """A package with so many rows in every table."""
    days = [date(2026, 1 + number % 5, 1) for number in range(count)]
    rows = range(count)
    return {
        "organization": "code,name\nBIG,Big\n",
        "departments": "code,name,parent\n" + "".join(f"D{n},D,{f'D{n - 1}' if n else ''}\n" for n in rows),
        "people": "email,name,role,department\n" + "".join(f"p{n}@x.example,P,viewer,D{n}\n" for n in rows),
        "objectives": "code,title,department,start,end\n"
        + "".join(f"O{n},O,D{n},2026-01-01,2026-12-31\n" for n in rows)
        + "TOP,Top,,2026-01-01,2026-12-31\n",
        "contributions": "child,parent\n" + "".join(f"O{n},TOP\n" for n in rows),
        "kpis": "code,name,kind,target,owner\n" + "".join(f"K{n},K,guardrail,5,p{n}@x.example\n" for n in rows),
        "measures": "objective,kpi\n" + "".join(f"O{n},K{n}\n" for n in rows),
        "targets": "kpi,period,value\n" + "".join(f"K{n},2026-01-01,{n}\n" for n in rows),
        "measurements": "kpi,period,value\n" + "".join(f"K{n},{days[n]},{n}\n" for n in rows),
        "initiatives": "code,title\n" + "".join(f"I{n},I\n" for n in rows),
        "initiative_objectives": "initiative,objective\n" + "".join(f"I{n},O{n}\n" for n in rows),
    }


def test_the_number_of_queries_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    def queries(count: int, code: str) -> int:
        package = read_path(write_package(tmp_path / code, grown(count)))
        with CaptureQueriesContext(connection) as captured:
            import_strategy(package, actor=system_actor(0), at=AT, organization_code=code)
        return len(captured)

    assert queries(1, "ONE") == queries(3, "THREE") == queries(40, "FORTY")


def test_the_command_prints_every_error_and_stores_nothing(tmp_path: Path) -> None:
    errors = io.StringIO()
    before = stored()
    with pytest.raises(CommandError, match=f"^{len(BROKEN_ERRORS)} errors; nothing was stored.$"):
        call_command("import_strategy", str(write_package(tmp_path, BROKEN)), stderr=errors)
    lines = errors.getvalue().splitlines()
    assert [line.split(" — ")[0] for line in lines] == [
        f"{table} {row} {column or '-'}: {value!r}" for table, row, column, value in BROKEN_ERRORS
    ]
    assert stored() == before


def test_the_commands_import_and_export(tmp_path: Path) -> None:
    out = io.StringIO()
    source = write_package(tmp_path / "in", SOUND)
    call_command("import_strategy", str(source), "--dry-run", stdout=out)
    assert Organization.objects.count() == 0
    assert "+ kpis 2 KPI-1" in out.getvalue()
    call_command("import_strategy", str(source), stdout=out)
    assert set(ObjectiveFigures.objects.values_list("stale_at", flat=True)) == {None}
    call_command("export_strategy", str(tmp_path / "a"), "--organization", "KES", stdout=out)
    with pytest.raises(CommandError, match="add --force"):
        call_command("export_strategy", str(tmp_path / "a"), "--organization", "KES")
    call_command("export_strategy", str(tmp_path / "a"), "--organization", "KES", "--force", stdout=out)
    for name in ("b.zip", "c.xlsx"):
        call_command("export_strategy", str(tmp_path / name), "--organization", "KES", stdout=out)
        out.truncate(0)
        call_command("import_strategy", str(tmp_path / name), stdout=out)
        assert out.getvalue().endswith("Organization KES: nothing changed.\n")
    with pytest.raises(CommandError, match="There is nothing at"):
        call_command("import_strategy", str(tmp_path / "gone"))
    with pytest.raises(CommandError, match=r"^There is no organization NONE\. There is: KES\.$"):
        call_command("export_strategy", str(tmp_path / "d"), "--organization", "NONE")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the published packages are not beside this checkout (../shared/data)")
@pytest.mark.parametrize("name", ["performance-gov/package", "uk-gmpp/package-2021"])
def test_published_packages_import_and_come_out_the_same(tmp_path: Path, name: str) -> None:
    package = read_path(SHARED / name)
    outcome = import_strategy(package, actor=system_actor(0), at=AT)
    again = import_strategy(package, actor=system_actor(outcome.organization_id), at=AT)
    assert again.plan.changes_nothing
    first = exported(Organization.objects.get(pk=outcome.organization_id))
    assert {name: len(table.rows) for name, table in first.tables.items()} == {
        name: len(table.rows) for name, table in package.tables.items()
    }
    copy = import_strategy(first, actor=system_actor(0), at=AT, organization_code="COPY")
    second = exported(Organization.objects.get(pk=copy.organization_id))
    assert {**second.tables, "organization": None} == {**first.tables, "organization": None}


def test_values_outside_of_their_bounds_and_in_closed_periods_are_refused_at_their_lines(tmp_path: Path) -> None:
    organization = imported(tmp_path / "first")
    Kpi.objects.filter(organization=organization, code="KPI-1").update(maximum=Decimal(190))
    PeriodLock.objects.create(organization=organization, through=date(2026, 3, 31), locked_at=AT)
    changed = SOUND | {
        "measurements": SOUND["measurements"]
        .replace("KPI-1,2026-05-01,178.5", "KPI-1,2026-05-01,200")
        .replace("KPI-4,2026-01-01,998.5", "KPI-4,2026-01-01,997")
    }
    with pytest.raises(PackageRefused) as refusal:
        imported(tmp_path / "second", changed)
    assert [(error.table, error.row, error.column, error.value) for error in refusal.value.errors] == [
        ("measurements", 3, "value", "200")
    ]
    Kpi.objects.filter(code="KPI-1").update(maximum=None)
    before = stored()
    with pytest.raises(PackageRefused) as refusal:
        imported(tmp_path / "third", changed)
    assert [(error.row, error.column) for error in refusal.value.errors] == [(7, "period")]
    assert stored() == before
