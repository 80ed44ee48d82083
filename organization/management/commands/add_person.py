"""`manage.py add_person`: the first person of an organization, or one more."""

import sys
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from organization.actors import system_actor
from organization.choices import Role
from organization.models import Department, Organization, User
from organization.services import add_membership


class Command(BaseCommand):
    help = (
        "Give a person a role in an organization; the person is created when the address is new. A new person's "
        "password is asked for on a terminal, or read from the first line of standard input with --password-stdin."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address to sign in with")
        parser.add_argument("--organization", required=True, metavar="CODE")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument(
            "--department", metavar="CODE", help="role in this department and below (default: everywhere)"
        )
        parser.add_argument("--name", default="", help="the person's name (default: what stands before the @)")
        parser.add_argument("--password-stdin", action="store_true", help="read a new person's password from stdin")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = Organization.objects.filter(code=options["organization"]).first()
        if organization is None:
            raise CommandError(f"There is no organization {options['organization']}: import a strategy first.")
        department = self._department(organization, options["department"])
        at = timezone.now()
        with transaction.atomic():
            user = User.objects.filter(email__iexact=options["email"]).first() or self._new_person(options)
            actor = system_actor(organization.pk, "command line")
            add_membership(user, Role(options["role"]), department=department, actor=actor, at=at)
        where = department.code if department else organization.code
        self.stdout.write(f"{user.email} is {options['role']} in {where}.")

    def _department(self, organization: Organization, code: str | None) -> Department | None:
        if code is None:
            return None
        found = Department.objects.filter(organization=organization, code=code).first()
        if found is None:
            raise CommandError(f"There is no department {code} in {organization.code}.")
        return found

    def _new_person(self, options: dict[str, Any]) -> User:
        email: str = options["email"]
        user = User(email=email.lower(), name=options["name"] or email.partition("@")[0])
        password = self._password(email, from_stdin=options["password_stdin"])
        try:
            if password is not None:
                validate_password(password, user)
            user.set_password(password)
            user.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        user.save()
        return user

    def _password(self, email: str, *, from_stdin: bool) -> str | None:
        if from_stdin:
            return sys.stdin.readline().rstrip("\n")
        if not sys.stdin.isatty():
            self.stderr.write(f"No password was given: set one with manage.py changepassword {email}.")
            return None
        password = getpass(f"Password for {email}: ")
        if password != getpass("Once more: "):
            raise CommandError("The two passwords differ; nothing was stored.")
        return password
