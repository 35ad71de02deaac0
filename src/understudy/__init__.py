"""Understudy watches how you work, learns what you repeat, and does it for you once you say yes."""

__version__ = "0.1.0"
