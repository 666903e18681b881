"""What the exercise of step 04 says of solutions: every page shows how many are open."""

from tests.support.edited_projects import Edit
from tests.support.solutions import Solution, each_is_told

CONSUMERS, PARTIAL = "status/consumers.py", "templates/status/partials/visitors.html"
JOIN = "await self.channel_layer.group_add(self.seat, self.channel_name)"
LEAVE = "await self.channel_layer.group_discard(self.seat, self.channel_name)"
SEATS = "seats = await redis.pubsub_channels('*__group__visitor-*')"
TOLD = "await self.send_visitors(await self.tell_visitors())"

SOLUTIONS = [
    Solution("none", words=('no place for the number yet: <span id="visitors">',)),
    Solution("ours", is_ours=True),
    Solution(
        "a set in the one process that serves all pages",
        Edit(
            CONSUMERS, "redis = aioredis.from_url(settings.CELERY_BROKER_URL)", "open_pages = set()"
        ),
        Edit(CONSUMERS, JOIN, "open_pages.add(self.seat)"),
        Edit(CONSUMERS, LEAVE, "open_pages.discard(self.seat)"),
        Edit(CONSUMERS, SEATS, "seats = open_pages"),
        Edit(PARTIAL, "", '<i hx-swap-oob="innerHTML:#visitors">{{ number }}</i>'),
        is_ours=True,
    ),
    Solution(
        "who leaves is told to nobody",
        Edit(CONSUMERS, f"{LEAVE}\n        await self.tell_visitors()", LEAVE),
        words=("vanishes without a close, the first one shows 2, not 1", "which method is called"),
        is_ours=True,
    ),
    Solution(
        "told to the newcomer alone",
        Edit(
            CONSUMERS,
            TOLD,
            f"seats = {SEATS.removeprefix('seats = ')}\n"
            "        await self.send_visitors({'number': len(seats)})",
        ),
        words=("a second page is opened, the first one shows 1, not 2", "who is sent it"),
        is_ours=True,
    ),
]


test_solution = each_is_told(4, SOLUTIONS)
