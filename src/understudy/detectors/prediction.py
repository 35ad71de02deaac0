"""A prediction: a trigger has fired, and what should follow is waited for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from understudy.core.blanks import Parameters, named
from understudy.core.pattern import Carry
from understudy.core.value import Millis


@dataclass(slots=True)
class Prediction:
    """A trigger has fired; this is still waited for."""

    pattern_id: str
    position: int
    opened_at: Millis
    until: Millis
    wanted: tuple[str, ...]
    is_habit: bool
    place: int = 0
    """Of the next one in `wanted`."""
    skips: int = 0
    """How many may still be left out."""
    carries: tuple[Carry, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    """What came with the trigger, by name."""

    def take(self, template: str, parameters: Parameters) -> bool:
        """Go on to behind this template, if it may come next; return whether nothing more is needed."""
        for place in range(self.place, min(self.place + self.skips + 1, len(self.wanted))):
            if self.wanted[place] == template and self._has_values(place, template, parameters):
                self.skips -= place - self.place
                self.place = place + 1
                break
        return len(self.wanted) - self.place <= self.skips

    def _has_values(self, place: int, template: str, parameters: Parameters) -> bool:
        """Whether what comes at this place has the values that it should have from the trigger."""
        carries = [each for each in self.carries if each.place == place]
        values = named(template, parameters) if carries else {}
        return all(values.get(each.target) == self.given[each.source] for each in carries)
