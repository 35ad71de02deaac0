"""The use cases, one file a noun; `service` joins them. Nothing here is called but on the engine thread."""
