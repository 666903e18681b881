"""The replay: a reader who knows the built pages alone, and follows them to the letter.

`python -m tests.guide.replay` reads pages 01 to 05, each from the clean base that the page lays, in
a private copy of the workbook (`sandbox`). It imports docs_ext and workbook. Begin with
`replay_page`; what it does with a page says `reader/reader`, which sentences it obeys says
`page/instructions`.
"""
