"""What people and machines do with KPIs; one function per thing done."""

from kpis.services.batches import (
    Preview,
    Undone,
    apply_batch,
    assign_columns,
    discard_batch,
    may_touch,
    preview_batch,
    record_batch,
    start_batch,
    undo_batch,
)
from kpis.services.checks import closed_through, is_locked
from kpis.services.definitions import (
    change_kpi,
    change_measure,
    create_kpi,
    create_measure,
    delete_kpi,
    delete_measure,
)
from kpis.services.departments import change_department_with_weights
from kpis.services.derivation import (
    dependents_of,
    hold_graph,
    refresh_all_computed,
    refresh_computed,
)
from kpis.services.entry import ChangedMeanwhile, enter_value, undo_value
from kpis.services.evaluation import (
    ensure_figures,
    evaluate_all,
    evaluate_due,
    evaluate_kpis,
    lock_kpi_figures,
    refresh_directs,
)
from kpis.services.history import record_history
from kpis.services.locks import lock_periods, may_lock
from kpis.services.outlook import (
    Refreshed,
    mark_all_outlooks_stale,
    mark_outlooks_stale,
    outlooks_of,
    refresh_outlooks,
    refresh_waiting_outlooks,
)
from kpis.services.previewing import Impact, preview_kpi
from kpis.services.reading import (
    actuals_of,
    definition_of,
    definitions_of,
    readings_of,
    target_points,
    targets_of,
    with_seasons,
)
from kpis.services.recording import Outcome, Reading, record_measurements
from kpis.services.relations import Refusal, relate_kpis, scale_refusals
from kpis.services.restatements import (
    Moved,
    Overtaken,
    approve_restatement,
    may_decide_on,
    propose_restatement,
    reject_restatement,
    withdraw_restatement,
)
from kpis.services.statements import end_override, override_status
from kpis.services.step_changes import change_step_change, delete_step_change, record_step_change
from kpis.services.storing import stored_at
from kpis.services.targets import set_targets
from kpis.services.uploads import Fault, open_table
from kpis.services.weighing import Verdict, Weighed, weigh
from kpis.services.windows import windows_of_kpi

__all__ = [
    "ChangedMeanwhile",
    "Fault",
    "Impact",
    "Moved",
    "Outcome",
    "Overtaken",
    "Preview",
    "Reading",
    "Refreshed",
    "Refusal",
    "Undone",
    "Verdict",
    "Weighed",
    "actuals_of",
    "apply_batch",
    "approve_restatement",
    "assign_columns",
    "change_department_with_weights",
    "change_kpi",
    "change_measure",
    "change_step_change",
    "closed_through",
    "create_kpi",
    "create_measure",
    "definition_of",
    "definitions_of",
    "delete_kpi",
    "delete_measure",
    "delete_step_change",
    "dependents_of",
    "discard_batch",
    "end_override",
    "ensure_figures",
    "enter_value",
    "evaluate_all",
    "evaluate_due",
    "evaluate_kpis",
    "hold_graph",
    "is_locked",
    "lock_kpi_figures",
    "lock_periods",
    "mark_all_outlooks_stale",
    "mark_outlooks_stale",
    "may_decide_on",
    "may_lock",
    "may_touch",
    "open_table",
    "outlooks_of",
    "override_status",
    "preview_batch",
    "preview_kpi",
    "propose_restatement",
    "readings_of",
    "record_batch",
    "record_history",
    "record_measurements",
    "record_step_change",
    "refresh_all_computed",
    "refresh_computed",
    "refresh_directs",
    "refresh_outlooks",
    "refresh_waiting_outlooks",
    "reject_restatement",
    "relate_kpis",
    "scale_refusals",
    "set_targets",
    "start_batch",
    "stored_at",
    "target_points",
    "targets_of",
    "undo_batch",
    "undo_value",
    "weigh",
    "windows_of_kpi",
    "with_seasons",
    "withdraw_restatement",
]
