"""Proves the guide: its pages and its built site, and the replay that follows it to the letter."""
