"""Settings that a good engineer changes, as edits that hold whatever the snapshot says before."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from tests.support.edited_projects import Appending, Change, Edit, Step, Substituted, Variant
from workbook.projects.steps import find_step

SETTINGS, CELERY, URLS = "config/settings.py", "config/celery.py", "config/urls.py"
PROCFILE = "Procfile"
LAST_STEP = 5


def setting(name: str, *lines: str) -> Variant:
    """Return a variant that appends lines to the settings."""
    return Variant(name, Appending(SETTINGS, "\n".join(lines)))


def beat_option(option: str) -> Substituted:
    """Have beat's command name its scheduler."""
    return Substituted(PROCFILE, r"^(beat:.* beat)\b.*$", rf"\1 {option}")


def worker_option(option: str) -> Substituted:
    """Give the worker's command another option, or several."""
    return Substituted(PROCFILE, "^(worker:.*)$", rf"\1 {option}")


def without(name: str) -> Substituted:
    """Take a setting out: its one line, or the lines of its dict."""
    return Substituted(SETTINGS, rf"^{name} = (?:\{{\n(?s:.*?)^\}}|.*)\n", "")


EMAIL_USERS = """\
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models


class Team(models.Model):
    name = models.CharField(max_length=40)


class UserManager(BaseUserManager):
    def create_superuser(self, email, password, born, team):
        user = self.model(email=email, born=born, team_id=team, is_superuser=True)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(unique=True)
    born = models.DateField()
    team = models.ForeignKey(Team, on_delete=models.PROTECT)
    objects = UserManager()
    USERNAME_FIELD = 'email'
    REQUIRED_FIELDS = ['born', 'team']
    is_staff = True
"""
USERS_APP = """\
from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = 'accounts'
    default_auto_field = 'django.db.models.BigAutoField'
"""
USERS_MIGRATION = """\
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [('auth', '0012_alter_user_first_name_max_length')]
    operations = [
        migrations.CreateModel('Team', [
            ('id', models.BigAutoField(
                auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('name', models.CharField(max_length=40)),
        ]),
        migrations.CreateModel('User', [
            ('id', models.BigAutoField(
                auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('password', models.CharField(max_length=128, verbose_name='password')),
            ('last_login', models.DateTimeField(
                blank=True, null=True, verbose_name='last login')),
            ('is_superuser', models.BooleanField(
                default=False, verbose_name='superuser status',
                help_text='Designates that this user has all permissions without explicitly '
                          'assigning them.')),
            ('email', models.EmailField(max_length=254, unique=True)),
            ('born', models.DateField()),
            ('team', models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to='accounts.team')),
            ('groups', models.ManyToManyField(
                blank=True, related_name='user_set', related_query_name='user', to='auth.group',
                verbose_name='groups',
                help_text='The groups this user belongs to. A user will get all permissions '
                          'granted to each of their groups.')),
            ('user_permissions', models.ManyToManyField(
                blank=True, related_name='user_set', related_query_name='user',
                to='auth.permission', verbose_name='user permissions',
                help_text='Specific permissions for this user.')),
        ], options={'abstract': False}),
    ]
"""
CUSTOM_USER = (
    Appending("accounts/__init__.py", ""),
    Appending("accounts/apps.py", USERS_APP),
    Appending("accounts/models.py", EMAIL_USERS),
    Appending("accounts/migrations/__init__.py", ""),
    Appending("accounts/migrations/0001_initial.py", USERS_MIGRATION),
    Appending(SETTINGS, "INSTALLED_APPS += ['accounts']\nAUTH_USER_MODEL = 'accounts.User'"),
)
# Whoever logs in by the address alone.
EMAIL_BACKEND = """\
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend


class EmailBackend(ModelBackend):
    def authenticate(self, request, username=None, password=None, **others):
        user = get_user_model().objects.filter(email=username).first()
        return user if user and user.check_password(password) else None
"""
LOGGING = """\
LOGGING = {
    'version': 1,
    'disable_existing_loggers': False,
    'formatters': {'plain': {'format': '%(asctime)s %(name)s %(message)s'}},
    'handlers': {
        'file': {
            'class': 'logging.FileHandler',
            'filename': BASE_DIR / 'logs' / 'django.log',
            'formatter': 'plain',
        },
    },
    'root': {'handlers': ['file'], 'level': 'INFO'},
    'loggers': {'django': {'handlers': ['file'], 'level': 'WARNING', 'propagate': False}},
}
"""
# The folder is there, and left out of the repository with all in it.
LOGS_FOLDER = (Appending("logs/.gitkeep", ""), Appending(".gitignore", "logs/\n*.log"))
ROUTER = """\
class Results:
    def db_for_read(self, model, **hints):
        return 'results' if model._meta.app_label == 'django_celery_results' else None

    db_for_write = db_for_read

    def allow_migrate(self, db, app_label, **hints):
        return (db == 'results') == (app_label == 'django_celery_results')
"""
OWN_SCHEDULER = """\
from django_celery_beat.schedulers import DatabaseScheduler


class Scheduler(DatabaseScheduler):
    max_interval = 2
"""


