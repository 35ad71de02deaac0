"""What the person and their machine allow, asked as seldom as may be."""

from understudy.detectors.setting import Setting
from understudy.detectors.wishes import Wishes


def test_each_template_is_asked_about_once_until_told_to_forget():
    """The answers may take time; what is no longer live is not remembered."""
    asked, named = [], []
    wishes = Wishes(
        lambda each: bool(asked.append(each)), lambda _: True, lambda app: named.append(app) or app
    )
    wishes.setting("UTC", ["app:a", "url:b"], ["cmd:c"], 50)
    wishes.setting("UTC", ["app:a"], [], 50)
    assert (asked, named) == (["app:a", "url:b", "cmd:c"], ["a"])
    wishes.setting("UTC", ["app:a", "url:b"], [], 50)
    assert asked[3:] == ["url:b"]
    wishes.forget()
    wishes.setting("UTC", ["app:a"], [], 50)
    assert (asked[4:], named) == (["app:a"], ["a", "a"])


def test_the_answers_become_a_setting():
    """What must not be, what cannot be done, and what programs are called."""
    wishes = Wishes(lambda each: each == "cmd:c", lambda each: each != "url:b", str.title)
    assert wishes.setting("UTC", ["app:a", "url:b"], ["cmd:c"], None) == Setting(
        zone="UTC",
        names={"a": "A"},
        undoable=frozenset({"url:b"}),
        never=frozenset({"cmd:c"}),
        occurrences=None,
    )
