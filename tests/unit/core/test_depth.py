"""What comes in has a bottom."""

import pytest

from understudy.core.depth import DEEPEST, check_depth
from understudy.errors import InvalidInputError


def nested(levels, around):
    value = "bottom"
    for _ in range(levels - 1):
        value = around(value)
    return value


@pytest.mark.parametrize("around", [lambda inner: [1, inner], lambda inner: {"a": inner, "b": 2}])
def test_a_hundred_levels_are_enough(around):
    """One more is refused, however many there are."""
    check_depth(nested(DEEPEST, around))
    for levels in (DEEPEST + 1, 5_000):
        with pytest.raises(InvalidInputError, match="more than 100 levels"):
            check_depth(nested(levels, around))
