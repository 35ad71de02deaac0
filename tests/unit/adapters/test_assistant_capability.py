"""The assistant command as `doctor` tells it."""

from understudy.adapters.desktop_capabilities import assistant_capability


def test_a_command_that_is_there_is_ready():
    """Found along the person's PATH."""
    (told,) = assistant_capability(("sh", "-x"), {"PATH": "/usr/bin:/bin"})
    assert (told.name, told.state, "sh" in told.text) == ("assistant", "ready", True)


def test_a_command_that_is_not_there_is_missing_with_what_to_do():
    """Before a prompt fails because of it."""
    (told,) = assistant_capability(("nosuchassistant",), {"PATH": "/usr/bin:/bin"})
    assert (told.state, "nosuchassistant" in told.text, "settings set" in told.fix) == ("missing", True, True)


def test_where_none_is_set_nothing_is_missing():
    """Nobody has to have one."""
    assert assistant_capability((), {}) == ()
