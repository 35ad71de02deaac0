"""The adapters as far as they can be tested without the world."""
