"""The guide's Markdown extensions: code, diffs and output come from files, never typed.

May import benchmarks (recorded figures) and workbook; mkdocs.yml names what it calls here. Begin
with `superfences` (a function a fence), or `audit`, which finds what is wrong, with page and line.
`hint` reads the pages for a terminal: what leads on from a ✗.
"""
