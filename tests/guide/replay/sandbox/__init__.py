"""The private copy in which a page is followed: namespaces of its own, and what runs inside.

Only `entrypoint` imports the other rooms: it is what runs inside. Begin with `namespaces`.
"""
