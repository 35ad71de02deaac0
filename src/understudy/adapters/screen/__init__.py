"""What the screen is used for: a window that fills it, a wish not to be disturbed. Followed, never changed."""
