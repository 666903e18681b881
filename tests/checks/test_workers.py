"""What a project's workers say of themselves, where there are several."""

from types import SimpleNamespace

import pytest

from checks.harness.instances import Instance
from checks.harness.server_process import Launcher

TASK = "status.tasks.send_status"
WORKER = "celery -A config worker"


class Broadcast:
    """Asks the workers, whose replies come in this order; it waits for the first of them."""

    def __init__(self, *received: int) -> None:
        self._received = received
        self.limit = 0

    def inspect(self, timeout: float, limit: int) -> "Broadcast":
        """Take down how many are asked."""
        self.limit = limit
        return self

    def stats(self) -> dict[str, object]:
        """Return what the first of them have received."""
        replies = enumerate(self._received[: self.limit])
        return {
            f"worker{number}@here": {"total": {TASK: count}, "pool": {"max-concurrency": count}}
            for number, count in replies
        }


def process(command: str, code: int | None = None) -> SimpleNamespace:
    """Return a process that goes on, or ended with a code."""
    return SimpleNamespace(command=command, exit_code=lambda: code)


def instance(asked: Broadcast, **processes: SimpleNamespace) -> Instance:
    """Return an instance with these processes."""
    one = Instance(Launcher.__new__(Launcher), SimpleNamespace(url="redis://127.0.0.1:1"), 1)
    one.app = SimpleNamespace(control=asked)
    one._launched = processes
    return one


def test_every_worker_of_the_procfile_counts() -> None:
    beat, slow = process("celery -A config beat"), process(f"{WORKER} -n slow@%h -Q slow")
    two = instance(Broadcast(0, 2), slow=slow, beat=beat, worker=process(WORKER))
    assert two.received(TASK) == 2
    one = instance(Broadcast(3), beat=beat, worker=process("./start-my-worker"))
    assert one.received(TASK) == 3


def test_nobody_waits_for_a_worker_that_has_ended() -> None:
    asked = Broadcast(2)
    one = instance(asked, slow=process(f"{WORKER} -Q slow", 1), worker=process(WORKER))
    assert one.received(TASK) == 2
    assert asked.limit == 1


@pytest.mark.parametrize(("places", "is_one"), [((10,), False), ((1,), True), ((10, 1), True)])
def test_a_worker_with_one_place_is_known(places: tuple[int, ...], is_one: bool) -> None:
    processes = {"worker": process(WORKER), "slow": process(f"{WORKER} -Q slow")}
    assert instance(Broadcast(*places), **processes).has_one_place() is is_one
