"""KPIs that a package computes from others: what they read is stored, and checked once more against stored rows."""

from collections.abc import Mapping, Sequence

from integrations.differences import Difference
from integrations.file_errors import FileError, PackageRefused
from integrations.services.planning import Prepared
from integrations.services.records import Written
from integrations.tables import KPIS
from integrations.values import text_of
from kpis.definition import ratio_scale
from kpis.models import Kpi
from kpis.services import Refusal, dependents_of, relate_kpis, scale_refusals
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
    kpis = {row.pk: row for row in (*written.created, *written.changed)}
    _refuse(relate_kpis(list(kpis.values()), actor=actor), kpis, difference)


def require_scales(prepared: Prepared) -> None:
    """Refuse KPIs whose unit the package changes and that still hold values divided for the one before.

    Called when the values of the package are stored and all that follows from them.
    """
    difference = prepared.differences.get(KPIS.name)
    if difference is None:
        return
    keys = [difference.key(position) for position, names in difference.changed if "unit" in names]
    units = {difference.stored.ids[key]: difference.stored.value(key, "unit") for key in keys}
    changed = [kpi for pk, kpi in Kpi.objects.in_bulk(units).items() if ratio_scale(kpi.unit) != ratio_scale(units[pk])]
    if changed:
        _refuse(scale_refusals(changed), {kpi.pk: kpi for kpi in changed}, difference)


def _refuse(found: Mapping[int, Sequence[Refusal]], kpis: Mapping[int, Kpi], difference: Difference) -> None:
    """Raise PackageRefused with what is found, at the lines of the file."""
    rows = {difference.key(position)[0]: position for position in difference.touched}
    errors = []
    for pk, problems in found.items():
        position = rows[kpis[pk].code]
        for one in problems:
            said = text_of(getattr(kpis[pk], one.field, None)) if one.field in KPIS.by_name else ""
            errors.append(FileError(KPIS.name, difference.checked.numbers[position], one.field, said, one.message))
    if errors:
        raise PackageRefused(sorted(errors))
