"""How well the events of a log were foreseen, made up."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Foresight:
    """Keeps the protocol `Foreseen`."""

    events: int = 1200
    hit_1: float = 0.46667
    hit_5: float = 0.75
    mrr: float = 0.6
    precision_5: float = 0.9
    precision_10: float = 0.8
