"""A page of the guide as MkDocs renders it, read into blocks that can be followed.

The lowest room: of the replay it imports `errors` alone. Begin with `blocks`;
`instructions` reads a sentence, `console` a typed command with what it prints.
"""
