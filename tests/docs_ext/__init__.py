"""Proves docs_ext/: what each fence shows, and what the audit finds."""
