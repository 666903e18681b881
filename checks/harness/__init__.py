"""The project under test: a private copy with a Redis of its own, started as its Procfile says.

May import `verdicts`, `target`, `progress` and workbook, and no client, no step.
Begin with `project`, which puts the others together. What is said where it does not start is in
`preflight` (before), `readiness` (no page), `worker` (no ping) and `diagnosis` (why it ended).
"""
