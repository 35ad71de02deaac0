"""What the store does without a file."""
