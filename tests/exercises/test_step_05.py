"""What the exercise of step 05 says of solutions: progress is pushed to the task's owner."""

from tests.support.edited_projects import Edit
from tests.support.solutions import Solution, each_is_told

CONSUMERS, ROUTING, TASKS = "status/consumers.py", "status/routing.py", "status/tasks.py"
INDEX, TASK, VIEWS = (
    "templates/index.html",
    "templates/status/partials/task.html",
    "status/views.py",
)
FULL_BAR = '<progress value="100" max="100" aria-label="Progress"></progress>'
OWN = "if self.task_id not in await self.scope['session'].aget('sent', {}):"

# One websocket for each visitor, opened by the start page.
VISITOR = """class VisitorConsumer(StatusConsumer):
    async def connect(self):
        self.group = f"visitor-{self.scope['session'].session_key}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, close_code):
        await self.channel_layer.group_discard(self.group, self.channel_name)


class UnknownPathConsumer"""
TELL = """from celery.result import AsyncResult
from celery.signals import task_postrun


def tell(task_id, visitor):
    context = {'result': AsyncResult(task_id)}
    html = render_to_string('status/partials/task.html', context)
    message = {'type': 'send_status', 'html': html}
    group_send(f'visitor-{visitor}', message)


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
        Edit(CONSUMERS, "class UnknownPathConsumer", VISITOR),
        Edit(ROUTING, "import StatusConsumer, ", "import StatusConsumer, VisitorConsumer, "),
        Edit(ROUTING, "    # Without", "    path('ws/mine', VisitorConsumer.as_asgi()),\n    #"),
        Edit(TASKS, "@shared_task(bind=True)\ndef send_status(self, message=''):", TELL),
        Edit(
            TASKS,
            "'percent': percent})",
            "'percent': percent})\n        tell(self.request.id, visitor)",
        ),
        Edit(VIEWS, "delay('payload')", "delay('payload', visitor=request.session.session_key)"),
        Edit(
            VIEWS,
            "    return render(request, 'index.html')",
            "    request.session.save()\n    request.session.modified = True\n"
            "    return render(request, 'index.html')",
        ),
        Edit(
            INDEX,
            '<section id="task" class="card">',
            '<div hx-ext="ws" ws-connect="/ws/mine"></div>\n<section id="task" class="card">',
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
