"""`manage.py import_strategy`: a package of strategy files becomes an organization's strategy."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from integrations.file_errors import PackageRefused
from integrations.management.progress import ProgressLine
from integrations.management.reporting import plan_lines, refuse
from integrations.packages import Package, read_path
from integrations.services import import_strategy, plan_import, roll_up_imported
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
            refuse(refusal, self.stderr)
        progress.close()
        for line in plan_lines(plan, is_dry_run=options["dry_run"]):
            self.stdout.write(line)


def _actor(package: Package, code: str | None) -> Actor:
    """The system, in the organization that the package is about when there is one already."""
    raw = package.tables.get(ORGANIZATION.name)
    if code is None and raw is not None and raw.holds_rows and "code" in raw.header:
        place = raw.header.index("code")
        code = next((row[place].strip() for row in raw.rows if len(row) > place), None)
    organization = Organization.objects.filter(code=code).first() if code else None
    return system_actor(organization.pk if organization else 0, "import_strategy")
