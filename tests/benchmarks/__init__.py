"""Scripts that print figures; run each as a module."""
