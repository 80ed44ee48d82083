"""The settings: one file, read top to bottom. The environment decides; a secret has no default.

| variable | what |
|---|---|
| CMO_PROFILE | `production` (the default), `local` (set by manage.py and make demo), `test` (set by the tests) |
| SECRET_KEY | 50 or more random characters; SECRET_KEY_FALLBACKS lists former ones |
| ALLOWED_HOSTS | the host names people use, with commas between |
| DATABASE_URL | postgres://USER:PASSWORD@HOST:5432/NAME |
| DATABASE_POOLED | true behind PgBouncer in transaction mode |
| REDIS_URL | redis://HOST:6379/0, or unix:///PATH?db=0 |
| CMO_HTTPS | false only where plain HTTP is wanted: no redirect, no secure cookies |
| CMO_BEHIND_PROXY | true where a proxy sets X-Forwarded-Proto and passes nobody else's |
| CSRF_TRUSTED_ORIGINS | https://portal.example.org, when the proxy changes the host |
| METRICS_TOKEN | the bearer token that may read /metrics from elsewhere than this machine |
| EMAIL_URL, DEFAULT_FROM_EMAIL | smtp+tls://USER:PASSWORD@HOST:587 (or `none`: no e-mail at all), and the sender |
| PORTAL_URL | the address in messages, https://portal.example.org; default: the first of ALLOWED_HOSTS |
| OUTGOING_PRIVATE | true where webhooks and chat may lie in a private network, and may speak plain HTTP |
| API_REQUESTS_PER_MINUTE | per person or token; default 60000 |
| LOG_LEVEL, LOG_FORMAT | INFO; `json` or `console` |

A wrong value stops the start with an id `cmo.E…`; the list is in cmo_portal/checks.py.
"""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from cmo_portal.addresses import FILED_MAIL, email_address, portal_url
from cmo_portal.logging import logging_config
from cmo_portal.queues import BEAT_SCHEDULE, TASK_ROUTES, broker_url

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

PROFILE: str = env.str("CMO_PROFILE", default="production")
if PROFILE not in ("production", "local", "test"):
    raise ImproperlyConfigured(f"(cmo.E001) CMO_PROFILE is “{PROFILE}”; it must be production, local or test.")
IS_PRODUCTION = PROFILE == "production"
VAR_DIR = Path(env.str("CMO_VAR", default=str(BASE_DIR / "var")))

# --- Who may ask, and over what -------------------------------------------------------------------------------------
DEBUG = False
SECRET_KEY: str = env.str("SECRET_KEY", default="")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
METRICS_TOKEN: str = env.str("METRICS_TOKEN", default="")

HTTPS: bool = env.bool("CMO_HTTPS", default=IS_PRODUCTION)
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("CMO_BEHIND_PROXY", default=False) else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
X_FRAME_OPTIONS = "DENY"

# Plotly writes `style` attributes on some charts (heat maps), hence the one concession; see docs/decisions.
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
    }
}

# --- What the portal is made of -------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "cmo_portal.apps.CmoPortalConfig",
    "dashboards",
    "integrations",
    "alerts",
    "initiatives",
    "kpis",
    "objectives",
    "organization",
    "audit",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "rest_framework",
    "knox",
    "django_filters",
    "django_htmx",
    "csp",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "cmo_portal.middleware.HealthMiddleware",  # before hosts and schemes are looked at: machines ask by number
    "cmo_portal.middleware.RequestIdMiddleware",  # so that every line and every answer carries the id
    "cmo_portal.middleware.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",  # above all that may answer early, so that error pages carry the policy too
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "organization.middleware.OrganizationMiddleware",
    "cmo_portal.as_of_door.AsOfMiddleware",  # around all that reads for a member
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "cmo_portal.urls"
WSGI_APPLICATION = "cmo_portal.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dashboards.context.shell",
            ],
        },
    }
]

# --- Where things are kept ------------------------------------------------------------------------------------------
DATABASE_URL: str = env.str("DATABASE_URL", default="")
DATABASES: dict[str, Any] = {}
if DATABASE_URL.startswith(("postgres://", "postgresql://")):  # cmo_portal.checks refuses anything else
    DATABASES["default"] = env.db_url("DATABASE_URL") | {
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": env.bool("DATABASE_POOLED", default=False),
    }
    # The folder of a Unix socket is a host with %2F for its slashes, as libpq and psql write it.
    DATABASES["default"]["HOST"] = unquote(DATABASES["default"]["HOST"])
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL: str = env.str("REDIS_URL", default="")
# In the process, on purpose: a page must not fail because the broker is down.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- People ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "organization.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "sign-in"
KNOX_TOKEN_MODEL = "organization.ApiToken"  # noqa: S105 - the name of a model
MIGRATION_MODULES = {"knox": None}  # its migrations would make its own table of tokens beside ours
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer", "TOKEN_TTL": None, "TOKEN_PREFIX": "cmo"}

