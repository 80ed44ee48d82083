"""What people and machines do with KPIs; one function per thing done."""

from kpis.services.definitions import (
    change_kpi,
    change_measure,
    create_kpi,
    create_measure,
    delete_kpi,
    delete_measure,
    measure_code,
    require_sound,
    target_points,
)
from kpis.services.entry import ChangedMeanwhile, enter_value, undo_value
from kpis.services.evaluation import (
    Evaluation,
    ensure_figures,
    evaluate_all,
    evaluate_due,
    evaluate_kpis,
    refresh_directs,
)
from kpis.services.history import record_history
from kpis.services.reading import (
    actuals_of,
    definition_of,
    definitions_of,
    readings_of,
    targets_of,
    with_seasons,
)
from kpis.services.recording import Outcome, Reading, record_measurements
from kpis.services.statements import end_override, override_status
from kpis.services.targets import set_targets

__all__ = [
    "ChangedMeanwhile",
    "Evaluation",
    "Outcome",
    "Reading",
    "actuals_of",
    "change_kpi",
    "change_measure",
    "create_kpi",
    "create_measure",
    "definition_of",
    "definitions_of",
    "delete_kpi",
    "delete_measure",
    "end_override",
    "ensure_figures",
    "enter_value",
    "evaluate_all",
    "evaluate_due",
    "evaluate_kpis",
    "measure_code",
    "override_status",
    "readings_of",
    "record_history",
    "record_measurements",
    "refresh_directs",
    "require_sound",
    "set_targets",
    "target_points",
    "targets_of",
    "undo_value",
    "with_seasons",
]
