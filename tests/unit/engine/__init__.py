"""The engine: what it does with messages, proved by feeding them in and reading the store; no thread, no waiting."""