# --- Languages and time ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Static files ---------------------------------------------------------------------------------------------------
# Packaging compresses and names them by content; on one's own machine they are served as they lie in the tree.
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
PACKAGED_STATIC = "whitenoise.storage.CompressedManifestStaticFilesStorage"
PLAIN_STATIC = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": PACKAGED_STATIC if IS_PRODUCTION else PLAIN_STATIC},
}
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
WHITENOISE_MAX_AGE = 60 if IS_PRODUCTION else 0

# --- Letters --------------------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")
EMAIL_URL: str = env.str("EMAIL_URL", default="")
mail: dict[str, Any] = env.email_url_config(email_address(EMAIL_URL))
vars().update(mail)
if mail["EMAIL_BACKEND"] == FILED_MAIL:
    EMAIL_FILE_PATH = str(VAR_DIR / "mail")
EMAIL_TIMEOUT = 10

# --- Messages to other machines -------------------------------------------------------------------------------------
PORTAL_URL: str = env.str("PORTAL_URL", default="").rstrip("/") or portal_url(ALLOWED_HOSTS, https=HTTPS)
OUTGOING_PRIVATE: bool = env.bool("OUTGOING_PRIVATE", default=False)
OUTGOING_TIMEOUT = (5.0, 10.0)  # seconds to connect, and between two pieces of an answer

DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024  # a batch of 10,000 measurements with their notes

# --- REST -----------------------------------------------------------------------------------------------------------
limit: str = env.str("API_REQUESTS_PER_MINUTE", default="60000")
if not limit.isdecimal():
    raise ImproperlyConfigured(f"(cmo.E009) API_REQUESTS_PER_MINUTE is “{limit}”; it must be a number.")
API_REQUESTS_PER_MINUTE = int(limit)
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "organization.api.authentication.TokenAuthentication",
        "organization.api.authentication.MemberSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["cmo_portal.api.rendering.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "organization.api.pagination.KeysetPagination",
    "DEFAULT_THROTTLE_CLASSES": ["cmo_portal.api.throttling.PerMinuteThrottle"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "cmo_portal.api.problems.problem_handler",
    "PAGE_SIZE": 50,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "CMO portal",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "DESCRIPTION": "Strategy, objectives, KPIs, initiatives and alerts. Dates are ISO, decimals are strings, codes are "
    "the identifiers. Errors are `application/problem+json`.",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "ENUM_NAME_OVERRIDES": {
        "AlertRuleKindEnum": "alerts.choices.RuleKind",
        "ChannelKindEnum": "alerts.choices.ENDPOINT_KINDS",
        "ColourEnum": "objectives.choices.Colour",
        "ContributionKindEnum": "objectives.choices.EdgeKind",
        "DeclaredStatusEnum": "initiatives.choices.Declared",
        "FigureStateEnum": "objectives.choices.State",
        "KpiKindEnum": "kpis.choices.Kind",
    },
}

# --- Work in the background -----------------------------------------------------------------------------------------
# The row is the message, the broker only rings: a lost or doubled message is harmless, and no result is kept.
CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_ACKS_ON_FAILURE_OR_TIMEOUT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = TASK_ROUTES
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_connect_timeout": 1,
    "socket_timeout": 1,  # a request that rings waits twice that at the most; workers are more patient
    "retry_on_timeout": False,
}
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_MAX_LOOP_INTERVAL = 1
CELERY_TIMEZONE = "UTC"

# --- What is written down about a run -------------------------------------------------------------------------------
LOG_LEVEL: str = env.str("LOG_LEVEL", default="INFO").upper()
LOG_FORMAT: str = env.str("LOG_FORMAT", default="json" if IS_PRODUCTION else "console")
LOGGING_CONFIG = None if LOG_FORMAT not in ("json", "console") else "logging.config.dictConfig"
LOGGING = logging_config(level=LOG_LEVEL, form=LOG_FORMAT)

# --- Tests ----------------------------------------------------------------------------------------------------------
if PROFILE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = "A template names “%s”, which does not exist."
    DATABASES["default"]["CONN_MAX_AGE"] = 0
