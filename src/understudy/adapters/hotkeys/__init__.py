"""Hotkeys: combinations of keys that are heard in whatever window is in front, and no other key."""
