"""`manage.py issue_token`: a key for a script or a service account."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from organization.actors import system_actor
from organization.choices import Scope
from organization.models import Organization, User
from organization.services import issue_token


class Command(BaseCommand):
    help = (
        "Print a new API token for a person or service account. The token is shown once: it is stored only as a hash. "
        "It may do what its scopes say and what the person's roles allow, whichever is less."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="whose token it is; they need a role in the organization")
        parser.add_argument("--organization", required=True, metavar="CODE", help="the organization it opens")
        parser.add_argument(
            "--scope",
            dest="scopes",
            action="extend",
            nargs="+",
            required=True,
            choices=Scope.values,
            metavar="SCOPE",
            help="what it may do at most; one or more of: " + ", ".join(Scope.values),
        )
        parser.add_argument("--days", type=int, help="days until it expires (default: never)")
        parser.add_argument("--name", default="command line", help="what it is for, shown in the list of tokens")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = Organization.objects.filter(code=options["organization"]).first()
        if organization is None:
            known = ", ".join(Organization.objects.order_by("code").values_list("code", flat=True)[:20])
            raise CommandError(
                f"There is no organization {options['organization']}. "
                + (f"There is: {known}." if known else "There is none yet: import a strategy first.")
            )
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError(f"There is no person with the address {options['email']}. Import people.csv first.")
        if not user.is_active:
            raise CommandError(f"{user.email} is not active: a token of theirs would open nothing.")
        days: int | None = options["days"]
        if days is not None and days < 1:
            raise CommandError("--days takes a whole number from 1 on.")
        scopes = [Scope(scope) for scope in options["scopes"]]
        try:
            _, value = issue_token(
                user,
                name=options["name"],
                scopes=scopes,
                days=days,
                actor=system_actor(organization.pk, "command line"),
                at=timezone.now(),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except PermissionDenied as error:
            raise CommandError(str(error)) from error
        self.stdout.write(value)
        lasting = f"for {days} days" if days else "until it is revoked"
        may = ", ".join(scopes)
        self.stderr.write(f"For {user.email} in {organization.code}: {may}; valid {lasting}. Not shown again.")
