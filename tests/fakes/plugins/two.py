"""A plug-in that asks for services."""


class Second:
    """One service it needs, one it can do without, and whatever else."""

    name = "second"

    def __init__(self, clock, spare="a default", **rest):
        self.clock = clock
        self.spare = spare
        self.rest = rest


PLUGIN = Second
