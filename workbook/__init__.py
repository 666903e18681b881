"""The tool: `python3 workbook VERB`.

`__main__` hands over to `launcher`, that one to `cli`, and `cli` to a file of `commands`. The other
packages are theirs. Nothing here imports checks, docs_ext, benchmarks or tests: begin with `cli`.
"""
