"""Tests of the detectors: planted days must be read right, and shuffled ones as noise."""
