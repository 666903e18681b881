"""Proves checks/: each mistake gets its sentence, each variant passes, and the words are right."""
