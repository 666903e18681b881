"""The guide's own fences: code, diffs and output in the pages come from files, never typed.

`formats` is what mkdocs.yml names; `audit` finds what is wrong in the pages, with page and line.
"""
