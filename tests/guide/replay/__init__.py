"""The replay: a reader who knows the built pages alone, and follows them to the letter.

`python -m tests.guide.replay` reads pages 01 to 05, each from the clean base that the page lays, in
a private copy of the workbook (`private.py`). What it does with a page says `reader.py`; which
sentences it obeys says `sentences.py`.
"""
