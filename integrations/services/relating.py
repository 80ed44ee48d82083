"""KPIs that a package computes from others: what they read is stored, and checked once more against stored rows."""

from integrations.differences import Difference
from integrations.file_errors import FileError, PackageRefused
from integrations.services.planning import Prepared
from integrations.services.records import Written
from integrations.tables import KPIS
from integrations.values import text_of
from kpis.services import dependents_of, relate_kpis
from organization.actors import Actor


def dependents_of_touched(prepared: Prepared) -> set[int]:
    """What follows from the KPIs of the package before it is stored: some of it may follow from others afterwards."""
    ids = prepared.stored.of(KPIS).ids
    touched = [ids[key] for key in prepared.keys(KPIS) if key in ids]
    return set(dependents_of(touched)) if touched else set()


def relate_written(difference: Difference | None, written: Written, *, actor: Actor) -> None:
    """Store whom the formulas read. Raises PackageRefused: somebody else may have changed a KPI since the check."""
    if difference is None or not written.ids:
        return
    rows = {difference.key(position)[0]: position for position in difference.touched}
    kpis = {row.pk: row for row in (*written.created, *written.changed)}
    found = relate_kpis(list(kpis.values()), actor=actor)
    errors = []
    for pk, problems in found.items():
        position = rows[kpis[pk].code]
        for one in problems:
            said = text_of(getattr(kpis[pk], one.field, None)) if one.field in KPIS.by_name else ""
            errors.append(FileError(KPIS.name, difference.checked.numbers[position], one.field, said, one.message))
    if errors:
        raise PackageRefused(sorted(errors))
