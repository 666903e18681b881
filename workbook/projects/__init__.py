"""Django projects on disk: the steps' snapshots, `work/`, copies of them, and their Procfiles.

Nothing here starts a process that stays; of the other packages it imports runtime/ alone.
Begin with `steps` (the snapshots by number), then `project`. `patches` holds what changes them.
"""
