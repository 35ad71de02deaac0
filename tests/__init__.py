"""The tests, one folder a kind, and the fakes they share."""
