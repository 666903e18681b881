"""What is recognised in a failure's evidence, as data: a pattern, what to say, where to look.

The first of a list that is found in any of the evidence is reported, so that the particular comes
before the general. In every field `{name}` stands for a group of the pattern. The lists: templates,
requests, what waits, calls of Celery, the queue, beat, websockets (with the worker's pool),
processes that don't start, names, a browser's console.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from re import Match

from checks.harness.diagnosis.evidence import Evidence
from checks.harness.process_log import START

SETTINGS, ROUTES = "config/settings.py", "status/routing.py"
CONSUMERS, VIEWS, TASKS = "status/consumers.py", "status/views.py", "status/tasks.py"
LAYERS = f"{SETTINGS}, CHANNEL_LAYERS"
URLS_GUIDE, PAGE_GUIDE = "02, Add the URLs", "02, Write the page"
SETTINGS_GUIDE = "01, Update settings.py"
CONSUMER_GUIDE, ROUTE_GUIDE = "04, Write the consumer", "04, Route the websocket"
ASGI_GUIDE, LAYER_GUIDE = "04, Serve websockets", "04, The channel layer"
CALLED_LIKE_A_FUNCTION = r"(?<!def )\bsend_status\("
NOT_CALLED = r"\.as_asgi\b(?!\()"
SLASHED_ROUTE = r"^\s*path\(\s*['\"]/ws"
OTHER_ERROR = r"^\s*from (?!kombu)\S+ import .*\bOperationalError\b|^OperationalError\s*="
# A call of a coroutine, on a line that neither awaits nor defines one.
NOT_AWAITED = r"^(?!.*\b(await|def|async_to_sync|create_task)\b).*\b{name}\("
INTERVAL_GUIDE, LOCK_GUIDE = "05, Set the interval", "05, One run at a time"
POOL_GUIDE = "05, Choose the worker's pool"


@dataclass(frozen=True)
class Cause:
    """What `pattern` (MULTILINE) tells, and the question that points to the repair.

    Where to look: the last line of the learner's sources that matches `find`, else `place`, else
    the deepest frame in their files, else `otherwise`, else what the check itself names.
    """

    pattern: str
    question: str = ""
    guide: str = ""  # else the check's own
    seen: str = "{error}"  # the exception's own line
    find: str = ""
    place: str = ""
    otherwise: str = ""
    outside: str = ""  # a file whose frames don't count
    when: Callable[[Match[str], Evidence], bool] = lambda found, evidence: True


def _is_there(found: Match[str], evidence: Evidence) -> bool:
    return any(evidence.project.glob(f"**/templates/{found['name']}"))


def _is_all_that_ran(found: Match[str], evidence: Evidence) -> bool:
    """Tell whether each task of that name returned at once: of several, one may be at work."""
    task = re.escape(found["task"])
    received = re.findall(rf"Task {task}\[\S+\] received", evidence.text)
    return len(received) <= len(
        re.findall(rf"Task {task}\[\S+\] succeeded in 0\.[0-4]", evidence.text)
    )


def _is_the_error(found: Match[str], evidence: Evidence) -> bool:
    """Tell whether it is what ended the learner's code, not what came on the way."""
    return bool(evidence.place) and evidence.error == found["error"]


def _in_a_session(_: Match[str], evidence: Evidence) -> bool:
    """Tell whether the last traceback is of the session's own look into its cache."""
    last = evidence.text.rpartition(START)[2]
    return bool(re.search(r"contrib[/\\]sessions[/\\]backends", last))


def _stands_in(file: str) -> Callable[[Match[str], Evidence], bool]:
    """Return whether the last `as_asgi` that nothing calls is in that file."""
    return lambda _, evidence: evidence.find(NOT_CALLED).startswith(file)


def _in_a_task(_: Match[str], evidence: Evidence) -> bool:
    return evidence.place.startswith(TASKS)


