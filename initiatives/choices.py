"""Words of the work that moves objectives."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stage(models.TextChoices):
    IDEA = "idea", _("Idea")
    PROPOSED = "proposed", _("Proposed")
    APPROVED = "approved", _("Approved")
    IN_PROGRESS = "in_progress", _("In progress")
    ON_HOLD = "on_hold", _("On hold")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class Declared(models.TextChoices):
    """The status its manager declares."""

    GREEN = "green", _("On track")
    AMBER = "amber", _("At risk")
    RED = "red", _("Off track")


DELIVERING_STAGES = frozenset({Stage.IN_PROGRESS, Stage.DONE})
"""Stages that enter the delivery progress of an objective: begun and neither stopped nor cancelled."""

NEXT_STAGES: dict[Stage, frozenset[Stage]] = {
    Stage.IDEA: frozenset({Stage.PROPOSED, Stage.CANCELLED}),
    Stage.PROPOSED: frozenset({Stage.IDEA, Stage.APPROVED, Stage.CANCELLED}),
    Stage.APPROVED: frozenset({Stage.IN_PROGRESS, Stage.ON_HOLD, Stage.CANCELLED}),
    Stage.IN_PROGRESS: frozenset({Stage.ON_HOLD, Stage.DONE, Stage.CANCELLED}),
    Stage.ON_HOLD: frozenset({Stage.IN_PROGRESS, Stage.CANCELLED}),
    Stage.DONE: frozenset({Stage.IN_PROGRESS}),
    Stage.CANCELLED: frozenset({Stage.IDEA}),
}
"""Transitions that a status update may make; the strategy office may set any stage."""


class AlignmentMeasure(models.TextChoices):
    """The figures of alignment coverage (SEMANTICS §14)."""

    ORPHANS = "orphans", _("Contribute to nothing")
    UNMEASURED = "unmeasured", _("Measured by nothing")
    INERT = "inert", _("Behind, and nobody works on it")
    UNLINKED = "unlinked", _("Work outside the strategy")
    UNLINKED_BUDGET = "unlinked_budget", _("Budget outside the strategy")
    OWNERLESS = "ownerless", _("Owned by nobody")
    BLIND = "blind", _("KPIs that say nothing")
    OVERLOADED_OBJECTIVES = "crowded", _("Objectives with too many KPIs")
    OVERLOADED_OWNERS = "overloaded", _("People who own too much")
    WINDOW_MISMATCH = "window", _("Dates outside the objective above")
    LINE_OF_SIGHT = "sight", _("People who see the vision")
    CONCENTRATION_CHILD = "one_child", _("Largest weight of one contribution")
    CONCENTRATION_OWNER = "one_owner", _("Largest weight of one owner")
    CONTRADICTION = "contradiction", _("Contradictions")


MORE_IS_BETTER = frozenset({AlignmentMeasure.LINE_OF_SIGHT})
"""Alignment figures that should grow; all others should shrink."""