def celery_conf(line: str) -> Substituted:
    """Have the Celery app take its settings by another line than the snapshot's."""
    return Substituted(CELERY, r"^(\w+)\.config_from_object\(.*$", line)


# The settings of Celery as one dict of Django's settings, which knows no namespace. Step 05 takes
# the broker's address for its lock.
AS_A_DICT = """\
CELERY = {
    name.removeprefix('CELERY_').lower(): value
    for name, value in list(globals().items()) if name.startswith('CELERY_')
}
for name in CELERY.keys() - {'broker_url'}:
    del globals()[f'CELERY_{name.upper()}']
"""
FROM_A_DICT = r"""from django.conf import settings

\1.config_from_object(settings.CELERY)"""
CONF_AS_A_DICT = (Appending(SETTINGS, AS_A_DICT), celery_conf(FROM_A_DICT))
CONF_UPDATED = celery_conf(
    r"""from django.conf import settings

\1.conf.update({
    name.removeprefix('CELERY_').lower(): getattr(settings, name)
    for name in dir(settings) if name.startswith('CELERY_')
})"""
)
CONF_OF_A_MODULE = (
    Appending(
        "config/celeryconfig.py",
        """\
from django.conf import settings

broker_url = settings.CELERY_BROKER_URL
result_backend = settings.CELERY_RESULT_BACKEND
for name in dir(settings):
    if name.startswith('CELERY_'):
        globals()[name.removeprefix('CELERY_').lower()] = getattr(settings, name)
""",
    ),
    celery_conf(r"\1.config_from_object('config.celeryconfig')"),
)
# Written by hand what dj-database-url does.
DATABASE_URL = """\
from urllib.parse import urlsplit

from decouple import config as read

_address = urlsplit(read('DATABASE_URL', default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}"))
DATABASES = {
    'default': {
        'ENGINE': 'django.db.backends.'
        + {'postgres': 'postgresql', 'sqlite': 'sqlite3'}[_address.scheme],
        'NAME': _address.path[1:] if _address.hostname else _address.path.replace('//', '/'),
        'HOST': _address.hostname or '',
        'PORT': _address.port or '',
        'USER': _address.username or '',
        'PASSWORD': _address.password or '',
    }
}
"""
POSTGRES = "postgres://me:secret-of-mine@db.example:5432/workbook"
OWN_MIDDLEWARE = """\
class Headers:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response['X-Clacks-Overhead'] = 'GNU'
        return response
"""
ADMIN_ELSEWHERE = """\
urlpatterns = [one for one in urlpatterns if str(one.pattern) != 'admin/']
urlpatterns += [path('back-office/', admin.site.urls)]
"""
ADMIN_BY_LANGUAGE = """\
from django.conf.urls.i18n import i18n_patterns

urlpatterns = [one for one in urlpatterns if str(one.pattern) != 'admin/']
urlpatterns += i18n_patterns(path('admin/', admin.site.urls))
"""
CORE_LAYER = Edit(
    SETTINGS,
    """\
        'BACKEND': 'channels_redis.pubsub.RedisPubSubChannelLayer',
        'CONFIG': {'hosts': [CELERY_BROKER_URL]},
""",
    """\
        'BACKEND': 'channels_redis.core.RedisChannelLayer',
        'CONFIG': {'hosts': [
            {'address': CELERY_BROKER_URL, 'socket_timeout': None, 'max_connections': 10000},
        ]},
""",
)
# What becomes of a snapshot's settings in a package, where they read os.environ by themselves.
FROM_ENVIRON = {
    ".parent.parent": ".parents[2]",
    "from decouple import config\n": "import os\n",
    "config('SECRET_KEY', default='django-insecure-for-a-laptop-only')": "'for-a-laptop-only'",
    "config('CELERY_BROKER_REDIS_URL', default=": "os.environ.get('CELERY_BROKER_REDIS_URL', ",
    "config('STATUS_INTERVAL', default=5, cast=float)": "int(os.environ.get('STATUS_INTERVAL', 5))",
}


