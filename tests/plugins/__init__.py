"""pytest plugins that `python3 workbook test` loads.

They may import `workbook` and pytest. Start reading with `scheduling`.
"""
