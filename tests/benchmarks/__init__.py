"""Proves benchmarks/: what is counted, what is drawn, and more machines than one."""
