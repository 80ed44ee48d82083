"""manage.py selfcheck FILE…: worked cases through the real engine; needs no database."""

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from integrations.selfcheck.comparison import Outcome, check
from integrations.selfcheck.table import Case, TableError, read_table


class Command(BaseCommand):
    help = "Run tables of worked cases through the engine and print what differs."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE.json")

    def handle(self, *, files: list[Path], **_options: Any) -> None:
        """Exit 0 when every case agrees, 1 when one differs, 2 when a file cannot be used."""
        try:
            cases: list[Case] = [case for path in files for case in read_table(path)]
            outcome = check(cases)
        except TableError as error:
            raise CommandError(str(error), returncode=2) from error
        self._report(outcome)
        if outcome.differences:
            sys.exit(1)

    def _report(self, outcome: Outcome) -> None:
        """The lines of a difference and of the totals are a fixed format that other programs read: never translated."""
        for difference in outcome.differences:
            expected, got = _shown(difference.expected), _shown(difference.got)
            self.stdout.write(f"{difference.case}: expected {expected}, got {got}")
        for kind, number in sorted(outcome.not_built.items()):
            self.stdout.write(_("not built yet: %(kind)s, %(number)s cases") % {"kind": kind, "number": number})
        self.stdout.write(f"{outcome.passed} passed, {len(outcome.differences)} failed")


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: object) -> float | str:
    return float(value) if isinstance(value, Decimal) else str(value)
