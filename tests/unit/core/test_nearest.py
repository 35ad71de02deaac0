"""A hint names what was probably meant."""

import pytest

from understudy.core.nearest import nearest


@pytest.mark.parametrize(
    "wrong, known, said",
    [
        ("titel", ("app", "title"), "Did you mean title"),
        ("TITEL", ("App", "Title"), "Did you mean Title"),
        ("qqq", ("b", "a"), "Known are: a, b"),
        ("qqq", tuple("abcdefghijklmnop"), "Known are: a, b, c, d, e, f, g, h, i, j, k, l, ..."),
        ("qqq", (), "There are none"),
    ],
)
def test_the_nearest_name_or_all_of_them(wrong, known, said):
    """One guess where there is a near one, else what there is, not too much of it."""
    assert nearest(wrong, known) == said
