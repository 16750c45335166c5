"""Settings of the portal. What differs between places is an environment variable; `.env.example` explains each.

SECRET_KEY has no default, so a server without one stops at start. `make demo` and `make test` write one to `.env`.
"""

from pathlib import Path

import environ
from django.utils.csp import CSP

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")

SECRET_KEY = env("SECRET_KEY")
DEBUG = env.bool("DEBUG", default=False)
SECURE = env.bool("SECURE", default=True)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "coordination",
    "programs",
    "reports",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_filters",
    "django_htmx",
    "rules.apps.AutodiscoverRulesConfig",
    "simple_history",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "coordination.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "coordination.middleware.ActingMiddleware",
    "coordination.middleware.WrongMethodMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "coordination.User"

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
                "coordination.context_processors.frame",
            ],
        },
    },
]

# Parameters of the address become options of the driver (?sslmode=require).
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'var' / 'phoihop.sqlite3'}")}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE, WAL and 20 s are correctness, not tuning: at Django's defaults a third of concurrent writes fail.
    # FULL: what a person was told is saved survives a power cut.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        transaction_mode="IMMEDIATE",
        timeout=20,
        init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    )
else:
    # What the address says itself (?sslmode=require&CONN_MAX_AGE=0) goes before what stands here.
    DATABASES["default"].setdefault("CONN_MAX_AGE", env.int("CONN_MAX_AGE", default=60))
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Rows are found by index on disks without moving heads, by many people at once: to compile a query or to spread it
    # over processes costs each of them more than it saves (docs/benchmarks.md).
    options = DATABASES["default"].setdefault("OPTIONS", {})
    fast = "-c jit=off -c random_page_cost=1.1 -c max_parallel_workers_per_gather=0"
    options["options"] = f"{fast} {options.get('options', '')}".strip()

# Counts attempts to sign in: shared by all processes of a machine; several machines need one address for all.
CACHES = {"default": env.cache_url("CACHE_URL", default=f"filecache://{BASE_DIR / 'var' / 'cache'}")}

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=BASE_DIR / "var" / "static")
STATICFILES_DIRS = [BASE_DIR / "static", BASE_DIR / "var" / "assets"]
MEDIA_ROOT = env.path("MEDIA_ROOT", default=BASE_DIR / "var" / "files")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["coordination.hashers.MeasuredArgon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
KNOWN_DEMO_PASSWORD = "phoi-hop-demo-2026"  # noqa: S105  printed in the guide: only where SECURE is off
DEMO_PASSWORD = env("DEMO_PASSWORD", default=KNOWN_DEMO_PASSWORD)  # of the sample accounts, by load_demo only
LOGIN_REDIRECT_URL = "reports:home"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "coordination.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {"login": "coordination.account_forms.SignInForm"}
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Phối Hợp: "
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",  # one address may be a whole office
    "login_failed": "30/m/ip,5/300s/key",
    "invitation": "60/m/ip",  # links and codes that are opened, right or wrong
    "verification": "30/m/ip",  # codes of reports
}
APPROVAL_SESSION_MINUTES = env.int("APPROVAL_SESSION_MINUTES", default=60)  # then it asks for the password
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Phối Hợp"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # administrators enter the addresses

SESSION_COOKIE_AGE = 12 * 60 * 60  # a working day, so that nobody is signed out in the middle of a form
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = SECURE
SESSION_COOKIE_NAME = "__Host-phoihop" if SECURE else "phoihop"
CSRF_USE_SESSIONS = True
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
}
CSRF_FAILURE_VIEW = "coordination.views.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

_mail = env.email_url("EMAIL_URL", default="consolemail://")
_smtp = {
    "host": _mail.get("EMAIL_HOST"),
    "port": _mail.get("EMAIL_PORT"),
    "username": _mail.get("EMAIL_HOST_USER"),
    "password": _mail.get("EMAIL_HOST_PASSWORD"),
    "use_tls": _mail.get("EMAIL_USE_TLS", False),
    "use_ssl": _mail.get("EMAIL_USE_SSL", False),
}
MAILERS = {
    "default": {
        "BACKEND": _mail["EMAIL_BACKEND"],
        "OPTIONS": _smtp if _mail["EMAIL_BACKEND"].endswith("smtp.EmailBackend") else {},
    }
}
PORTAL_URL = env("PORTAL_URL", default="http://127.0.0.1:8000").rstrip("/")  # begins the links in mails
NOTICE_MAIL_HOUR = env.int("NOTICE_MAIL_HOUR", default=6)  # local time; from then on the mails of the day are written
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="phoi-hop@localhost")

JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", default=60)
JOB_ATTEMPTS = env.int("JOB_ATTEMPTS", default=3)
JOB_UNATTENDED_SECONDS = 60  # a job that waits so long while no worker gives a sign of life has none
RENDER_SECONDS = env.int("RENDER_SECONDS", default=120)  # of the process that draws one paper
RENDER_MEMORY_MB = env.int("RENDER_MEMORY_MB", default=2048)  # address space of that process

REPORT_FONT_DIR = env("REPORT_FONT_DIR", default="")
SUPPORT_PHONE = env("SUPPORT_PHONE", default="")
PAGE_SIZE = 50
COUNT_CAP = 1000
# Totals under a list are computed over at most so many rows, and only within a period.
TOTALS_CAP = 20_000
# How the pages of coordination draw the blocks of a manuscript.
BLOCKS_HTML = "reports.typeset.html.blocks_html"
# Drafts a person leaves open in an agency: what the pages of coordination show of the apps above.
OPEN_WORK = "reports.provides.open_work"
# What a decision about agencies touches in the apps above: shown first, then handed over.
AGENCY_WORK = "reports.agency_work.touched_by"
AGENCY_HAND_OVER = "reports.agency_work.hand_over"
# Uploaded files: papers are scanned at 200 dpi, which is about 0.3 MB a page.
UPLOAD_MAX_MB = env.int("UPLOAD_MAX_MB", default=20)
# The longest forms: 120 tasks in a section of an agreement, 40 tasks given to the agencies of a province one by one.
# With Django's 1,000 fields they were refused as a whole, and all that was typed was lost.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
SHEET_MAX_ROWS = 20_000  # of an imported file; longer lists are split
SHEET_ROWS_AT_ONCE = 500  # more rows are checked and written by the worker, with their progress on the page
LIST_EXPORT_ROWS = 50_000  # of a list taken as Excel
# What a document may be the cover of, and the page of that; the register may not import what lies above it.
DOCUMENT_PAGES = {
    "report": "reports:report_detail",
    "agreement": "coordination:agreement_detail",
    "plan": "programs:plan_detail",
}
# What the pages of programs show of reports, which they may not import.
NAMED_WINDOWS = "reports.provides.named_windows"
USES_OF_ACTIVITY = "reports.provides.uses_of"
UNLOCKED_TOO_LONG = "reports.unlocking.too_long"

SIMPLE_HISTORY_HISTORY_ID_USE_UUID = False
SILENCED_SYSTEM_CHECKS = ["models.W040"]  # SQLite leaves out what an index carries beside its keys

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {name: {"level": "ERROR"} for name in ("weasyprint", "fontTools")},
}
