"""Tests that touch no disk, one folder a layer."""
