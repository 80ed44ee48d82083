"""How a table keeps what it knew: as plain values, and as the SQL that reads it back."""

# ruff: noqa: S608 - the names of tables and columns are our own, never input

from collections.abc import Sequence
from dataclasses import dataclass

AS_OF = "history.as_of()"
AS_OF_DAY = "history.as_of_day()"


@dataclass(frozen=True)
class Tracked:
    """Rows that change in place. A trigger keeps what they were, with `known_since` and `known_until`.

    A change of the `uncompared` columns alone is none. `known_from` is the SQL of since when the rows were known that
    were there before their history began; the first day of 1970, unless said.
    """

    table: str
    uncompared: tuple[str, ...] = ()
    known_from: str = ""

    def selection(self, columns: Sequence[str]) -> str:
        """The rows as known at the moment shown."""
        names = listed(columns)
        return (
            f"SELECT {names} FROM public.{self.table} WHERE known_since <= {AS_OF} "
            f"UNION ALL SELECT {names} FROM history.{self.table} WHERE known_since <= {AS_OF} AND {AS_OF} < known_until"
        )


@dataclass(frozen=True)
class Dated:
    """Rows that are written once and say themselves since when they are known, as an instant or as a day.

    Of these the history holds only what was deleted.
    """

    table: str
    since: str
    by_day: bool = False

    def selection(self, columns: Sequence[str]) -> str:
        """The rows as known at the moment shown."""
        names, known = listed(columns), f'"{self.since}" <= {AS_OF_DAY if self.by_day else AS_OF}'
        return (
            f"SELECT {names} FROM public.{self.table} WHERE {known} "
            f"UNION ALL SELECT {names} FROM history.{self.table} WHERE {known} AND {AS_OF} < known_until"
        )


@dataclass(frozen=True)
class Revised:
    """Rows that say since when they are known, beside a table of those they replaced, known `until` then.

    Both tables have the columns of the first one that matter (`shared`); the others were not known of a former row.
    """

    table: str
    since: str
    revisions: str
    until: str
    shared: tuple[str, ...]

    def selection(self, columns: Sequence[str]) -> str:
        """The rows as known at the moment shown."""
        known = f'"{self.since}" <= {AS_OF}'
        former = ", ".join(f'"{name}"' if name in self.shared else f"NULL AS {name}" for name in columns)
        replaced = f'{known} AND {AS_OF} < "{self.until}"'
        return (
            f"SELECT {listed(columns)} FROM public.{self.table} WHERE {known} "
            f"UNION ALL SELECT {former} FROM public.{self.revisions} WHERE {replaced} "
            f"UNION ALL SELECT {listed(columns)} FROM history.{self.table} WHERE {known} AND {AS_OF} < known_until "
            f"UNION ALL SELECT {former} FROM history.{self.revisions} WHERE {replaced}"
        )


Kept = Tracked | Dated | Revised


def listed(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)
