"""The databases of the project under test: its own copy's alone, and tables made beforehand.

Begin with `project_databases`. `make_tables` runs in a Python of its own, for `package_tables`.
"""
