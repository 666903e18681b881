"""What was printed against what the page shows, and writing it anew.

May import `page` and `errors`. Begin with `matcher`;
`assertions` notes what a page promised, `refresh` writes what was printed into the page.
"""
