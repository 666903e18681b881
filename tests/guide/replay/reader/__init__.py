"""The reader of a page: terminals, a browser and a server, and what is done with them.

May import `page`, `editing`, `output` and `errors`. Begin with `reader`, which takes block after
block; `session` is all that it has at hand.
"""
