"""The one settings module. Values come from the environment; `.env.example` lists every name.

Nothing secret has a default: without `DATABASE_URL` and `REDIS_URL` the embedded servers are used, and their
passwords and the signing key are made at random on first start and kept under `var/` (himdept.runtime.places).
"""

import os
from datetime import timedelta
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from himdept.runtime import places

BASE_DIR = Path(__file__).resolve().parent.parent


def flag(name: str, *, default: bool) -> bool:
    """Read a yes/no environment variable; anything but the listed words is a mistake worth stopping for."""
    word = os.environ.get(name, "").strip().lower()
    if word in {"", "1", "true", "yes", "on", "0", "false", "no", "off"}:
        return word in {"1", "true", "yes", "on"} if word else default
    raise ImproperlyConfigured(f"{name} must be yes or no, not {word!r}.")


def words(name: str) -> list[str]:
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


# EMBEDDED is true where nobody named a database: this machine, this checkout, loopback only.
EMBEDDED = places.is_embedded()
SECRET_KEY = os.environ.get("SECRET_KEY") or (places.signing_key() if EMBEDDED else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set.")
SECRET_KEY_FALLBACKS = words("SECRET_KEY_FALLBACKS")
DEBUG = flag("DEBUG", default=False)
HTTPS = flag(
    "HTTPS", default=not EMBEDDED
)  # behind a proxy that ends TLS; the embedded set-up speaks plain HTTP on loopback
ALLOWED_HOSTS = words("ALLOWED_HOSTS") or (["localhost", "127.0.0.1", "[::1]"] if EMBEDDED else [])
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")
TRUSTED_PROXIES = words("TRUSTED_PROXIES")  # addresses whose X-Forwarded-For is believed

# Two roles (docs/adr/0003): `default` may not rewrite a trail; `owner` migrates and grants, and no request uses it.
DATABASES = places.databases()
DATABASE_ROUTERS = ["himdept.runtime.routers.OwnerMigrates"]
REDIS_URL = places.redis_url()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "auditlog",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "guardian",
    "oauth2_provider",
    "rest_framework",
    "himdept.common",
    "himdept.runtime",
    "himdept.simulator",
    "himdept.dashboard",
    "staff",
    "records",
    "compliance",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "himdept.common.web.Compressed",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "himdept.common.web.SignedInPages",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "staff.people.accounts.Threshold",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "auditlog.middleware.AuditlogMiddleware",
    "axes.middleware.AxesMiddleware",
    "staff.employment.lines.once_a_page",
]

ROOT_URLCONF = "himdept.urls"
WSGI_APPLICATION = "himdept.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Sign-in: allauth for passwords and one-time codes, axes for lock-out. Nobody signs themselves up.
AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "staff.people.backends.AccountBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "staff.people.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
# Passwords are axes' work, which says why; `login_failed` also counts the digits of the second step, by person.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "10/5m/key"}
SECOND_STEP = flag("SECOND_STEP", default=not EMBEDDED)  # asked of the roles that say so (staff.people.roles)
MFA_ADAPTER = "staff.people.accounts.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "himdept"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"
AXES_IPWARE_PROXY_COUNT = len(TRUSTED_PROXIES) or None
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None  # guardian: nobody is "anybody"

SESSION_COOKIE_AGE = 30 * 60  # automatic log-off: 45 CFR 164.312(a)(2)(iii)
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF],
}

LANGUAGE_CODE = "en-us"
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get(
    "TIME_ZONE", "America/New_York"
)  # of a new facility and of a person without one; stored times are UTC

# Reminders go out by mail where a server and our own address are named: what people type, without a last /.
PUBLIC_URL = os.environ.get("PUBLIC_URL", "").rstrip("/")
_mail_server = os.environ.get("EMAIL_HOST", "")
SENDS_MAIL = bool(_mail_server and PUBLIC_URL)
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": _mail_server,
            "port": int(os.environ.get("EMAIL_PORT") or 25),
            "username": os.environ.get("EMAIL_HOST_USER", ""),
            "password": os.environ.get("EMAIL_HOST_PASSWORD", ""),
            "use_tls": flag("EMAIL_USE_TLS", default=False),
            "timeout": 10,
        },
    }
    if SENDS_MAIL
    else {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
}
if not SENDS_MAIL:
    SILENCED_SYSTEM_CHECKS = ["mail.E001"]  # a hospital without a mail server has its reminders on the screen alone
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM") or "himdept@localhost"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT") or places.data() / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "himdept.common.statics.AddressedOnce"},
}
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT") or places.data() / "files")

# `shared` is what the web processes count together, and nothing that would be missed (docs/adr/0018).
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 2_000}},
    "shared": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": places.cache_url(REDIS_URL),
        "OPTIONS": {"socket_timeout": 0.3, "socket_connect_timeout": 0.3, "retry": None},
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024  # a transaction bundle of 1,000 resources with attachments

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["records.exchange.access.ClientToken"],
    "DEFAULT_PERMISSION_CLASSES": ["himdept.common.api.permissions.HoldsActionPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "himdept.common.api.paging.KeysetPages",
    "DEFAULT_THROTTLE_CLASSES": ["records.exchange.limits.PerMinute"],
    "DEFAULT_PARSER_CLASSES": ["himdept.common.api.parsing.StrictJSON"],
    "DEFAULT_SCHEMA_CLASS": "himdept.common.api.schema.Described",
    "EXCEPTION_HANDLER": "himdept.common.api.problems.problem_response",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "himdept",
    "DESCRIPTION": "Records, what they lack and who owes it, for programs. See docs/interfaces.md.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "EncounterClass": "records.inventory.api.CLASSES",
        "RecordStatus": "records.inventory.api.STATUSES",
        "DeficiencyKind": "records.completeness.api.KINDS",
        "DeficiencyStatus": "records.completeness.api.STATUSES",
        "CyclePartState": "compliance.cycles.models.State",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "himdept.common.api.description.say_how_it_is_refused",
        "himdept.examples.show",
    ],
}
OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
OAUTH2_PROVIDER = {
    "ACCESS_TOKEN_EXPIRE_SECONDS": 300,  # SMART Backend Services asks for at most five minutes
    "SCOPES_BACKEND_CLASS": "records.exchange.access.Scopes",
    "OAUTH2_VALIDATOR_CLASS": "records.exchange.tokens.Proof",
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",  # client credentials, and no other grant
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,  # of a token only the hash is kept
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,  # never in a URL
    # None of what these close is offered; closed all the same, so that nobody opens it by one wrong setting.
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
}

# A task carries ids; the tables are the truth, a message only a nudge (docs/adr/0006).
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "interactive"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 500_000  # KiB
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_TIME_LIMIT = 1_800
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 7_200,  # above the hard limit of the longest task
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
    "max_retries": 0,  # without it a publisher tries again for six seconds; workers and beat have their own patience
}
CELERY_TIMEZONE = "UTC"
# Of one client (an interface) that has no limit of its own.
CLIENT_REQUESTS_PER_MINUTE = int(os.environ.get("CLIENT_REQUESTS_PER_MINUTE") or 6_000)
# Hosts of the hospital's own network that may be asked for a client's keys; no other private address is.
OUTBOUND_PRIVATE_HOSTS = words("OUTBOUND_PRIVATE_HOSTS")
KEPT_REPORT_DAYS = int(os.environ.get("KEPT_REPORT_DAYS") or 400)  # then the night removes what it kept
AUDIT_SHARD_SIZE = int(os.environ.get("AUDIT_SHARD_SIZE") or 20_000)  # records that a worker judges in one transaction

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
