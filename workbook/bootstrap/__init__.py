"""Makes the environment in `.venv` from Pipfile.lock, before any package is installed.

Plain standard library, and so are the modules that it imports: `errors` with its `passwords`,
`paths`, and of `runtime` alone `file_locks`, `process_output`, `signals` and `waiting`. Begin with
`environment`, which tells whether there is anything to do, then `install`; `failures` has each
sentence that is said when it fails.
"""
