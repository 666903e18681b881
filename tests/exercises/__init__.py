"""Proves the exercises: each solution passes its check, and what is half done does not."""
