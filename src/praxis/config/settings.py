"""Settings, read from the environment; every name is explained in docs/operators/README.md."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def _list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


TESTING = _flag("PRAXIS_TESTING", "pytest" in sys.modules)
DEBUG = _flag("PRAXIS_DEBUG", False)
# Demo mode opens the sign-in links and the page of sent mail; it refuses to send mail outside.
DEMO = _flag("PRAXIS_DEMO", False)
DATA_DIR = Path(os.environ.get("PRAXIS_DATA", Path.cwd() / "var")).resolve()
SITE_URL = os.environ.get("PRAXIS_SITE_URL", "http://127.0.0.1:8000").rstrip("/")

SECRET_KEY = os.environ.get("PRAXIS_SECRET_KEY", "")
if not SECRET_KEY:
    if not (TESTING or DEBUG or _flag("PRAXIS_THROWAWAY", False)):
        raise ImproperlyConfigured(
            "PRAXIS_SECRET_KEY is not set. Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    SECRET_KEY = "only-for-tests-and-throw-away-databases-0123456789abcdefghijklmnop"  # noqa: S105

ALLOWED_HOSTS = _list(
    "PRAXIS_HOSTS", "127.0.0.1,localhost,[::1],testserver" if TESTING or DEMO else "127.0.0.1,localhost"
)
CSRF_TRUSTED_ORIGINS = _list("PRAXIS_TRUSTED_ORIGINS")
SECURE = SITE_URL.startswith("https://")

ROOMS_OF_THE_FOUNDATION = [
    "places",
    "audit",
    "jobs",
    "people",
    "files",
    "texts",
    "programmes",
    "notices",
    "search",
    "archive",
]
ROOMS_OF_THE_LIFECYCLE = ["cases", "recommendations", "screening", "reviews", "selection", "casebook", "showcase"]
DESKS = ["account", "public", "applicant", "unit", "expert", "secretariat"]

INSTALLED_APPS = [
    "praxis.ui",
    *(f"praxis.foundation.{room}" for room in ROOMS_OF_THE_FOUNDATION),
    *(f"praxis.lifecycle.{room}" for room in ROOMS_OF_THE_LIFECYCLE),
    *(f"praxis.desks.{desk}" for desk in DESKS),
    "praxis.api",
    "praxis.rehearsal",
    "praxis.config",
    "allauth",
    "allauth.account",
    "csp",
    "django_tasks",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "praxis.config.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "praxis.config.middleware.ContentPolicy",
    "praxis.config.middleware.LongForms",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "praxis.config.middleware.RateLimit",
    "praxis.config.middleware.PreviewClock",
    "praxis.config.middleware.DomainErrors",
]

ROOT_URLCONF = "praxis.config.urls"
WSGI_APPLICATION = "praxis.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "praxis.config.context.shell",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "praxis.ui.templatetags.ui"],
        },
    }
]


def database_from(url: str) -> dict[str, Any]:
    """Django's database dictionary for `sqlite:///path`, `postgresql://user:password@host:port/name`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]) or ":memory:",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL;"
                    f"PRAGMA synchronous={'OFF' if _flag('PRAXIS_THROWAWAY', False) or TESTING else 'FULL'};"
                    "PRAGMA mmap_size=134217728;PRAGMA cache_size=-32000;"
                ),
            },
        }
    if parts.scheme in {"postgresql", "postgres"}:
        # A pool between us and the server hands connections around: nothing may be kept on them.
        pooled = _flag("PRAXIS_PGBOUNCER", False)
        return {
            "ENGINE": "praxis.foundation.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": int(os.environ.get("PRAXIS_DATABASE_MAX_AGE", "60")),
            "CONN_HEALTH_CHECKS": True,
            "DISABLE_SERVER_SIDE_CURSORS": pooled,
            # What is asked a second time on a connection is parsed and planned no more.
            "OPTIONS": {} if pooled else {"server_side_binding": True, "prepare_threshold": 2},
        }
    raise ImproperlyConfigured(f"PRAXIS_DATABASE must begin with sqlite:/// or postgresql://, not {parts.scheme!r}")


