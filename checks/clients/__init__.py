"""How a project is looked at from outside: pages, websockets, htmx, a real browser.

May import workbook and the other clients, and knows no verdict but what `CannotTell` is for.
Begin with `http_client` (requests pages) or `websocket_client` (is sent statuses).
"""
