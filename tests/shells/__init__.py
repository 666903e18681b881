"""Proves workbook/shells: a command line for each shell, and whose shell it is."""