DATABASES = {"default": database_from(os.environ.get("PRAXIS_DATABASE", f"sqlite:///{DATA_DIR / 'praxis.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if TESTING or _flag("PRAXIS_THROWAWAY", False):
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

ACCOUNT_ADAPTER = "praxis.desks.account.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "confirm_login_code": "praxis.desks.account.forms.LoginCodeForm",
    "confirm_email_verification_code": "praxis.desks.account.forms.AddressCodeForm",
    "confirm_password_reset_code": "praxis.desks.account.forms.PasswordCodeForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
# Mail can be slow; the letters name this time.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS: Any = (
    False
    if TESTING
    else {
        "login": "60/m/ip",
        "login_failed": "10/5m/key",
        "signup": "40/h/ip",
        "request_login_code": "40/h/ip,5/10m/key",
    }
)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account:home"
LOGOUT_REDIRECT_URL = "public:home"

SESSION_ENGINE = "praxis.foundation.people.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "praxis.config.views.csrf_failure"
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _flag("PRAXIS_BEHIND_PROXY", False) else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}


LANGUAGE_CODE = "en"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"


def _files(address: str) -> dict[str, Any]:
    """Where files lie: the data folder, or s3://BUCKET/PREFIX?endpoint=URL&region=NAME (keys as boto3 finds them)."""
    if not address:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": DATA_DIR / "files", "base_url": None},
        }
    url = urlsplit(address)
    asked = dict(parse_qsl(url.query))
    if url.scheme != "s3" or not url.hostname or asked.keys() - {"endpoint", "region"}:
        raise ImproperlyConfigured("PRAXIS_FILES must read s3://BUCKET/PREFIX?endpoint=https://…&region=…")
    _needs("storages", "PRAXIS_FILES", "s3")
    options = {
        "bucket_name": url.hostname, "location": url.path.strip("/"), "endpoint_url": asked.get("endpoint"),
        "region_name": asked.get("region"), "addressing_style": "path" if "endpoint" in asked else "auto",
    }  # fmt: skip
    return {"BACKEND": "praxis.foundation.files.bucket.Bucket", "OPTIONS": options}


def _needs(module: str, name: str, extra: str) -> None:
    if find_spec(module) is None:
        raise ImproperlyConfigured(f"{name} needs the extra '{extra}': uv sync --frozen --no-dev --extra {extra}")


STORAGES = {
    "default": _files(os.environ.get("PRAXIS_FILES", "")),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

# Uploads: nothing larger than this is read into memory; files come through the upload session.
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

if os.environ.get("PRAXIS_REDIS"):
    _needs("redis", "PRAXIS_REDIS", "redis")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if not os.environ.get("PRAXIS_REDIS")
    else {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": os.environ["PRAXIS_REDIS"]}
}

TASKS = {"default": {"BACKEND": "praxis.foundation.jobs.backend.DatabaseBackend"}}

EMAIL_BACKEND = os.environ.get(
    "PRAXIS_MAIL_BACKEND",
    "django.core.mail.backends.dummy.EmailBackend" if DEMO else "django.core.mail.backends.smtp.EmailBackend",
)
_mail = urlsplit(os.environ.get("PRAXIS_MAIL", "smtp://127.0.0.1:25"))
EMAIL_HOST, EMAIL_PORT = _mail.hostname or "127.0.0.1", _mail.port or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.scheme == "smtp+tls", _mail.scheme == "smtps"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("PRAXIS_MAIL_FROM", "Praxis <no-reply@localhost>")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("PRAXIS_LOG_LEVEL", "WARNING")},
}
RATE_LIMITS_ENABLED = _flag("PRAXIS_RATE_LIMITS", not TESTING)
# Who may read /metrics: with this token as bearer, or, where there is none, this machine alone.
METRICS_TOKEN = os.environ.get("PRAXIS_METRICS_TOKEN", "")
