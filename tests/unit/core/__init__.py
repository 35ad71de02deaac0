"""The core, without input or output."""
