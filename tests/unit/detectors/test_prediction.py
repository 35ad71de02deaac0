"""What is foreseen with a value: done with any other one, it is not done."""

import msgspec
import pytest

from tests.unit.detectors.test_shadow import FOUND, Watched, after
from understudy.core.pattern import Carry, PatternState
from understudy.core.value import MINUTE


class Tickets(Watched):
    """A shadow that is told of addresses with a number each: `t7` is ticket 7, `r7` its review."""

    def events(self, words, start=FOUND, every=MINUTE):
        """Events at equal distances."""
        for number, word in enumerate(words.split()):
            self.position += 1
            template, parameters = f"url:{word[0]}/{{n}}", (("n", word[1:]),) if word[1:] else ()
            at = start + number * every
            self.see(self.position, at, template, "", is_act=True, parameters=parameters)


def handing_on(*carries):
    """After a ticket its review, with the same number."""
    expected = after("url:t/{n}", expects=("url:r/{n}",))
    return msgspec.structs.replace(expected, carries=carries or (Carry(place=0, source="n", target="n"),))


@pytest.mark.parametrize(
    "events, expected",
    [
        ("t7 r7", (1, 0)),
        ("t7 x r7 t8 r8", (2, 0)),
        ("t7 r8 r7", (0, 1)),
        ("t7 r8 x r7", (1, 0)),
        ("t7 r8 x x x x x", (0, 1)),
        ("t7 t8 r8 x x x x", (0, 1)),
        ("t r7 x x x x x", (0, 0)),
        ("t7 r x x x x x", (0, 1)),
    ],
)
def test_a_value_that_is_handed_on_must_be_the_same(events, expected):
    """The review of another ticket is no hit; without a number nothing is foreseen."""
    shadow = Tickets(handing_on())
    shadow.events(events + " x x x x")
    assert shadow.score() == expected


def test_what_is_handed_on_from_now_on_is_waited_for_anew():
    """What was open would have taken any value."""
    shadow = Tickets(after("url:t/{n}", expects=("url:r/{n}",)))
    shadow.events("t7")
    shadow.put(PatternState(pattern=handing_on()), FOUND)
    assert not shadow.is_waiting("p-1")
