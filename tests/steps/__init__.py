"""Proves the snapshots of steps/, each as a project that runs."""
