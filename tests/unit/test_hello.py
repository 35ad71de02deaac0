"""What the agent says at its start: what is missing, what to do, and what still works."""

from understudy.app.running import what_is_missing
from understudy.core.ports import Capability


def one(name, state="missing", text="There is no desktop", fix="Log in"):
    """A capability."""
    return Capability(name=name, state=state, text=text, fix=fix)


def test_nothing_is_said_where_nothing_is_missing():
    """Silence is the best greeting."""
    assert what_is_missing([one("focus", "ready"), one("files", "degraded")]) == []


def test_what_has_the_same_cure_is_said_once_and_what_works_last():
    """One line for each thing to do, and one for what still works."""
    told = what_is_missing(
        [one("focus"), one("open_app"), one("files", "ready"), one("machine", text="No power", fix="")]
    )
    assert told == [
        "  missing: focus, open app: There is no desktop. Log in",
        "  missing: machine. No power",
        "  works: files; imports, command line and the local API",
    ]
