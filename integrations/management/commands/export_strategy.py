"""`manage.py export_strategy`: an organization's whole strategy as a package of strategy files."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.management.progress import ProgressLine
from integrations.packages import Package, TooLarge, spreadsheet_bytes, write_folder, zip_bytes
from integrations.services import export_strategy
from organization.actors import system_actor
from organization.models import Organization


class Command(BaseCommand):
    help = (
        "Export the whole strategy of an organization: into a folder of .csv tables, or into one file when PATH ends "
        "in .zip or .xlsx. What comes out can be imported again, here or elsewhere; the same strategy gives "
        "the same files."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH", help="the folder, .zip or .xlsx to write")
        parser.add_argument("--organization", required=True, metavar="CODE", help="whose strategy")
        parser.add_argument(
            "--force", action="store_true", help="overwrite a file, or the tables in a folder, that is there"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        organization = Organization.objects.filter(code=options["organization"]).first()
        if organization is None:
            known = ", ".join(Organization.objects.order_by("code").values_list("code", flat=True)[:20])
            there = f"There is: {known}." if known else "There is none yet: import a strategy first."
            raise CommandError(f"There is no organization {options['organization']}. {there}")
        if not options["force"]:
            _require_free(path)
        progress = ProgressLine(self.stderr)
        progress("Reading")
        package = export_strategy(actor=system_actor(organization.pk, "export_strategy"))
        progress("Writing")
        try:
            _write(package, path)
        except TooLarge as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        finally:
            progress.close()
        rows = sum(len(table.rows) for table in package.tables.values())
        self.stdout.write(f"{len(package.tables)} tables with {rows:,} rows in {path}.")


def _require_free(path: Path) -> None:
    if path.is_file() or (path.is_dir() and any(path.iterdir())):
        raise CommandError(
            f"{path} is there already and not empty. Choose another place, or add --force to overwrite it."
        )


def _write(package: Package, path: Path) -> None:
    suffix = path.suffix.lower()
    if suffix == ".zip":
        _write_file(path, zip_bytes(package))
    elif suffix == ".xlsx":
        _write_file(path, spreadsheet_bytes(package))
    else:
        write_folder(package, path)


def _write_file(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