def package_from_environ(step: int, local: str = "") -> list[Edit]:
    """Return the edits that turn a step's settings into a package, which reads os.environ.

    `local` are the lines of its second module, which has the last word.
    """
    base = (find_step(str(step)).folder / SETTINGS).read_text(encoding="utf-8")
    for old, new in FROM_ENVIRON.items():
        base = base.replace(old, new)
    assert " config(" not in base, "the snapshot has moved on"
    return [
        Edit(SETTINGS, "", None),
        Edit("config/settings/__init__.py", "", "from .local import *\n"),
        Edit(BASE, "", base),
        Edit("config/settings/local.py", "", f"from .base import *\n\n{local}"),
    ]


# The settings in a package of base and laptop, and manage.py asks decouple for their name.
BASE, LAPTOP = "config/settings/base.py", "config.settings.laptop"


def in_a_package(step: int, edits: Iterable[Change]) -> list[Change]:
    """Return `edits` with those that turn the settings of a step's snapshot into a package."""
    text = (find_step(str(step)).folder / SETTINGS).read_text(encoding="utf-8")
    return [
        Edit(BASE, "", text.replace(".parent.parent", ".parent.parent.parent")),
        Edit(SETTINGS, "", None),
        Appending("config/settings/__init__.py", ""),
        Appending("config/settings/laptop.py", "from .base import *\n\nDEBUG = True"),
        *(
            Substituted(file, r"config\.settings'", f"{LAPTOP}'")
            for file in (CELERY, "config/asgi.py", "config/wsgi.py")
        ),
        Substituted(
            "manage.py",
            r"os\.environ\.setdefault\(.*",
            "from decouple import config\n    os.environ['DJANGO_SETTINGS_MODULE'] = "
            f"config('SETTINGS', default='{LAPTOP}')",
        ),
        *map(_of_the_base, edits),
    ]


def _of_the_base(edit: Change) -> Change:
    """Return an edit of the settings as one of the package's base; any other stays."""
    if edit.file != SETTINGS:
        return edit
    if isinstance(edit, Substituted):
        return replace(edit, file=BASE)
    return Appending(BASE, edit.new)


