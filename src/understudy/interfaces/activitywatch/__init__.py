"""ActivityWatch's REST API, so that its watchers, browser extensions and clients feed us unchanged."""
