"""`manage.py seed_demo`: the demo companies, as if they had used the portal for thirteen months."""

from argparse import BooleanOptionalAction
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from integrations.demo import PASSWORD, seed_demo


class Command(BaseCommand):
    help = (
        f"Add the demo companies (Kestrane Group and a small firm beside it) with people who all sign in with the "
        f"password {PASSWORD!r}. Companies that are there already stay as they are. Meant for one's own machine: a "
        f"production portal refuses unless told otherwise."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--even-in-production",
            action=BooleanOptionalAction,
            default=False,
            help="add the companies, with their known password, to a production portal too",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IS_PRODUCTION and not options["even_in_production"]:
            raise CommandError(
                "This is a production portal, and the demo's password is known to everybody. Nothing was added. "
                "Say --even-in-production if you mean it."
            )
        added = seed_demo(at=timezone.now(), told=lambda name: self.stderr.write(f"Adding {name} …"))
        self.stdout.write(f"Added: {', '.join(added)}." if added else "The demo companies are there already.")
