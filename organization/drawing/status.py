"""From a status as the engine says it (colour and state) to the shape and the word that the page shows."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from organization.drawing.shapes import Circle, Drawing, Path, Rect, Shape

BY_COLOUR: Final = {"green": "on", "amber": "risk", "red": "off"}

BY_STATE: Final = {
    "too_early": "new",
    "not_started": "new",
    "idea": "new",
    "proposed": "new",
    "approved": "new",
    "in_progress": "new",
    "paused": "hold",
    "on_hold": "hold",
    "cancelled": "hold",
    "done": "done",
    "closed": "done",
    "resolved": "done",
}
"""Shapes of the states that have no colour; the others draw "no data"."""

WORDS: Final[dict[str, Promise]] = {
    "on_track": _("On track"),
    "at_risk": _("At risk"),
    "off_track": _("Off track"),
    "achieved": _("Achieved"),
    "partly_achieved": _("Partly achieved"),
    "missed": _("Missed"),
    "too_early": _("Too early to tell"),
    "no_target": _("No target"),
    "no_data": _("No data"),
    "stale": _("Out of date"),
    "not_started": _("Not started"),
    "paused": _("Paused"),
    "cancelled": _("Cancelled"),
    "ok": _("Known"),
    "insufficient_data": _("Too little data"),
    "no_input": _("No input"),
    "idea": _("Idea"),
    "proposed": _("Proposed"),
    "approved": _("Approved"),
    "in_progress": _("In progress"),
    "on_hold": _("On hold"),
    "done": _("Done"),
    "closed": _("Closed"),
    "resolved": _("Recovered"),
    "data": _("Data"),
}

COLOUR_WORDS: Final[dict[str, Promise]] = {
    "green": _("On track"),
    "amber": _("At risk"),
    "red": _("Off track"),
    "grey": _("No colour"),
}

ORDER: Final = ("off", "risk", "none", "hold", "new", "on", "done")
"""Shapes in the order of urgency, for sorting."""

TICK: Final = "M5.2 8.3l2 2 3.7-4.2"

SHAPES: Final[dict[str, tuple[Shape, ...]]] = {
    "on": (Circle("f-on", 8, 8, 6.5), Path("g", TICK)),
    "risk": (Path("f-risk", "M8 1.4 15 14H1z"), Path("g", "M8 6v3.6M8 11.7v.1")),
    "off": (Rect("f-off", 1.7, 1.7, 12.6, 12.6, 1.6), Path("g", "M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2")),
    "done": (Circle("o-ink", 8, 8, 6), Path("o-ink", TICK)),
    "hold": (Circle("o-ink", 8, 8, 6), Path("o-ink", "M6.4 5.6v4.8M9.6 5.6v4.8")),
    "new": (Circle("o-ink", 8, 8, 6),),
    "none": (
        Circle("o-ink dash", 8, 8, 6),
        Path("o-ink", "M6.3 6.4a1.8 1.8 0 1 1 2.5 1.7c-.6.3-.8.6-.8 1.2M8 11.2v.1"),
    ),
}


def shape_of(state: str, colour: str) -> str:
    """One of on, risk, off, done, hold, new, none. The colour decides; without one, the state does."""
    return BY_COLOUR.get(colour) or BY_STATE.get(state, "none")


def word_of(state: str, colour: str) -> str:
    """The word beside the shape, in the reader's language."""
    return str(WORDS.get(state) or COLOUR_WORDS.get(colour, WORDS["no_data"]))


def rank_of(state: str, colour: str) -> int:
    """Place in the order of urgency, 0 first."""
    return ORDER.index(shape_of(state, colour))


def symbol(shape: str, size: float = 14) -> Drawing:
    """The symbol of a shape, 11 to 18 pixels."""
    return Drawing("sym", size, size, SHAPES[shape], box="0 0 16 16")
