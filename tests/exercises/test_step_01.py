"""What the exercise of step 01 says of solutions: a second worker with a name of its own."""

from tests.support.edited_projects import Edit
from tests.support.solutions import Solution, each_is_told

WORKER = "worker: celery -A config worker --loglevel=info -P gevent -c 10"


def instead(*lines: str) -> tuple[Edit, ...]:
    return (Edit("Procfile", WORKER, "\n".join(lines)),)


SOLUTIONS = [
    Solution("none", words=("One line of the Procfile starts a worker",)),
    Solution("ours", is_ours=True),
    Solution(
        "both named, on different pools",
        *instead(
            "worker: celery -A config worker -P gevent -c 10 --hostname=first@%h",
            "another: celery -A config worker -P threads -c 2 --hostname=other@%h",
        ),
    ),
    Solution(
        "two of one name",
        *instead(WORKER, WORKER.replace("worker:", "second:")),
        words=("Two workers answer ping, and both are called celery@", "Which option"),
    ),
    Solution(
        "a bigger pool",
        *instead(WORKER.replace("-c 10", "-c 20")),
        words=("One line of the Procfile", "however many tasks it takes at once"),
    ),
]


test_solution = each_is_told(1, SOLUTIONS)
