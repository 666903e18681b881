"""What leads on from a ✗, in three grades: the idea, the place, the change.

All of it is from the guide's pages and the snapshots. May import listings, markdown_fences and
workbook. Begin with `grades`; `sections` reads a page, `changes` has what its listings change, and
`places` finds what a ✗ speaks of in the learner's project, and cuts it to what is
shown. `python -m docs_ext.hint` prints one.
"""
