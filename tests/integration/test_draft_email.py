"""Drafts handed to the mail program: the address that carries them, and the window that is closed again."""

import threading
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.fakes.action_context import FakeActionContext
from tests.fakes.windows import FakeWindows
from understudy.adapters.actions.draft_email import DraftEmail, Parameters, draft_url
from understudy.adapters.applications import Applications
from understudy.adapters.focus.active_window import WindowView
from understudy.core.action import UndoStatus
from understudy.core.ports import Capability
from understudy.errors import CapabilityMissingError, InvalidInputError

HOSTILE = "a & b=c?#%41 ü\nBcc: eve@example.org\r\n<b>{{ x }}"


class Desk:
    """A mail program that writes down what it was opened with, and a list of windows."""

    def __init__(self, home):
        self.asked = home / "asked"
        self.windows = FakeWindows(self.view(1, "Editor", "editor"))
        folder = home / "bin"
        folder.mkdir()
        self._program(folder / "xdg-open", f'printf %s "$1" > {self.asked}')
        self._program(folder / "xdg-mime", "echo post.desktop")
        self.environment = {"PATH": f"{folder}:/usr/bin:/bin", "HOME": str(home), "XDG_DATA_HOME": str(home)}
        self.action = DraftEmail(
            applications=Applications(self.environment, home),
            windows=self.windows,
            environment=self.environment,
        )

    @staticmethod
    def _program(path, line):
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(0o755)

    @staticmethod
    def view(number, title, program):
        return WindowView(id=number, title=title, wm_class=(program, program))

    def draft(self, *shows):
        """Draft a mail; windows appear shortly after it was asked for."""
        parameters = self.action.check(Parameters(subject="Minutes", to=("kim@example.org",), body="a"))
        context = FakeActionContext(seconds=3)
        before = self.action.prepare(parameters, context)
        timer = threading.Timer(0.3, lambda: self.windows.windows.extend(shows))
        timer.start()
        performed = self.action.perform(parameters, context, before)
        timer.join()
        return performed


@pytest.fixture
def desk(tmp_path):
    """A desk with a mail program called post."""
    return Desk(tmp_path)


def test_every_character_of_the_draft_comes_through(desk):
    """As RFC 6068 has it: lines end with CR LF, and nothing in a text becomes another field."""
    url = draft_url(
        Parameters(subject="a & b=c?#%41 ü", body=HOSTILE, to=("kim+x@example.org", "a&b@example.org"))
    )
    parts = urlsplit(url)
    fields = parse_qs(parts.query, strict_parsing=True)
    assert (set(fields), parts.fragment) == ({"subject", "body"}, "")
    assert fields["subject"] == ["a & b=c?#%41 ü"]
    assert fields["body"] == ["\r\n".join(HOSTILE.splitlines())]
    assert unquote(parts.path) == "kim+x@example.org,a&b@example.org"
    assert "+" not in parts.query


def test_copies_are_a_field_of_their_own(desk):
    """Without text there is no field."""
    url = draft_url(Parameters(subject="x", cc=("a@example.org", "b@example.org")))
    assert url == "mailto:?cc=a@example.org%2Cb@example.org&subject=x"


@pytest.mark.parametrize(
    "address",
    [
        "kim",
        "a@b,c@d",
        "kim@example.org?bcc=eve@example.org",
        "a b@example.org",
        "<kim@example.org>",
        "a@b\n",
    ],
)
def test_what_is_no_address_is_refused(address):
    """Nobody else is slipped in; what looks like a field stays part of the name."""
    try:
        url = draft_url(Parameters(subject="x", to=(address,)))
    except InvalidInputError:
        return
    assert (urlsplit(url).query, "?" in urlsplit(url).path) == ("subject=x", False)


def test_a_draft_that_is_too_long_is_refused(desk):
    """Mail programs cut it without a word."""
    with pytest.raises(InvalidInputError, match="too long"):
        draft_url(Parameters(subject="x", body="ü" * 2000))


def test_the_mail_program_gets_it(desk):
    """The one that is set for mail, by the system's opener."""
    performed = desk.draft(desk.view(2, "Write: Minutes", "post"))
    assert desk.asked.read_text() == "mailto:kim@example.org?subject=Minutes&body=a"
    assert performed.output == "the draft is open"


def test_undo_closes_the_window_that_came(desk):
    """If it looks as it did."""
    performed = desk.draft(desk.view(2, "Write: Minutes", "post"))
    undone = desk.action.undo(performed.undo, FakeActionContext())
    assert (undone.status, desk.windows.requests) == (UndoStatus.UNDONE, [("close", 2)])


def test_undo_refuses_once_it_was_used(desk):
    """Its title has changed: somebody is writing."""
    performed = desk.draft(desk.view(2, "Write: Minutes", "post"))
    desk.windows.windows[-1] = desk.view(2, "Write: Minutes of Monday", "post")
    undone = desk.action.undo(performed.undo, FakeActionContext())
    assert (undone.status, desk.windows.requests) == (UndoStatus.REFUSED, [])


def test_windows_of_others_are_never_taken_for_the_draft(desk, monkeypatch):
    """A window that happens to open meanwhile stays; without one of the mail program there is no way back."""
    monkeypatch.setattr("understudy.adapters.actions.draft_email.WINDOW_TIME", 1.0)
    performed = desk.draft(desk.view(3, "News", "browser"))
    assert (performed.undo, performed.stays, "not shown a window" in performed.output) == (None, True, True)


def test_where_windows_cannot_be_seen_it_says_so_before_and_after(desk):
    """No undo is promised."""
    desk.windows.capability = lambda: Capability(name="windows", state="missing", text="Wayland")
    performed = desk.draft()
    assert (performed.undo, performed.stays, "cannot be seen" in performed.output) == (None, True, True)
    assert "cannot be closed" in desk.action.undo_preview(Parameters(subject="x"))


def test_without_an_opener_nothing_is_begun(tmp_path):
    """It is said before anything happens."""
    action = DraftEmail(
        applications=Applications({}, tmp_path), windows=FakeWindows(), environment={"PATH": str(tmp_path)}
    )
    with pytest.raises(CapabilityMissingError):
        action.prepare(Parameters(subject="x"), FakeActionContext())
