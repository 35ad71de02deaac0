"""Finds what is repeated, and keeps score of how right that was. Pure: no files, no clock, no thread."""
