"""Small plug-ins to be found by a test."""
