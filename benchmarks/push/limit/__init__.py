"""LIMIT: Redis pub/sub into a bare asyncio broadcast, the yardstick of the ladder."""

CHANNEL = "status"
