"""Proves workbook/projects: projects on disk, and how one takes the place of another."""
