"""What the detector is measured on, by what, and against whom: `python -m tests.benchmarks.detector`."""