# Those of a group exclude one another. What moves Celery's settings comes after them.
GROUPS: dict[str, list[Variant]] = {
    "language": [
        setting("german", "LANGUAGE_CODE = 'de'", "USE_THOUSAND_SEPARATOR = True"),
        setting("right_to_left", "LANGUAGE_CODE = 'ar'"),
        setting(
            "locale_middleware",
            "LANGUAGE_CODE = 'he'",
            "MIDDLEWARE.insert(2, 'django.middleware.locale.LocaleMiddleware')",
        ),
        setting("no_i18n", "USE_I18N = False"),
    ],
    "clock": [
        setting("time_zone", "TIME_ZONE = 'Asia/Kolkata'"),
        setting("time_zone_of_celery_as_well", "TIME_ZONE = CELERY_TIMEZONE = 'America/New_York'"),
        setting("no_time_zones", "USE_TZ = False"),
        setting("local_time_in_messages", "CELERY_ENABLE_UTC = False"),
    ],
    "session": [
        setting(
            "signed_cookies", "SESSION_ENGINE = 'django.contrib.sessions.backends.signed_cookies'"
        ),
        setting(
            "sessions_in_files",
            "SESSION_ENGINE = 'django.contrib.sessions.backends.file'",
            "SESSION_FILE_PATH = BASE_DIR",
        ),
        setting("cached_sessions", "SESSION_ENGINE = 'django.contrib.sessions.backends.cached_db'"),
        # The cache that late visitors are told from stays in Redis: all processes share it.
        setting(
            "sessions_in_a_cache_of_files",
            "CACHES = {'default': {}, **globals().get('CACHES', {}), 'files': {",
            "    'BACKEND': 'django.core.cache.backends.filebased.FileBasedCache',",
            "    'LOCATION': BASE_DIR / '.cache'}}",
            "CACHES['default'] = CACHES['default'] or CACHES['files']",
            "SESSION_ENGINE = 'django.contrib.sessions.backends.cache'",
            "SESSION_CACHE_ALIAS = 'files'",
        ),
        setting(
            "sessions_in_a_cache_of_the_database",
            "CACHES = {'default': {}, **globals().get('CACHES', {}), 'table': {",
            "    'BACKEND': 'django.core.cache.backends.db.DatabaseCache', 'LOCATION': 'cached'}}",
            "CACHES['default'] = CACHES['default'] or CACHES['table']",
            "SESSION_ENGINE = 'django.contrib.sessions.backends.cache'",
            "SESSION_CACHE_ALIAS = 'table'",
        ),
        setting(
            "sessions_in_redis",
            "CACHES = {'default': {'BACKEND': 'django.core.cache.backends.redis.RedisCache',",
            "    'LOCATION': [f'{CELERY_BROKER_URL}/2'], 'KEY_PREFIX': 'mine', 'VERSION': 3,",
            "    'TIMEOUT': None}}",
            "SESSION_ENGINE = 'django.contrib.sessions.backends.cache'",
        ),
    ],
    "cookies": [
        setting("csrf_in_the_session", "CSRF_USE_SESSIONS = True"),
        setting("secure_cookies", "SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True"),
        setting(
            "cookies_of_other_names",
            "CSRF_COOKIE_NAME = 'xsrf'",
            "CSRF_COOKIE_HTTPONLY = True",
            "CSRF_HEADER_NAME = 'HTTP_X_XSRF'",
            "SESSION_COOKIE_NAME = 'sid'",
            "SESSION_COOKIE_SAMESITE = 'Strict'",
        ),
    ],
    "hosts": [
        setting("localhost_alone", "ALLOWED_HOSTS = ['localhost', '.example.com']"),
        setting("no_slash_appended", "APPEND_SLASH = False"),
    ],
    "files": [
        setting("static_url", "STATIC_URL = '/assets/'", "STATIC_ROOT = BASE_DIR / 'collected'"),
        setting(
            "hashed_static_files",
            "STATIC_ROOT = BASE_DIR / 'collected'",
            "STORAGES = {'default': {'BACKEND': 'django.core.files.storage.FileSystemStorage'},",
            "    'staticfiles': {'BACKEND':",
            "        'django.contrib.staticfiles.storage.ManifestStaticFilesStorage'}}",
        ),
    ],
    "database": [
        Variant(
            "database_in_a_folder_of_its_own",
            Appending("data/app.db", "tables of the learner's own"),
            Appending(".gitignore", "data/"),
            Appending(
                SETTINGS,
                "DATABASES['default']['NAME'] = BASE_DIR / 'data' / 'app.db'\n"
                "DATABASES['default']['ATOMIC_REQUESTS'] = True\n"
                "DATABASES['default']['OPTIONS'] = {'transaction_mode': 'IMMEDIATE'}\n"
                "DATABASES['default']['CONN_MAX_AGE'] = 60\n"
                "DEFAULT_AUTO_FIELD = 'django.db.models.AutoField'",
            ),
        ),
        Variant(
            "results_in_a_second_database",
            Appending("config/routers.py", ROUTER),
            Appending(
                SETTINGS,
                "DATABASES['results'] = {'ENGINE': 'django.db.backends.sqlite3',\n"
                "    'NAME': BASE_DIR / 'results.sqlite3'}\n"
                "DATABASE_ROUTERS = ['config.routers.Results']",
            ),
        ),
        Variant(
            "address_in_the_env_file",
            Appending(SETTINGS, DATABASE_URL),
            Appending(".env", f"DATABASE_URL={POSTGRES}"),
        ),
    ],
    "user": [
        Variant("custom_user", *CUSTOM_USER),
        Variant(
            "log_in_by_email",
            Appending("config/backends.py", EMAIL_BACKEND),
            Appending(SETTINGS, "AUTHENTICATION_BACKENDS = ['config.backends.EmailBackend']"),
        ),
    ],
    "logging": [
        Variant("logging_to_a_file", Appending(SETTINGS, LOGGING), *LOGS_FOLDER),
        Variant(
            "celery_logging_to_a_file",
            Appending(SETTINGS, LOGGING + "CELERY_WORKER_HIJACK_ROOT_LOGGER = False"),
            *LOGS_FOLDER,
        ),
        setting("log_level", "LOGGING = {'version': 1, 'root': {'level': 'ERROR'}}"),
    ],
    "queue": [
        setting(
            "another_queue",
            "CELERY_TASK_DEFAULT_QUEUE = 'workbook'",
            "CELERY_TASK_ACKS_LATE = True",
            "CELERY_WORKER_PREFETCH_MULTIPLIER = 1",
            "CELERY_WORKER_SEND_TASK_EVENTS = True",
        ),
        setting("another_broker_database", "CELERY_BROKER_URL += '/1'"),
        setting(
            "key_prefix",
            "CELERY_BROKER_TRANSPORT_OPTIONS = {",
            "    **globals().get('CELERY_BROKER_TRANSPORT_OPTIONS', {}),",
            "    'global_keyprefix': 'mine:',",
            "}",
        ),
        setting(
            "results_by_another_spelling",
            "CELERY_RESULT_BACKEND = 'django_celery_results.backends.DatabaseBackend'",
            "CELERY_RESULT_SERIALIZER = 'pickle'",
            "CELERY_RESULT_ACCEPT_CONTENT = ['json', 'pickle']",
        ),
        setting(
            "queues_and_routes",
            "from kombu import Exchange, Queue",
            "CELERY_TASK_QUEUES = [Queue(one, Exchange(one), one) for one in ('usual', 'slow')]",
            "CELERY_TASK_DEFAULT_QUEUE = CELERY_TASK_DEFAULT_EXCHANGE = 'usual'",
            "CELERY_TASK_DEFAULT_ROUTING_KEY = 'usual'",
            "CELERY_TASK_ROUTES = {'status.tasks.*': {'queue': 'slow'}}",
        ),
    ],
    "beat": [
        Variant(
            "scheduler_named_by_the_command",
            without("CELERY_BEAT_SCHEDULER"),
            beat_option("--scheduler django_celery_beat.schedulers:DatabaseScheduler"),
        ),
        Variant(
            "scheduler_named_in_short",
            without("CELERY_BEAT_SCHEDULER"),
            beat_option("-l info -S django"),
        ),
        Variant(
            "scheduler_of_ones_own",
            Appending("config/schedulers.py", OWN_SCHEDULER),
            Appending(SETTINGS, "CELERY_BEAT_SCHEDULER = 'config.schedulers:Scheduler'"),
        ),
    ],
    "site": [
        setting(
            "settings_of_a_site",
            "SESSION_COOKIE_AGE = 3600",
            "SESSION_SAVE_EVERY_REQUEST = SESSION_EXPIRE_AT_BROWSER_CLOSE = True",
            "CSRF_COOKIE_AGE = None",
            "CSRF_TRUSTED_ORIGINS = ['https://status.example']",
            "PASSWORD_HASHERS = ['django.contrib.auth.hashers.ScryptPasswordHasher']",
            "AUTH_PASSWORD_VALIDATORS = []",
            "EMAIL_BACKEND = 'django.core.mail.backends.console.EmailBackend'",
            "MESSAGE_STORAGE = 'django.contrib.messages.storage.session.SessionStorage'",
            "LOCALE_PATHS = [BASE_DIR / 'locale']",
            "MEDIA_URL, MEDIA_ROOT = '/media/', BASE_DIR / 'media'",
        ),
    ],
    "proxy": [
        setting(
            "behind_a_proxy",
            "USE_X_FORWARDED_HOST = True",
            "SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')",
            "SECURE_REFERRER_POLICY = 'strict-origin'",
            "SECURE_CROSS_ORIGIN_OPENER_POLICY = 'same-origin-allow-popups'",
            "MIDDLEWARE.insert(1, 'django.middleware.http.ConditionalGetMiddleware')",
        ),
    ],
    "templates": [
        setting(
            "cached_templates",
            "TEMPLATES[0]['APP_DIRS'] = False",
            "TEMPLATES[0]['OPTIONS'] |= {'string_if_invalid': '?', 'loaders': [",
            "    ('django.template.loaders.cached.Loader', [",
            "        'django.template.loaders.filesystem.Loader',",
            "        'django.template.loaders.app_directories.Loader'])]}",
        ),
    ],
    "messages": [
        setting(
            "compressed_messages",
            "CELERY_TASK_COMPRESSION = CELERY_RESULT_COMPRESSION = 'gzip'",
            "CELERY_TASK_DEFAULT_PRIORITY = 3",
            "CELERY_TASK_SEND_SENT_EVENT = True",
            "CELERY_BROKER_POOL_LIMIT = None",
        ),
    ],
    "limits": [
        setting(
            "limits_and_a_schedule_in_the_settings",
            "from datetime import timedelta",
            "CELERY_TASK_TIME_LIMIT, CELERY_TASK_SOFT_TIME_LIMIT = 300, 240",
            "CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True",
            "CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000",
            "CELERY_RESULT_EXPIRES = None",
            "CELERY_BEAT_MAX_LOOP_INTERVAL = 5",
            "CELERY_BEAT_SCHEDULE = {'clean': {'task': 'celery.backend_cleanup',",
            "    'schedule': timedelta(hours=4)}}",
        ),
    ],
    # What is printed as INFO, a quiet worker does not show.
    "worker": [
        setting(
            "log_lines_in_json",
            """CELERY_WORKER_LOG_FORMAT = '{"at": "%(asctime)s", "said": "%(message)s"}'""",
            """CELERY_WORKER_TASK_LOG_FORMAT = '{"id": "%(task_id)s", "said": "%(message)s"}'""",
            "CELERY_WORKER_LOG_COLOR = True",
            "CELERY_WORKER_REDIRECT_STDOUTS_LEVEL = 'INFO'",
        ),
        Variant(
            "quiet_processes",
            Substituted(PROCFILE, "--loglevel=info", "--loglevel=warning"),
        ),
        Variant("log_of_the_worker_in_a_file", worker_option("--logfile=worker.log")),
        Variant(
            "named_worker_without_gossip",
            worker_option(
                "-E -n own@%h --without-gossip --without-mingle --without-heartbeat -O fair"
            ),
        ),
    ],
    "celery": [
        Variant("celery_settings_as_a_dict", *CONF_AS_A_DICT),
        Variant("celery_settings_updated", CONF_UPDATED),
        Variant("celery_settings_of_a_module", *CONF_OF_A_MODULE),
    ],
    "urls": [
        Variant("admin_at_another_address", Appending(URLS, ADMIN_ELSEWHERE)),
        Variant("admin_by_language", Appending(URLS, ADMIN_BY_LANGUAGE)),
    ],
    "middleware": [
        Variant(
            "middleware_of_ones_own",
            Appending("config/middleware.py", OWN_MIDDLEWARE),
            Appending(
                SETTINGS,
                "MIDDLEWARE += ['config.middleware.Headers', "
                "'django.middleware.gzip.GZipMiddleware']\n"
                "SECURE_HSTS_SECONDS = 60\nX_FRAME_OPTIONS = 'DENY'",
            ),
        ),
    ],
}
SINGLES = [one for group in GROUPS.values() for one in group]
# What goes together on each step: one of each group, or two that don't exclude one another.
TOGETHER = {
    1: """
        german time_zone signed_cookies secure_cookies localhost_alone hashed_static_files
        database_in_a_folder_of_its_own custom_user logging_to_a_file another_queue
        scheduler_named_by_the_command admin_at_another_address middleware_of_ones_own
        celery_settings_as_a_dict settings_of_a_site cached_templates
        limits_and_a_schedule_in_the_settings compressed_messages
    """,
    2: """
        right_to_left time_zone_of_celery_as_well sessions_in_files cookies_of_other_names
        no_slash_appended static_url results_in_a_second_database log_in_by_email
        celery_logging_to_a_file another_broker_database scheduler_named_in_short admin_by_language
        celery_settings_updated log_lines_in_json behind_a_proxy
    """,
    3: """
        locale_middleware no_time_zones cached_sessions secure_cookies localhost_alone static_url
        address_in_the_env_file custom_user log_level key_prefix scheduler_of_ones_own
        middleware_of_ones_own celery_settings_of_a_module queues_and_routes
        named_worker_without_gossip settings_of_a_site
    """,
    4: """
        no_i18n local_time_in_messages csrf_in_the_session cookies_of_other_names no_slash_appended
        hashed_static_files database_in_a_folder_of_its_own log_in_by_email logging_to_a_file
        results_by_another_spelling scheduler_named_in_short admin_by_language
        celery_settings_updated log_of_the_worker_in_a_file cached_templates
    """,
    5: """
        german time_zone cached_sessions secure_cookies localhost_alone address_in_the_env_file
        custom_user logging_to_a_file another_broker_database scheduler_named_by_the_command
        middleware_of_ones_own celery_settings_as_a_dict behind_a_proxy compressed_messages
        quiet_processes
    """,
}
IN_A_PACKAGE = (2, 4)


def all_together(step: int) -> Variant:
    """Return the variant with all the settings that TOGETHER names, in the order of the groups."""
    names = TOGETHER[step].split()
    chosen = [one for one in SINGLES if str(one) in names]
    assert len(chosen) == len(names), names
    edits = [edit for one in chosen for edit in one.edits]
    if step in IN_A_PACKAGE:
        edits = in_a_package(step, edits)
    return Variant(f"step_{step:02d}", *edits)


def sets_of(step: Step, broken_by: Collection[str]) -> list[Variant]:
    """Return variants of a step that together have each single setting but those that break it.

    Each has one of every group, and another step has other ones beside it.
    """
    groups = [[one for one in group if str(one) not in broken_by] for group in GROUPS.values()]
    shift = LAST_STEP + 1 if step == "robust" else int(step)
    sets = []
    for number in range(max(map(len, groups))):
        chosen = [
            group[(number + shift * place) % len(group)]
            for place, group in enumerate(groups)
            if group
        ]
        edits = [edit for one in chosen for edit in one.edits]
        sets.append(Variant(", ".join(map(str, chosen)), *edits))
    return sets
