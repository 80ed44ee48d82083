"""What people and machines do with initiatives, and how well work, measures and objectives hang together."""

from initiatives.services.alignment import (
    AlignmentFigure,
    alignment_of,
    figure_of,
    gap_count,
    history_of,
    keep_alignment,
    keep_all_alignment,
)
from initiatives.services.gaps import Gap, Scope, gaps_in, scope_of, whole
from initiatives.services.work import (
    STATED_FIELDS,
    Shares,
    StatusUpdateInput,
    change_initiative,
    create_initiative,
    delete_initiative,
    links_of,
    post_status_update,
    refresh_delivery,
    set_allocations,
    without_text,
)

__all__ = [
    "STATED_FIELDS",
    "AlignmentFigure",
    "Gap",
    "Scope",
    "Shares",
    "StatusUpdateInput",
    "alignment_of",
    "change_initiative",
    "create_initiative",
    "delete_initiative",
    "figure_of",
    "gap_count",
    "gaps_in",
    "history_of",
    "keep_alignment",
    "keep_all_alignment",
    "links_of",
    "post_status_update",
    "refresh_delivery",
    "scope_of",
    "set_allocations",
    "whole",
    "without_text",
]
