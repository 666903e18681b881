"""The guide as `guide` serves it: the built pages, loaded again when one changes.

Begin with `server`, which builds, serves and watches; `build` makes the site, `site` serves its
files, `guard` keeps others out, `events` tell open pages what is new, `application` puts these
together. Published pages know nothing of it: what they have more here is `static/`, added on the
way to the browser.
"""
