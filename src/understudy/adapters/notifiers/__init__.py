"""Shows notifications: over D-Bus on Linux, through other libraries elsewhere; none of them pretends."""
