"""Step 04: the server serves websockets, the layer is shared, the page connects."""

from __future__ import annotations

from checks.step_04.handshake import SETTINGS, open_page
from checks.step_04.page import live_elements, missing, require_connecting, require_extension
from checks.step_04.visits import Beside
from checks.support.ground import test_django_loads_your_project, test_the_processes_start
from checks.support.project import Project
from checks.support.sockets import Sockets
from checks.support.verdict import NotYet, check


@check("runserver opens the websocket /ws/status", after=(test_the_processes_start,))
def test_runserver_opens_the_websocket(project: Project, sockets: Sockets, beside: Beside) -> None:
    open_page(project, sockets)


@check("The channel layer reaches every process", after=(test_django_loads_your_project,))
def test_the_layer_reaches_every_process(project: Project) -> None:
    layers = project.loaded()["channel_layers"]
    backend = layers.get("default", {}).get("BACKEND", "")
    if not backend or backend.endswith("InMemoryChannelLayer"):
        raise NotYet(
            done="read CHANNEL_LAYERS",
            seen=f"{backend}: each process has one of its own" if backend else "no default layer",
            expected="a layer in Redis, where the shell, the worker and the web server meet",
            open=f"{SETTINGS}, CHANNEL_LAYERS",
            guide="04, The channel layer",
        )


@check(
    "/live/ opens the websocket and has a place for the status",
    after=(test_runserver_opens_the_websocket,),
)
def test_the_live_page_opens_the_websocket(project: Project, beside: Beside) -> None:
    elements = live_elements(project)
    require_connecting(elements)
    if not any(element.id == "status" for element in elements):
        raise missing('no element with id="status"', 'one, such as <span id="status">')
    require_extension(project, elements)
