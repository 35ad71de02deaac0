"""Tests that meet the real thing: files, databases, processes, the desktop."""
