"""Tests on a real desktop: X server, window manager, session bus, and real programs on them."""
