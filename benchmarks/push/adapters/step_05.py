"""How step 05, and every rung above it, sends a status: by its own function, whatever it does."""

from status.tasks import broadcast


def send(stamp: int) -> None:
    """Send a status that carries `stamp`."""
    broadcast(f"RUNNING {stamp}")
