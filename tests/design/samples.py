"""What the shell and the parts are drawn with in the tests of the design."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from organization.drawing.figure import Chart

NOW = datetime(2026, 11, 12, 5, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Named:
    code: str
    name: str


SHELL = SimpleNamespace(
    organization=Named("KESTRANE", "Kestrane Group"),
    organizations=(Named("KESTRANE", "Kestrane Group"), Named("GALE", "Gale & Sons")),
    user_name="Hélène Marchetti",
    user_initials="HM",
    alerts_open=7,
    active="kpis",
    data_as_of=NOW,
    exchange_url="/integrations/",
    yesterday=date(2026, 11, 11),
    today_url="/?as_of=today",
    messages_unread=2,
    week_due=9,
)

MONTHS = [f"2026-{month:02d}-01" for month in range(1, 13)]


def chart(recipe: str, data: dict[str, Any], key: str) -> Chart:
    """A picture with a short table twin."""
    return Chart(
        key=key,
        recipe=recipe,
        title=f"{recipe.capitalize()} says what it found",
        subtitle="Measure, unit, period",
        summary="Line chart. It rises from 84 to 87.",
        data=data,
        head=("Month", "Actual"),
        rows=(("Jan 2026", "84.0%"), ("Feb 2026", "–")),
        height=320,
    )


WORDS = {"actual": "actual", "target": "target", "expected": "expected", "today": "open"}
CHARTS = (
    chart(
        "trajectory",
        {
            "x": MONTHS,
            "actual": [83.1, 84, 82.6, 84.4, 83.8, 84.9, 85.2, 84.1, 85.6, 86.3, None, None],
            "target": [84 + place * 0.6 for place in range(12)],
            "expected": None,
            "amber": [83 + place * 0.6 for place in range(12)],
            "red": [79 + place * 0.6 for place in range(12)],
            "unit": "%",
            "decimals": 1,
            "colour": "amber",
            "today": "2026-10-20",
            "every": 3,
            "floor": None,
            "ceiling": None,
            "words": WORDS,
        },
        "t1",
    ),
    chart(
        "course",
        {
            "x": MONTHS,
            "unit": "%",
            "decimals": 0,
            "words": WORDS,
            "series": [
                {
                    "code": f"S{number}",
                    "name": f"Objective {number}",
                    "colour": colour,
                    "actual": [place * (7 - number) for place in range(11)] + [None],
                    "expected": [place * 6 for place in range(12)],
                }
                for number, colour in enumerate(("green", "amber", "green", "red", "green"), start=1)
            ],
        },
        "t2",
    ),
    chart(
        "icicle",
        {
            "ids": ["v", "s1", "s2", "o1", "o2", "o3"],
            "labels": ["Vision", "Grow profitably", "Deliver on time", "Win segments", "Castings", "Assembly"],
            "parents": ["", "v", "v", "s1", "s2", "s2"],
            "values": [100, 40, 60, 40, 25, 35],
            "colours": ["amber", "green", "red", "green", "red", "grey"],
            "words": ["At risk", "On track", "Off track", "On track", "Off track", "No data"],
            "texts": ["61%", "64%", "44%", "64%", "31%", "–"],
        },
        "t3",
    ),
    chart(
        "sankey",
        {
            "nodes": [
                {"label": "Operations", "colour": "green", "word": "On track"},
                {"label": "Supply chain", "colour": "red", "word": "Off track"},
                {"label": "S1", "colour": "amber", "word": "At risk"},
                {"label": "Vision", "colour": "grey", "word": "No colour"},
            ],
            "links": [
                {"source": 0, "target": 2, "value": 60, "text": "60%"},
                {"source": 1, "target": 2, "value": 40, "text": "40%"},
                {"source": 2, "target": 3, "value": 100, "text": "100%"},
            ],
        },
        "t4",
    ),
    chart(
        "heatmap",
        {
            "x": ["Financial", "Customer", "Process"],
            "y": ["Operations", "Supply chain & purchasing"],
            "colours": [["green", "amber", None], ["red", "grey", "green"]],
            "texts": [["96%", "85%", ""], ["61%", "–", "99%"]],
            "words": [["On track", "At risk", ""], ["Off track", "No data", "On track"]],
        },
        "t5",
    ),
    chart(
        "figure",
        {"data": [{"type": "bar", "x": ["a", "b"], "y": [3, 5], "marker": {"color": "token:d-actual"}}], "layout": {}},
        "t6",
    ),
)

CONTEXT: dict[str, Any] = {
    "shell": SHELL,
    "csrf_token": "token",
    "charts": CHARTS,
    "counts": {"green": 34, "amber": 17, "red": 9, "grey": 2, "done": 3},
    "states": [
        ("on_track", "green"),
        ("at_risk", "amber"),
        ("off_track", "red"),
        ("achieved", "green"),
        ("too_early", "grey"),
        ("paused", "grey"),
        ("no_data", "grey"),
        ("done", "grey"),
    ],
    "now": NOW,
}
