"""Importers: one file a format, ending with `PLUGIN = TheClass`; they read, and change nothing."""
