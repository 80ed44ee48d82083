"""Write docs/strategy-files.md from the declared tables: `python -m scripts.write_strategy_files`."""

import sys
from pathlib import Path

from integrations.tables import BUILT, NOT_BUILT, Column, Table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "strategy-files.md"

HEAD = """# The open strategy files

One organization's whole strategy as plain tables. A package is a folder of CSV files, a `.zip` of it, or one `.xlsx`
with a sheet per table. CSV is UTF-8 with a header row, separated by commas; dates are ISO (2026-10-31), `.` is the
decimal mark, an empty cell means unknown. Codes are the keys; a period is the date of its first day. Only
`organization.csv` is required. Unknown tables and columns are errors that name them; nothing is dropped in silence.

    manage.py import_strategy PATH [--dry-run] [--organization CODE]
    manage.py export_strategy PATH --organization CODE

This page is written from `integrations/tables.py`.
"""

NOTES = {
    ("kpis", "formula"): [
        "what the KPI is worked out from: numbers, codes of KPIs (`[K-01]`, or `SALES` bare), `+ - * /`, parentheses, "
        "`min max abs sum`; units and frequencies must fit, and nothing may need itself"
    ],
    ("kpis", "parent"): [
        "the KPI that this one is a part of; the parent sums its parts up where its `unit_aggregation` is not `none`"
    ],
    ("kpis", "minimum"): ["values below are refused"],
    ("kpis", "maximum"): ["values above are refused"],
    ("kpis", "cumulative"): ["each value contains the ones before it"],
    ("kpis", "unit_weight"): ["weight among the parts of the parent; empty means the headcount of the department"],
    ("kpis", "dimensions"): [
        "what sets a series apart from its parent, as `Sex=Female; Age=15-24`; `\\;` and `\\=` are signs of the "
        "text; needs a parent"
    ],
    ("targets", "reason"): ["why the target is this one"],
    ("measurements", "kpi"): [
        "one that is neither worked out by a formula nor summed up from its parts: those values are worked out again "
        "after an import, and an export leaves them out"
    ],
}
"""What the columns' types alone do not say."""


def page() -> str:
    """The whole page."""
    later = ", ".join(f"`{table.name}.csv`" for table in NOT_BUILT)
    parts = [HEAD, *(section(table) for table in BUILT)]
    parts.append(f"## Not supported by this version yet\n\n{later}: a table with rows is refused by name.\n")
    return "\n".join(parts)


def section(table: Table) -> str:
    """One table: its key and its columns."""
    rows = [
        f"| `{column.name}`{' *' if column.required else ''} | {holds(table, column)} |"
        for column in own_columns(table)
    ]
    texts = ", ".join(f"`{name}_fr`, `{name}_en`" for name in table.texts)
    note = f"\nTexts in a second language may stand in {texts}.\n" if texts else ""
    key = ", ".join(f"`{name}`" for name in table.key)
    return "\n".join([f"## {table.name}.csv", "", f"Key: {key}.", "", "| column | holds |", "|---|---|", *rows, note])


def own_columns(table: Table) -> list[Column]:
    return [column for column in table.columns if column.name not in table.translated]


def holds(table: Table, column: Column) -> str:
    """What a cell holds, in words."""
    words = [column.type.value if not column.choices else "one of " + ", ".join(f"`{word}`" for word in column.choices)]
    if column.refers_to:
        words.append(f"a key of `{column.refers_to}.csv`")
    if column.least is not None and column.most is not None:
        words.append(f"{column.least:f} to {column.most:f}")
    elif column.least is not None:
        words.append(f"{column.least:f} or more")
    if column.extra:
        words.append("beyond the published format")
    return "; ".join([*words, *NOTES.get((table.name, column.name), ())])


def main() -> int:
    PAGE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main())
