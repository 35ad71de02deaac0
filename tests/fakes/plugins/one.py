"""A plug-in that needs nothing."""


class First:
    """Nothing asked for."""

    name = "first"


PLUGIN = First
