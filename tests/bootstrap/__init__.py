"""Proves workbook/bootstrap: the first call, the lock, and what is said when it fails."""
