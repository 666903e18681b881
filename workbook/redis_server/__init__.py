"""Redis servers: one of the system's or an embedded one, private to a run, or one that was named.

Of the other packages it imports runtime/ alone.
Begin with `server` (a Redis of our own), then `selection` (which one a run uses). In `embedded`
fakeredis answers; the commands for Lua scripts alone are ours, in `lua_scripts`.
"""
