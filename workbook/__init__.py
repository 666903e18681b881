"""The workbook's tool: runs, lays, compares and checks the steps of the tutorial."""
