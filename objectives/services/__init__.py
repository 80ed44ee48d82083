"""What people and machines do with the strategy; one function per thing done."""

from objectives.services.confidence import By, ConfidenceRow, confidence_record
from objectives.services.figures import (
    Delivery,
    Direct,
    ensure_figures,
    lock_figures,
    mark_stale,
    set_delivery,
    set_direct,
)
from objectives.services.graph import COUNTING, thresholds_of, today_of
from objectives.services.history import Graph, keep_snapshots, read_graph, standings_on
from objectives.services.overrides import ANY, Said, end_override, override_status, said_by_hand, status_said
from objectives.services.roll_up import RollUpOutcome, mark_new_day, roll_up, roll_up_all, roll_up_shown
from objectives.services.strategy import (
    change_contribution,
    change_objective,
    change_vision,
    check_in,
    create_contribution,
    create_objective,
    create_vision,
    delete_contribution,
    delete_objective,
    delete_vision,
    require_no_cycle,
)

__all__ = [
    "ANY",
    "COUNTING",
    "By",
    "ConfidenceRow",
    "Delivery",
    "Direct",
    "Graph",
    "RollUpOutcome",
    "Said",
    "change_contribution",
    "change_objective",
    "change_vision",
    "check_in",
    "confidence_record",
    "create_contribution",
    "create_objective",
    "create_vision",
    "delete_contribution",
    "delete_objective",
    "delete_vision",
    "end_override",
    "ensure_figures",
    "keep_snapshots",
    "lock_figures",
    "mark_new_day",
    "mark_stale",
    "override_status",
    "read_graph",
    "require_no_cycle",
    "roll_up",
    "roll_up_all",
    "roll_up_shown",
    "said_by_hand",
    "set_delivery",
    "set_direct",
    "standings_on",
    "status_said",
    "thresholds_of",
    "today_of",
]
