"""What the exercise of step 05 says of solutions: progress is pushed to the task's owner."""

from pathlib import Path

from checks.clients.http_client import visiting
from checks.harness.project import opened_project
from checks.target import Target
from tests.support.edited_projects import Appending, Edit
from tests.support.solutions import Solution, each_is_told, lay_solution
from tests.support.tool_process import wait_until
from workbook.projects.steps import find_step

ASGI = "config/asgi.py"
CONSUMERS, ROUTING = "status/consumers.py", "status/routing.py"
TASKS, VIEWS = "status/tasks.py", "status/views.py"
INDEX, TASK = "templates/index.html", "templates/status/partials/task.html"
FULL_BAR = '<progress value="100" max="100" aria-label="Progress"></progress>'
OWN = "if not await SentTask.objects.filter(visitor=visitor, task_id=self.task_id).aexists():"
ROUTER = "URLRouter(websocket_urlpatterns)"
TASK_SECONDS = 60  # it works for five
ROUTES = "from status.routing"

# One websocket for each visitor, opened by the start page.
VISITOR = """class VisitorConsumer(AsyncWebsocketConsumer):
    async def connect(self):
        visitor = await self.scope['session'].aget('visitor')
        self.group = f'visitor-{visitor}'
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, close_code):
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def send_task(self, event):
        await self.send(text_data=event['html'])
"""
TELL = """from celery.result import AsyncResult
from celery.signals import task_postrun
from django.template.loader import render_to_string


def tell(task_id, visitor):
    context = {'result': AsyncResult(task_id)}
    html = render_to_string('status/partials/task.html', context)
    message = {'type': 'send_task', 'html': html}
    async_to_sync(get_channel_layer().group_send)(f'visitor-{visitor}', message)


@task_postrun.connect
def tell_the_end(task_id, kwargs, **more):
    if 'visitor' in kwargs:
        tell(task_id, kwargs['visitor'])


@shared_task(bind=True)
def send_status(self, message='', visitor=''):"""

SOLUTIONS = [
    Solution("none", words=("no ws-connect there yet",)),
    Solution("ours", is_ours=True),
    Solution(
        "a websocket for each visitor, which the start page opens",
        Edit(ASGI, ROUTES, f"from channels.auth import AuthMiddlewareStack\n\n{ROUTES}"),
        Edit(ASGI, ROUTER, f"AuthMiddlewareStack({ROUTER})"),
        Appending(CONSUMERS, VISITOR),
        Edit(ROUTING, "import StatusConsumer", "import StatusConsumer, VisitorConsumer"),
        Edit(ROUTING, "\n]", "\n    path('ws/mine', VisitorConsumer.as_asgi()),\n]"),
        Edit(TASKS, "@shared_task(bind=True)\ndef send_status(self, message=''):", TELL),
        Edit(
            TASKS,
            "'percent': percent})",
            "'percent': percent})\n        tell(self.request.id, visitor)",
        ),
        Edit(VIEWS, "delay('payload')", "delay('payload', visitor=visitor_of(request))"),
        Edit(
            INDEX,
            "{% if result %}",
            '<div hx-ext="ws" ws-connect="/ws/mine"></div>\n{% if result %}',
        ),
        Edit(TASK, "{% if not result.ready %}hx-get", "{% if False %}hx-get"),
        Edit(TASK, FULL_BAR, ""),
    ),
    Solution(
        "for everybody who knows the address",
        Edit(CONSUMERS, OWN, "if False:"),
        words=("A stranger who opened /ws/task/", "how does it know whose task that is?"),
        is_ours=True,
    ),
    Solution(
        "pushed and polled",
        Edit(CONSUMERS, ", 'is_pushed': True", ""),
        words=("the page polls as well", "hx-trigger is still there"),
        is_ours=True,
    ),
]


test_solution = each_is_told(5, SOLUTIONS)


def test_a_push_that_redis_refuses_fails_no_task(tmp_path: Path) -> None:
    folder = lay_solution(5, Solution("ours", is_ours=True), tmp_path)
    with (
        opened_project(Target(folder, "named", find_step("5")), ["web", "worker"]) as project,
        visiting(project.running().url) as visitor,
    ):
        visitor.get("/")
        visitor.post("/check-status/", htmx=True)

        def states() -> list[str]:
            return [row["status"] for row in project.ask("results")["rows"]]

        wait_until(lambda: states() == ["PROGRESS"], TASK_SECONDS, lambda: str(states()))
        project.redis.stop()
        wait_until(lambda: states() != ["PROGRESS"], TASK_SECONDS, lambda: str(states()))
        assert states() == ["SUCCESS"]
