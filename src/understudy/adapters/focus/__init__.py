"""Which window is in front and which application it belongs to. Reads the X server; changes nothing on it."""
