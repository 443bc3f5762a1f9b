"""Measurements, each beside its control in the same run: `python -m benchmarks`."""
