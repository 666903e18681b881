"""Proves workbook/redis_server: a real one and the embedded one, and which of them is used."""
