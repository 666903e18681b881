"""Proxies between a project and what it talks to: they hold, refuse, close or fall silent.

They import `workbook` alone, and are used by the steps' checks and by the tests. Start reading in
`redis_proxy`; `connections` has what all of them do with sockets.
"""
