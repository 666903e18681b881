"""Proves workbook/runtime: what is left running, and how it is ended."""