TEMPLATES = (
    Cause(
        r"TemplateDoesNotExist: (?P<name>\S+)",
        "{name} is in your project: in which folders does Django look?",
        PAGE_GUIDE,
        place=f"{SETTINGS}, TEMPLATES",
        when=_is_there,
    ),
    Cause(
        r"TemplateDoesNotExist: (?P<name>\S+)",
        "which file under templates/ is meant?",
        find=r"['\"]{name}['\"]",
    ),
    Cause(
        r"TemplateSyntaxError: Invalid block tag on line \d+: '(?P<tag>end\w*)', expected",
        "which tag is open there, and which one does {tag} close?",
    ),
    Cause(
        r"TemplateSyntaxError: Invalid block tag on line \d+: '(?P<tag>[^']+)'",
        "is the tag {tag} spelt right, and is its library loaded at the top of the file?",
        find=r"\{{%-?\s*{tag}\b",
    ),
    Cause(
        r"TemplateSyntaxError: Unclosed tag on line (?P<line>\d+): '(?P<tag>\w+)'",
        "where does {tag} end?",
    ),
    Cause(r"TemplateSyntaxError: ", "is every tag and brace of that line complete?"),
    Cause(
        r"NoReverseMatch: Reverse for '(?P<name>[^']*)' not found",
        "which name= of status/urls.py is meant?",
        URLS_GUIDE,
        find=r"['\"]{name}['\"]",
    ),
    Cause(
        r"NoReverseMatch: Reverse for '(?P<name>[^']*)' with",
        "which arguments does the path called {name} take?",
        URLS_GUIDE,
    ),
)
REQUESTS = (
    Cause(
        r"^redis\.exceptions\.\w+Error: ",
        "where are the sessions while Redis is down?",
        seen="{error} The session itself is in that Redis",
        place=f"{SETTINGS}, SESSION_ENGINE",
        when=_in_a_session,
    ),
    Cause(
        r"DisallowedHost: |Invalid HTTP_HOST header",
        "under which host names may your site be reached?",
        SETTINGS_GUIDE,
        place=f"{SETTINGS}, ALLOWED_HOSTS",
    ),
    Cause(
        r"^(?P<reason>Origin checking failed[^.]*)",
        "which origins may send forms?",
        seen="{reason}",
        place=f"{SETTINGS}, CSRF_TRUSTED_ORIGINS",
    ),
    Cause(
        r"^CSRF verification failed\. Request aborted\.$(?s:.*?)^(?P<reason>CSRF [^.]*)\.$",
        "which tag does Django want in a form that posts?",
        PAGE_GUIDE,
        seen="{reason}",
        place="templates/index.html, the form",
    ),
    Cause(
        r"^Raised by:\s+(?:\w+\.)*(?P<name>\w+)$",
        "when does it raise Http404?",
        seen="the view {name} says that there is no such page",
        find=r"^\s*def {name}\(|^class {name}\b",
    ),
    Cause(
        r"The current path, (?P<path>\S+)\s*,\s+did",
        "which of its patterns is meant to match, if one is there?",
        seen="none of your URL patterns matches {path}",
        place="status/urls.py",
    ),
    Cause(
        r"The empty path\s+did",
        "which pattern is the start page's, and does config/urls.py include status.urls?",
        URLS_GUIDE,
        seen="none of your URL patterns matches the empty path",
        place="status/urls.py",
    ),
    Cause(
        r"^Method Not Allowed \((?P<method>\w+)\)",
        "which methods does the view of this address take?",
        seen="its view takes no {method}",
        place=VIEWS,
    ),
    Cause(
        r"ValueError: The view (?:\w+\.)*(?P<name>\w+) didn't return an HttpResponse",
        "what does it return, on every path through it?",
        find=r"^\s*(async )?def {name}\(",
    ),
    Cause(
        r"'\w+Request' object has no attribute '(?P<name>session|user|htmx)'",
        "which middleware gives a request its {name}?",
        place=f"{SETTINGS}, MIDDLEWARE",
    ),
    Cause(
        r"Exceeded maximum allowed redirects",
        "where does it redirect to?",
        seen="a redirect that leads to itself",
        place=VIEWS,
    ),
)
WAITS = (
    Cause(
        r"^StillWaiting: ",
        "is the task sent to the queue, or called?",
        seen="the web server itself is at work on the task",
        outside=TASKS,
        when=_in_a_task,
    ),
    Cause(
        r"^StillWaiting: ",
        "what does it wait for?",
        seen="it is at “{code}”",
        when=lambda found, evidence: bool(evidence.place),
    ),
)
CALLS = (
    Cause(
        # As a rule sleep() or a calculation says it, far from the setting that is meant.
        r"\bsettings\.(?P<name>[A-Z_]+)\b.*\n[\s^~]*TypeError: .*\bstr\b",
        "what converts it to a number?",
        INTERVAL_GUIDE,
        seen="{name} is a string: {error}",
        find=r"^\s*{name}\s*=",
    ),
    Cause(
        r"TypeError: (?P<name>\w+)\.__init__\(\) takes 1 positional argument but \d",
        "how does a consumer become an application?",
        ROUTE_GUIDE,
        find=r"\b{name}\b(?!\.as_asgi|\()(?=\s*[,)])",
    ),
    *(
        Cause(
            r"TypeError: \w*Consumer\.as_asgi\(\) takes 1 positional argument but \d",
            "is as_asgi called there? Only as_asgi() makes an application of a consumer",
            guide,
            find=NOT_CALLED,
            when=_stands_in(file),
        )
        for file, guide in ((ROUTES, ROUTE_GUIDE), ("config/asgi.py", ASGI_GUIDE))
    ),
    Cause(
        r"TypeError: (?:\w+\.)*(?P<name>\w+)\(\) (?:takes|missing|got an unexpected)",
        "which arguments does it take, and which is it called with?",
        find=r"^\s*(async )?def {name}\(",
    ),
)
QUEUE = (
    Cause(
        r"LockNotOwnedError: ",
        "how long does the lock live, and what renews it before each status?",
        LOCK_GUIDE,
        find=r"\.lock\(",
    ),
    Cause(
        r"LockError: Cannot release an unlocked lock",
        "does a task release the lock that it did not get?",
        LOCK_GUIDE,
        find=r"\.release\(",
    ),
    Cause(
        r"^kombu\.exceptions\.OperationalError: ",
        "Kombu raised it: from which library is the OperationalError that is caught?",
        find=OTHER_ERROR,
        when=lambda found, evidence: bool(evidence.find(OTHER_ERROR)),
    ),
    Cause(
        r"^kombu\.exceptions\.OperationalError: ",
        "what happens when it raises Kombu's OperationalError?",
    ),
    Cause(
        r"^TypeError: Object of type (?P<type>\w+) is not JSON serializable",
        "JSON has no {type}: which part of it is to be written?",
        when=lambda found, evidence: evidence.error == found[0],
    ),
    Cause(
        r"Object of type coroutine is not JSON serializable",
        "which task is async? A worker calls it and does not await it",
        place=TASKS,
    ),
    Cause(
        r"^kombu\.exceptions\.EncodeError: ",
        "what does the task return? Only what JSON can write is stored",
        otherwise=f"{TASKS}, return",
        when=lambda found, evidence: "store_result" in evidence.text and not evidence.place,
    ),
    Cause(
        r"^kombu\.exceptions\.EncodeError: ",
        "what is the task given? A message carries only what JSON can write",
    ),
    Cause(
        r"'DisabledBackend' object has no attribute",
        "where do results go?",
        SETTINGS_GUIDE,
        place=f"{SETTINGS}, CELERY_RESULT_BACKEND",
    ),
    Cause(
        r"^.*Received unregistered task of type '(?P<task>[^']+)'",
        "under which name is it sent, and under which is it registered?",
        "02, Write the task",
        seen="the worker knows no task {task}",
        find=r"['\"]{task}['\"]",
        place=TASKS,
    ),
    Cause(
        r"NotRegistered\(?:?\s*'(?P<task>[^']+)'",
        "is it a @shared_task, in the tasks.py of an installed app?",
        "02, Write the task",
        seen="Celery knows no task {task}",
        place=TASKS,
    ),
    Cause(
        r"ContentDisallowed\W+(?P<why>Refusing to deserialize[^'\"]*)",
        "in which format are tasks sent, and which ones does the worker accept?",
        SETTINGS_GUIDE,
        seen="the worker refuses the message: {why}",
        place=f"{SETTINGS}, CELERY_ACCEPT_CONTENT and CELERY_TASK_SERIALIZER",
    ),
    Cause(
        r"\b(?P<limit>(?:Soft)?TimeLimitExceeded)\(",
        "how long may it take?",
        seen="the worker ended the task: {limit}",
        otherwise=f"{TASKS}, the task's time limit",
    ),
    Cause(r"WorkerLostError", "what ends the process that works on it?"),
    Cause(
        r"OperationalError: no such table: (?P<table>\w+)",
        "whose table is {table}? Is its app installed, and does it have a migration?",
        "01, Run the migrations",
    ),
    Cause(
        r"OperationalError: database is locked",
        "which transaction there stays open while others want to write?",
    ),
)
BEAT = (
    Cause(
        r"timezone-aware datetimes when USE_TZ is False",
        "without time zones beat can't store when it last sent a task",
        "Troubleshooting",
        seen="its log says: SQLite backend does not support timezone-aware datetimes",
        place=f"{SETTINGS}, USE_TZ",
    ),
)
# For the check that keeps the database locked: it knows what such an error means there.
SESSION_NOT_STORED = "Unable to create a new session key"
LOCKED_TABLES = (
    Cause(
        rf"RuntimeError: {SESSION_NOT_STORED}",
        "which error does it raise where a session can't be stored?",
        seen="Django can't store the session in its cache, and does not say why",
        place=f"{SETTINGS}, SESSION_ENGINE",
    ),
    Cause(
        # `atomic` as a decorator of the view: the session's own transactions come another way.
        r"contextlib\.py.* in inner\n.*\n(?:[ ^~]*\n)?.*transaction\.py.* in __enter__$"
        r"(?s:.*)OperationalError: database is locked",
        "ATOMIC_REQUESTS begins a transaction before a view: which one can do without?",
        seen="{error}, before a view of yours was called",
        place=f"{SETTINGS}, DATABASES",
    ),
)
WEBSOCKET = (
    Cause(
        r"^(?:.*\] )?(?P<file>\S.*):(?P<line>\d+): RuntimeWarning: "
        r"coroutine '(?:\w+\.)*(?P<name>\w+)' was never awaited",
        "what does an async call need?",
        seen="Python says: coroutine {name} was never awaited",
        find=NOT_AWAITED,
    ),
    Cause(
        r"coroutine '(?:\w+\.)*_async_proxy' was never awaited",
        "what does an async call need?",
        seen="Python says that a call of the channel layer was never awaited",
        find=NOT_AWAITED.replace("{name}", r"(group_\w+|send)"),
    ),
    Cause(
        r"coroutine '(?:\w+\.)*(?P<name>\w+)' was never awaited",
        "what does an async call need?",
        seen="Python says: coroutine {name} was never awaited",
        find=NOT_AWAITED,
    ),
    Cause(
        r"ValueError: No handler for message type (?P<type>[\w.]+)",
        "which method of the consumer takes messages of the type {type}?",
        CONSUMER_GUIDE,
        find=r"['\"]type['\"]\s*[:,]\s*['\"]{type}['\"]",
        place=CONSUMERS,
    ),
    Cause(
        r"ValueError: Incoming message has no 'type'|KeyError: 'type'",
        "which keys does a message to the group need?",
        find=r"group_send",
    ),
    Cause(
        r"TypeError: can not serialize '(?P<type>[\w.]+)' object",
        "what is in the message? A {type} can't be sent",
        find=r"group_send",
    ),
    Cause(
        r"'NoneType' object has no attribute '(?P<name>group_\w+)'",
        "is there a layer called default?",
        LAYER_GUIDE,
        seen="there is no channel layer: {error}",
        place=LAYERS,
    ),
    Cause(
        r"InvalidChannelLayerError: ",
        "is the backend's path spelt right?",
        LAYER_GUIDE,
        place=LAYERS,
    ),
    Cause(
        r"AsyncToSync in the same thread|SynchronousOnlyOperation: ",
        "which pools give each task a thread of its own?",
        POOL_GUIDE,
        place="Procfile, worker",
        when=_in_a_task,
    ),
    Cause(
        r"AsyncToSync in the same thread",
        "how does an async method call another one?",
    ),
    Cause(
        r"SynchronousOnlyOperation: ",
        "which call there waits for the database, on the event loop?",
    ),
    Cause(
        r"RuntimeError: (?:Event loop is closed|.*attached to a different loop)",
        "on which event loop was the object created that it uses?",
    ),
    Cause(
        r"TypeError: object (?P<name>\w*Consumer) can't be used in 'await' expression",
        "how does a consumer become an application?",
        ROUTE_GUIDE,
        find=r"\b{name}\b(?!\.as_asgi|\()(?=\s*[,)])",
    ),
    Cause(
        r"TypeError: object (?P<type>\w+) can't be used in 'await' expression",
        "what is awaited there? The call returns a {type}",
        when=lambda found, evidence: bool(evidence.place),
    ),
    Cause(
        r"TypeError: object (?P<type>\w+) can't be used in 'await' expression",
        "Channels awaits the consumer's methods: which one is not a coroutine?",
        CONSUMER_GUIDE,
        find=r"^\s+def (connect|disconnect|receive\w*|\w+\(self, event)\b",
        place=CONSUMERS,
    ),
    Cause(
        r"ValueError: No route found for path '(?P<path>[^']*)'",
        "which paths does it know?",
        ROUTE_GUIDE,
        seen="no route for {path}",
        place=ROUTES,
    ),
    Cause(
        r"\Astatus 403",
        "how does a route's path begin?",
        ROUTE_GUIDE,
        seen="status 403: no route of yours leads there",
        find=SLASHED_ROUTE,
        when=lambda found, evidence: bool(evidence.find(SLASHED_ROUTE)),
    ),
    Cause(
        r"\Astatus 403",
        "does the path lead to a connect that accepts?",
        CONSUMER_GUIDE,
        seen="status 403",
        place=f"{CONSUMERS} and {ROUTES}",
    ),
    Cause(
        r"(?P<error>No application configured for scope type '\w+'"
        r"|Django can only handle ASGI/HTTP)",
        "where do websockets go from there?",
        ASGI_GUIDE,
        place="config/asgi.py",
    ),
)
STARTS = (
    Cause(
        r"No such transport: (?P<name>[^'\s]*)",
        "how does the broker's address begin? Is there a quote too many?",
        SETTINGS_GUIDE,
        seen="Celery knows no transport {name}",
        place=f".env, and {SETTINGS}, CELERY_BROKER_URL",
    ),
    Cause(
        r"Model class (?P<model>\S+) doesn't declare an explicit app_label",
        "is the app of {model} among them?",
        SETTINGS_GUIDE,
        place=f"{SETTINGS}, INSTALLED_APPS",
    ),
    Cause(
        r"URLconf '(?:<module ')?(?P<module>[\w.]+)'.* does not appear to have any patterns",
        "is there a list called urlpatterns?",
        URLS_GUIDE,
        place="{file}",
    ),
    Cause(
        r"No module named '(?P<module>[\w.]+)'; '(?P<parent>[\w.]+)' is not a package",
        "is there a comma after each string?",
        find=r"['\"]{parent}\b",
    ),
    Cause(
        r"WSGI application '(?P<name>[^']+)' could not be loaded",
        "does it name what config/wsgi.py defines?",
        place=f"{SETTINGS}, WSGI_APPLICATION",
        when=lambda found, evidence: not evidence.place,
    ),
    Cause(
        r"(?P<error>CommandError: You have not set ASGI_APPLICATION)",
        "which setting names the application that serves websockets?",
        ASGI_GUIDE,
        seen="{error}",
        place=f"{SETTINGS}, ASGI_APPLICATION",
    ),
    Cause(
        r"(?P<error>.*ASGI_APPLICATION .*)",
        "does it name what config/asgi.py defines?",
        ASGI_GUIDE,
        place=f"{SETTINGS}, ASGI_APPLICATION",
        when=lambda found, evidence: not evidence.place,
    ),
    Cause(
        r"(?P<error>Daphne must be listed.*)",
        "in which order?",
        ASGI_GUIDE,
        place=f"{SETTINGS}, INSTALLED_APPS",
    ),
    Cause(
        r"Unable to load celery application\.\s*(?P<why>[^\n]*)",
        "which package does -A name, and does it hold the app?",
        "01, Configure the Celery app",
        seen="Celery finds no app: {why}",
    ),
    Cause(r"^(?P<error>Error: .*|.*: not found|.*is not recognized as .*)", "is it spelt right?"),
    Cause(
        r"cannot import name '(?P<name>\w+)' from partially initialized module",
        "which of the two files needs the other one first?",
    ),
    Cause(
        r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'",
        "does {file} define {name}?",
    ),
    Cause(
        r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'",
        "does {file} define {name}?",
        when=lambda found, evidence: bool(evidence.place),
    ),
    Cause(
        r'(?P<error>Module "[\w.]+" does not define a "(?P<name>\w+)" attribute/class)',
        "is {name} spelt right?",
        find=r"\b{name}['\"]",
    ),
    Cause(
        r"No module named '(?P<module>[\w.]+)'",
        "is it spelt right, and installed?",
        find=r"['\"]{module}\b|^\s*(import|from) {module}\b",
    ),
)
NAMES = (
    Cause(
        r"^(?P<error>AttributeError: '\w+' object has no attribute "
        r"'(?P<name>update_state|request|retry|replace)'.*)",
        "is the first argument the task itself? Which argument of its decorator makes it so?",
        "03, Report progress",
        when=_in_a_task,
    ),
    Cause(
        r"^(?P<error>NameError: name '(?P<name>\w+)' is not defined.*)",
        "is {name} spelt right, and imported?",
        when=_is_the_error,
    ),
    Cause(
        r"^(?P<error>(?:Attribute|Type)Error: 'NoneType' object .*)",
        "what is None there, and where was it set?",
        when=_is_the_error,
    ),
    # A task that reports under its own id, and has none: SQLite's words, PostgreSQL's and MySQL's.
    Cause(
        r"NOT NULL constraint failed: django_celery_results_taskresult\.task_id"
        r"|null value in column \"task_id\" of relation \"django_celery_results_taskresult\""
        r"|Column 'task_id' cannot be null",
        "is the task sent with delay, or called like a function? Only what is sent has an id",
        "02, Execute the task in the view",
        find=CALLED_LIKE_A_FUNCTION,
    ),
    Cause(
        r"^(?P<error>AttributeError: '(?P<type>str|int|float|bool|dict|list|tuple)' object has no "
        r"attribute '(?P<name>id|task_id)'.*)",
        "was the task sent with delay, or called like a function? A {type} has no {name}",
        "02, Execute the task in the view",
        when=lambda found, evidence: (
            _is_the_error(found, evidence) and bool(evidence.find(CALLED_LIKE_A_FUNCTION))
        ),
    ),
    Cause(
        r"^(?P<error>AttributeError: .* has no attribute '(?P<name>\w+)'.*)",
        "is {name} spelt right?",
        when=_is_the_error,
    ),
    Cause(
        r"^(?P<error>KeyError: '(?P<name>\w+)')$",
        "what should have put {name} there?",
        when=_is_the_error,
    ),
)
# Where no exception of the learner's explains it either.
LAST_RESORT = (
    Cause(
        r"^.*Task (?P<task>(?!celery\.)\S+)\[[\w-]+\] succeeded in 0\.[0-4]\d*s: (?P<result>.*)$",
        "when does it return without sending anything?",
        seen="the worker took {task}, which returned {result} at once",
        find=r"return {result}",
        place=TASKS,
        when=_is_all_that_ran,
    ),
    Cause(
        r"DuplicateTaskNameWarning: Task name '(?P<task>[\w.]+)'",
        "which of the two is meant?",
        seen="two tasks are called {task}, and the first one counts",
        find=r"def {last}\(",
    ),
)
CAUSES = (*TEMPLATES, *REQUESTS, *WAITS, *CALLS, *QUEUE, *BEAT, *WEBSOCKET, *STARTS, *NAMES)
FRAMES = (
    Cause(
        r"\A\s*[{\[]",
        "what does the browser get, JSON or HTML?",
        "04, Push a partial",
        seen="that is JSON, and htmx swaps in HTML",
        find=r"send_json|json\.dumps|str\(event",
        place=CONSUMERS,
    ),
    Cause(
        r"\A\s*&lt;",
        "what escapes the markup that a template wrote?",
        "04, Push a partial",
        seen="that is escaped markup, which a browser shows as text",
        find=r"escape\(|text_data",
        place=CONSUMERS,
    ),
    Cause(
        r"\A\s*[\w/.-]+\.html\s*\Z",
        "what turns a template into text?",
        "04, Push a partial",
        seen="that is the template's name, not its content",
        find=r"text_data",
        place=CONSUMERS,
    ),
    Cause(
        r"(?i)<!doctype|<html\b|<body\b",
        "which template is sent, a page or a fragment?",
        "04, Push a partial",
        seen="that is a whole page",
        find=r"render_to_string",
        place=CONSUMERS,
    ),
    Cause(
        r"\A\s*(?:<[^>]*>\s*)+\Z",
        "which variable does the template use, and which one is it given?",
        "04, Push a partial",
        seen="that is an element without text",
        place="templates/status/partials/current_status.html",
    ),
    Cause(
        r"\A[^<]*\S[^<]*\Z",
        "what does it send, the status or the partial with the status in it?",
        "04, Push a partial",
        seen="that is text without an element, so htmx does not know where it goes",
        find=r"text_data",
        place=CONSUMERS,
    ),
)
CONSOLE = (
    Cause(
        r"htmx:targetError",
        "is it a CSS selector of an element that the page has?",
        "03, Swap the fragment",
        seen="htmx found no element for the target (htmx:targetError)",
        find=r"hx-target",
        place="templates/index.html",
    ),
    Cause(
        r"htmx:oobErrorNoTarget",
        "which id does the element have, and which ones are in the page?",
        "04, Push a partial",
        seen="htmx found no place for what was pushed (htmx:oobErrorNoTarget)",
        place="templates/status/partials/current_status.html",
    ),
    Cause(
        r"htmx:(?P<kind>swapError|invalidPath|syntax:error|evalDisallowedError)",
        "what does htmx expect, and where?",
        seen="htmx reported {kind}",
    ),
    Cause(
        r"(?P<name>\w+) is not defined",
        "which script defines {name}, and is it loaded before it is used?",
        seen="the browser says: {name} is not defined",
        place="templates/_base.html",
    ),
    Cause(
        r"(?P<what>(?:Refused to|Loading|Executing|Evaluating|Applying|Connecting|Sending) [^\n]+?)"
        r" (?:because|violates) [^\n]*Content Security Policy",
        "what does the page's policy allow?",
        seen="the browser says: {what}: a Content Security Policy forbids it",
    ),
)
