"""Outline icons on a grid of 24. They name things and actions; they never carry a status."""

from typing import Final

from organization.drawing.shapes import Drawing, Path

ICONS: Final = {
    "week": "M5 6h14v13H5zM5 10h14M9 4v4M15 4v4M9 14.5l2 2 4-4",
    "alerts": "M6 16.5V11a6 6 0 1 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4",
    "home": "M4 11.5 12 5l8 6.5M6 10v9h12v-9",
    "alignment": "M4 12h5M9 6h3M9 18h3M9 6v12M12 4h8v4h-8zM12 16h8v4h-8zM12 10h8v4h-8zM9 12h3",
    "objectives": "M12 3a9 9 0 1 0 9 9M12 7.5a4.5 4.5 0 1 0 4.5 4.5M12 12l8-8M17 4v3h3",
    "table": "M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14",
    "kpis": "M4 17a8.5 8.5 0 1 1 16 0M12 15l4-5",
    "initiatives": "M4 6h9M8 12h10M5 18h8",
    "exchange": "M4 8h15M15 4l4 4-4 4M20 16H5M9 12l-4 4 4 4",
    "check": "M5 12l4 4L19 6",
    "warning": "M12 4l9 16H3zM12 10v5M12 17.5v.1",
    "document": "M6 3.5h9l3.5 3.5V20.5H6zM15 3.5V7h3.5M9 12h6M9 15.5h6",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "search": "M10.5 5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M14.7 14.7 20 20",
    "theme": "M19 14.5A7.5 7.5 0 0 1 9.5 5a7.5 7.5 0 1 0 9.5 9.5z",
    "stopped": "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M6.5 6.5l11 11",
    "person": "M12 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M5 20c.6-4 3.3-6 7-6s6.4 2 7 6",
    "flag": "M6 21V4h11l-2 4 2 4H6",
    "leaf": "M5 19c0-9 5-13 14-14 0 9-4 14-11 14M5 19c2-4 5-7 9-9",
    "more": "M5.3 12a.7.7 0 1 0 1.4 0 .7.7 0 1 0-1.4 0M11.3 12a.7.7 0 1 0 1.4 0 .7.7 0 1 0-1.4 0"
    "M17.3 12a.7.7 0 1 0 1.4 0 .7.7 0 1 0-1.4 0",
    "next": "M9 6l6 6-6 6",
    "down": "M6 9l6 6 6-6",
    "print": "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
    "edit": "M5 19l1-4L16 5l3 3L9 18z",
    "comment": "M4.5 5h15v11H11l-4.5 4v-4h-2z",
    "eye": "M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5",
    "download": "M12 4v11M7.5 11 12 15.5 16.5 11M5 19.5h14",
    "upload": "M12 15V4M7.5 8.5 12 4l4.5 4.5M5 19.5h14",
    "link": "M10 14a4 4 0 0 1 0-5.6l2-2a4 4 0 0 1 5.6 5.6l-1 1M14 10a4 4 0 0 1 0 5.6l-2 2a4 4 0 0 1-5.6-5.6l1-1",
    "plus": "M12 5v14M5 12h14",
    "clock": "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M12 8v4.5l3 1.8",
    "filter": "M4 6h16M7 12h10M10 18h4",
}


def icon(name: str, size: float = 18) -> Drawing:
    """The icon of that name; an unknown name is a mistake in a template and says so."""
    return Drawing("ic", size, size, (Path("", ICONS[name]),), box="0 0 24 24")
