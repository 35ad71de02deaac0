"""One source of captures a file; each ends with `PLUGIN = TheClass`. Watchers observe and never act."""
