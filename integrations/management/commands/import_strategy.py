"""`manage.py import_strategy`: a package of strategy files becomes an organization's strategy."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from integrations.file_errors import PackageRefused
from integrations.management.progress import ProgressLine
from integrations.packages import Package, read_path
from integrations.services import ImportPlan, import_strategy, plan_import, roll_up_imported
from integrations.tables import ORGANIZATION
from organization.actors import Actor, system_actor
from organization.models import Organization


class Command(BaseCommand):
    help = (
        "Import a strategy: a folder of .csv tables, a .zip of it, or one .xlsx with a sheet per table. Everything is "
        "stored or, when anything is wrong, nothing: then every error is printed as `table row column: value — what "
        "was expected` and the exit code is 1. Rows that are not in the package stay as they are. Importing the same "
        "package again changes nothing. An organization that does not exist yet is created."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH", help="the folder, .zip or .xlsx to import")
        parser.add_argument(
            "--dry-run", action="store_true", help="store nothing; print what would be created, changed and left alone"
        )
        parser.add_argument(
            "--organization",
            metavar="CODE",
            help="import into this organization instead of the one in organization.csv",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        if not path.exists():
            raise CommandError(f"There is nothing at {path}. Give a folder, a .zip or an .xlsx file.")
        at = timezone.now()
        progress = ProgressLine(self.stderr)
        progress("Reading")
        package = read_path(path)
        code: str | None = options["organization"]
        actor = _actor(package, code)
        try:
            if options["dry_run"]:
                plan = plan_import(package, actor=actor, at=at, organization_code=code)
            else:
                outcome = import_strategy(package, actor=actor, at=at, organization_code=code, progress=progress)
                plan = outcome.plan
                progress("Rolling up")
                roll_up_imported(outcome.organization_id, at=at)
        except PackageRefused as refusal:
            progress.close()
            self._print_errors(refusal)
        progress.close()
        self._print_plan(plan, is_dry_run=options["dry_run"])

    def _print_errors(self, refusal: PackageRefused) -> None:
        for error in refusal.errors:
            self.stderr.write(str(error))
        count = len(refusal.errors)
        raise CommandError(f"{count} error{'s' if count > 1 else ''}; nothing was stored.")

    def _print_plan(self, plan: ImportPlan, *, is_dry_run: bool) -> None:
        would = "would be " if is_dry_run else ""
        if is_dry_run:
            for table in plan.tables:
                for row in table.rows:
                    self._print_row(table.table, row)
        self.stdout.write(f"{'table':<24}{'created':>10}{'changed':>10}{'left alone':>12}")
        for table in plan.tables:
            self.stdout.write(f"{table.table:<24}{table.created:>10,}{table.changed:>10,}{table.unchanged:>12,}")
        said = f"Organization {plan.organization} {would}created." if plan.is_new else ""
        if plan.changes_nothing:
            said = f"Organization {plan.organization}: nothing {'would change' if is_dry_run else 'changed'}."
        self.stdout.write(said or f"Organization {plan.organization} {would}changed.")

    def _print_row(self, table: str, row: Any) -> None:
        if row.is_new:
            self.stdout.write(f"+ {table} {row.row} {row.key}")
        else:
            cells = "; ".join(f"{name}: {row.before[name]!r} → {row.after[name]!r}" for name in row.after)
            self.stdout.write(f"~ {table} {row.row} {row.key}: {cells}")


def _actor(package: Package, code: str | None) -> Actor:
    """The system, in the organization that the package is about when there is one already."""
    raw = package.tables.get(ORGANIZATION.name)
    if code is None and raw is not None and raw.holds_rows and "code" in raw.header:
        place = raw.header.index("code")
        code = next((row[place].strip() for row in raw.rows if len(row) > place), None)
    organization = Organization.objects.filter(code=code).first() if code else None
    return system_actor(organization.pk if organization else 0, "import_strategy")
