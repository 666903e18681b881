"""`check --watch`: a step's checks on every save, beside an editor.

Begin with `loop`, which says what follows what; `files` is what counts as a save, `saves` sees it,
`runs` asks the checks in a process, `history` remembers, `screen` shows, `keys` are the reader's.
"""
