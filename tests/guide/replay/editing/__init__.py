"""What the reader does to files: the editor, and where in a file a listing goes.

May import `page` and `errors`, and docs_ext. Begin with `editor`;
`python_scope` and `template_scope` find the place, `span` is what they return.
"""
