"""The guide as `guide` serves it: the built pages, loaded again when one changes.

Begin with `server`, which builds, serves and watches; `build` makes the site, `site` serves its
files, `guard` keeps others out, `events` tell open pages what is new, `application` puts these
together. `check_states` are what the checks said last; `watcher` asks them at each save, for the
page that is read (`reading`), `hints` and `editors` lead on from a ✗. Published pages know nothing
of it: what they have more here is `static/`, added on the way to the browser. `live.js` draws the
panel there; `server` sends it new states after a save.
"""
