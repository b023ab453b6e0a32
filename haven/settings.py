"""The case system's settings. Importing them touches no file and no database.

| variable | meaning |
|---|---|
| ``HAVEN_HOME`` | folder of data, keys, blobs, logs, outbox; default ``~/.haven-intake`` |
| ``HAVEN_DATABASE_URL`` | ``postgres://…``: three PostgreSQL databases in place of the SQLite files |
| ``HAVEN_HOSTS`` | public names, comma separated; set = HTTPS only, behind a proxy; not set = this machine only |
| ``HAVEN_KEYS`` | keys as JSON (``haven.keys``) in place of the key files |
| ``HAVEN_CHECKPOINT_MINUTES`` | how often ``haven serve`` signs the log while it runs; default 60, 0 = never |
| ``HAVEN_CHECKPOINTS`` | the file it adds to; default ``$HAVEN_HOME/checkpoints/checkpoints.jsonl`` |
| ``HAVEN_LOG`` | ``file`` (default): ``$HAVEN_HOME/logs/haven.log``; or ``stderr`` |
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.functional import SimpleLazyObject

from extract.errors import ConfigurationProblem
from haven import databases


def _choice(variable: str, allowed: tuple[str, ...]) -> str:
    value = os.environ.get(variable) or allowed[0]
    if value not in allowed:
        raise ConfigurationProblem(f"{variable} must be one of {', '.join(allowed)}.")
    return value


def _hosts() -> list[str]:
    hosts = [host.strip() for host in os.environ.get("HAVEN_HOSTS", "").split(",") if host.strip()]
    for host in hosts:
        if not re.fullmatch(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?", host):
            raise ConfigurationProblem("HAVEN_HOSTS must be host names separated by commas, without port or https://.")
    return hosts


def _home() -> Path:
    home = Path(os.environ.get("HAVEN_HOME") or "~/.haven-intake").expanduser()
    if not home.is_absolute():
        raise ConfigurationProblem("HAVEN_HOME must be an absolute path.")
    return home


def _checkpoint_minutes() -> int:
    given = os.environ.get("HAVEN_CHECKPOINT_MINUTES") or "60"
    if not given.isascii() or not given.isdecimal() or int(given) > 7 * 24 * 60:
        raise ConfigurationProblem("HAVEN_CHECKPOINT_MINUTES must be whole minutes, at most a week; 0 = never.")
    return int(given)


def _checkpoints() -> Path | None:
    given = os.environ.get("HAVEN_CHECKPOINTS")
    if not given:
        return None
    path = Path(given).expanduser()
    if not path.is_absolute():
        raise ConfigurationProblem("HAVEN_CHECKPOINTS must be an absolute path.")
    return path


def _secret_key() -> str:
    from haven.keys import keyring

    return keyring().mac("django", b"SECRET_KEY").hex()


HAVEN_HOME = _home()
CHECKPOINT_MINUTES = _checkpoint_minutes()
CHECKPOINTS = _checkpoints()
PUBLIC_HOSTS = _hosts()
DEBUG = False
SECRET_KEY = SimpleLazyObject(_secret_key)
ALLOWED_HOSTS = PUBLIC_HOSTS or ["127.0.0.1", "localhost", "[::1]"]

INSTALLED_APPS = [
    # each imports only what stands before it; haven.intake has no tables or pages
    "haven.audit",
    "haven.gate",
    "haven.accounts",
    "haven.cases",
    "haven.referral",
    "haven.duties",
    "haven.review",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "haven.accounts.middleware.no_store",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "haven.accounts.middleware.RequireMfa",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "haven.urls"
WSGI_APPLICATION = "haven.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Databases -----------------------------------------------------------------------------------------------------
_url = os.environ.get("HAVEN_DATABASE_URL", "")
DATABASES = databases.postgres(_url) if _url else databases.sqlite(HAVEN_HOME)
DATABASE_ROUTERS = ["haven.databases.StoreRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {  # shared by the worker processes: a one-time code counts once, whichever of them sees it
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
}

# Accounts ------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # FIPS-approved (FACTS 2.4)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 15}),
        ("CommonPasswordValidator", {}),
        ("UserAttributeSimilarityValidator", {"user_attributes": ("username", "display_name")}),
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "haven.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
MFA_ADAPTER = "haven.accounts.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "haven-intake"
MFA_RECOVERY_CODES_SHOW_ONCE = True
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True  # logins are rows of the audit log
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "login", "password", "code"]

# Sessions: half an hour of rest ends one, and so does the browser -----------------------------------------------
SESSION_ENGINE = "haven.accounts.sessions"
SESSION_COOKIE_AGE = 30 * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_LONGEST = 12 * 60 * 60
SESSION_COOKIE_NAME = "haven_session"
SESSION_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_NAME = "haven_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "haven.errors.csrf_failed"

# never in a cookie: a message may say what was found where
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Transport -----------------------------------------------------------------------------------------------------
if PUBLIC_HOSTS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in PUBLIC_HOSTS]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # data: for the QR code of the one-time-code set-up
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

# Static files --------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # served from the apps' own folders: no collectstatic step between clone and page

# Time, language, log -------------------------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = True
_log_to_file = _choice("HAVEN_LOG", ("file", "stderr")) == "file"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"private": {"()": "haven.logs.PrivateFormatter"}},
    "handlers": {
        "log": {"class": "haven.logs.LogFile" if _log_to_file else "logging.StreamHandler", "formatter": "private"}
    },
    "root": {"handlers": ["log"], "level": "WARNING"},
    "loggers": {
        "haven": {"level": "INFO"},
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "axes": {"level": "ERROR"},  # its warnings name the account and address; the audit log has both
    },
}
SILENCED_SYSTEM_CHECKS = ["axes.W003"]
