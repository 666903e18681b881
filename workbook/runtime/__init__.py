"""What runs: processes and their records, ports, signals, locks, and the terminal they write to.

The lowest package: it imports `errors` and `paths` alone. `file_locks`, `process_output`,
`readable`, `signals` and `waiting` are plain standard library.
Begin with `supervisor` (runs a Procfile), then `process_tree` and `run_records` (end it well).
"""
