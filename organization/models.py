"""Organization, its departments, its people and what they may do."""

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GistIndex
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from organization.actors import Actor, Grant
from organization.choices import Language, Role, Scope
from organization.fields import LtreeField
from organization.scoping import ScopedQuerySet
from organization.texts import Translated

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

valid_code = RegexValidator(
    r"^[^\s/\\?#%\x00-\x1f](?:[^/\\?#%\x00-\x1f]*[^\s/\\?#%\x00-\x1f])?$",
    _("A code has no slash, question mark, hash or percent sign and does not begin or end with a space."),
    code="code",
)


def valid_timezone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone. Write it like Europe/Paris."), "timezone", {"name": name}
        )


def code_field() -> "models.CharField[str, str]":
    """The name that URLs, files and the API use; unique in its organization."""
    return models.CharField(_("code"), max_length=100, validators=[valid_code])


def share_field(label: "StrPromise", default: str) -> "models.DecimalField[str | Decimal, Decimal]":
    return models.DecimalField(label, max_digits=6, decimal_places=4, default=Decimal(default))


class Organization(models.Model):
    code = models.CharField(_("code"), max_length=100, unique=True, validators=[valid_code])
    name = models.CharField(_("name"), max_length=200)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[valid_timezone])
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH)
    fiscal_year_start = models.PositiveSmallIntegerField(
        _("first month of the fiscal year"), default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    progress_cap = models.DecimalField(
        _("progress counts at most"), max_digits=4, decimal_places=3, default=Decimal("1.0")
    )
    coverage_floor = share_field(_("least coverage of a roll-up"), "0.5")
    green_ratio = share_field(_("on track from this share of the expected progress"), "0.95")
    green_gap = share_field(_("on track down to this gap"), "-0.03")
    amber_ratio = share_field(_("at risk from this share of the expected progress"), "0.80")
    amber_gap = share_field(_("at risk down to this gap"), "-0.10")
    green_attainment = share_field(_("on track from this attainment"), "0.95")
    amber_attainment = share_field(_("at risk from this attainment"), "0.80")
    figures_version = models.BigIntegerField(_("version of the figures"), default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fiscal_year_start__gte=1, fiscal_year_start__lte=12), name="organization_fiscal_month"
            ),
            models.CheckConstraint(
                condition=Q(progress_cap__gte=1, progress_cap__lte=Decimal("1.2")), name="organization_progress_cap"
            ),
            models.CheckConstraint(
                condition=Q(coverage_floor__gte=0, coverage_floor__lte=1), name="organization_coverage_floor"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]
    """A person or a service account. The e-mail address is the name to sign in with."""

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, blank=True)
    is_service = models.BooleanField(_("service account"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may use the operators' site"), default=False)
    date_joined = models.DateTimeField(_("joined"), auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        words = [word for word in self.name.replace("-", " ").split() if word[:1].isalpha()]
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


class DepartmentQuerySet(ScopedQuerySet["Department"]):
    path_field = "path"
    owner_fields = ()

    def shared_by_all(self) -> Q:
        return Q(parent__isnull=True)


class Department(Translated):
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    code = code_field()
    name = models.CharField(_("name"), max_length=200)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    path = LtreeField(_("path"), editable=False)
    headcount = models.PositiveIntegerField(_("headcount"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["organization", "code"], name="department_code_once")]
        indexes = [GistIndex(fields=["path"], name="department_path")]  # subtree and scope filters

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Membership(models.Model):
    """A role in a department and below, or in the whole organization. A person may hold several."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organization", "department", "role"], name="membership_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class ApiToken(AbstractAuthToken):  # type: ignore[misc]
    """A client's key: shown once, stored hashed, bound to one organization, limited by scopes."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=100)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices), verbose_name=_("scopes"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return self.name


class IdempotencyKey(models.Model):
    """The answer to a POST that came with an `Idempotency-Key`, kept for a day."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_index=True)  # what is older than a day is forgotten

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [
            models.UniqueConstraint(fields=["organization", "user", "key"], name="idempotency_key_once"),
        ]

    def __str__(self) -> str:
        return self.key


class SignInFailure(models.Model):
    """Failed attempts to sign in from one address under one e-mail; `key` is a hash of both."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveSmallIntegerField()
    first_at = models.DateTimeField(db_index=True)  # old ones are forgotten

    class Meta:
        verbose_name = _("failed sign-in")
        verbose_name_plural = _("failed sign-ins")

    def __str__(self) -> str:
        return f"{self.count}"


def actor_of(user: User, organization: Organization, *, scopes: frozenset[Scope] | None = None) -> Actor | None:
    """The person as an actor inside one organization; None when they have no membership there (one query)."""
    rows = Membership.objects.filter(user=user, organization=organization).values_list("role", "department__path")
    grants = tuple(sorted((Grant(Role(role), path) for role, path in rows), key=lambda g: (g.role, g.path or "")))
    if not grants:
        return None
    return Actor(organization_id=organization.pk, label=user.email, user_id=user.pk, grants=grants, scopes=scopes)
