"""Builds the inputs that several tests need; nothing large is committed."""
