"""Proves workbook/commands and the command line, a file a verb, through the tool itself."""
