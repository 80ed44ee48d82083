"""`manage.py import_open_sdg`: the indicators of an Open SDG site become an organization's KPIs."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from integrations.connectors.open_sdg import Strategy, Unreadable, open_folder, strategy_of
from integrations.file_errors import PackageRefused
from integrations.management.progress import ProgressLine
from integrations.management.reporting import plan_lines, refuse
from integrations.services import ImportPlan, import_strategy, plan_import, roll_up_imported
from organization.actors import system_actor
from organization.models import Organization


class Command(BaseCommand):
    help = (
        "Import the data folder of an Open SDG site (the platform on which countries publish indicators: `data/`, "
        "`meta/`, optionally `translations/en/`, `indicator-config/` and indicator_calculation_components.yml). Goals "
        "and targets become objectives, each indicator a KPI, every further series a part of it. Missing values and "
        "placeholders are told apart from 0 and counted; whatever contradicts itself is named. Everything is stored "
        "or, when anything is wrong, nothing. Importing the same folder again changes nothing; an organization that "
        "does not exist yet is created. See docs/open-sdg.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH", help="the folder that holds data/ and meta/")
        parser.add_argument(
            "--organization", metavar="CODE", required=True, help="the code of the organization to import into"
        )
        parser.add_argument("--name", metavar="NAME", help="its name; needed only to create it, else its code is taken")
        parser.add_argument(
            "--dry-run", action="store_true", help="store nothing; print what would be created, changed and left alone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        progress = ProgressLine(self.stderr)
        code: str = options["organization"]
        organization = Organization.objects.filter(code=code).first()
        strategy = self._read(options["path"], code, options["name"], organization, at, progress)
        try:
            plan = self._store(strategy, code, organization, at, progress, is_dry_run=options["dry_run"])
        except PackageRefused as refusal:
            progress.close()
            refuse(refusal, self.stderr, package=strategy.package)
        progress.close()
        for line in (*strategy.summary.lines(), "", *plan_lines(plan, is_dry_run=options["dry_run"])):
            self.stdout.write(line)

    def _read(
        self,
        path: Path,
        code: str,
        name: str | None,
        organization: Organization | None,
        at: datetime,
        progress: ProgressLine,
    ) -> Strategy:
        zone = organization.zone if organization else ZoneInfo("UTC")
        try:
            return strategy_of(
                open_folder(path),
                code=code,
                name=name or (organization.name if organization else code),
                fiscal_year_start=organization.fiscal_year_start if organization else 1,
                today=at.astimezone(zone).date(),
                progress=progress,
            )
        except Unreadable as problem:
            raise CommandError(f"This is no Open SDG folder: {problem}") from problem

    def _store(
        self,
        strategy: Strategy,
        code: str,
        organization: Organization | None,
        at: datetime,
        progress: ProgressLine,
        *,
        is_dry_run: bool,
    ) -> ImportPlan:
        actor = system_actor(organization.pk if organization else 0, "import_open_sdg")
        if is_dry_run:
            return plan_import(strategy.package, actor=actor, at=at, organization_code=code)
        outcome = import_strategy(strategy.package, actor=actor, at=at, organization_code=code, progress=progress)
        progress("Rolling up")
        roll_up_imported(outcome.organization_id, at=at)
        return outcome.plan
