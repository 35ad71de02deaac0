"""The desktop's list of recent files: what of it counts."""

from xml.etree import ElementTree as ET

import pytest

from understudy.adapters.recent_files import RecentFile, parse_recent

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><xbel version="1.0"'
    ' xmlns:bookmark="http://www.freedesktop.org/standards/desktop-bookmarks">'
)


def bookmark(href, *applications, extra="", visited="2026-03-01T10:00:00Z"):
    """One bookmark as GTK writes it."""
    listed = "".join(
        f'<bookmark:application name="{name}" exec="{command}" modified="{modified}" count="1"/>'
        for name, command, modified in applications
    )
    return (
        f'<bookmark href="{href}" added="2026-03-01T09:00:00Z" modified="2026-03-01T09:00:00Z"'
        f' visited="{visited}"><info><metadata owner="http://freedesktop.org">{extra}'
        f"<bookmark:applications>{listed}</bookmark:applications></metadata></info></bookmark>"
    )


def parse(*bookmarks):
    """Read a list of bookmarks."""
    return parse_recent((HEAD + "".join(bookmarks) + "</xbel>").encode())


def test_a_file_comes_with_the_program_that_listed_it_last():
    """Of several programs the latest counts, by the first word of its command."""
    early = ("Editor", "'gedit %u'", "2026-03-01T09:00:00Z")
    late = ("Mousepad", "'/usr/bin/mousepad' %u", "2026-03-02T09:00:00.500000Z")
    found = parse(bookmark("file:///home/x/gr%C3%BCn%20a.txt", late, early))
    assert list(found.values()) == [
        RecentFile(path="/home/x/grün a.txt", program="mousepad", at=1_772_442_000_500)
    ]


def test_a_program_without_command_counts_by_its_name():
    """Some programs write no command."""
    found = parse(bookmark("file:///a", ("Shotwell", "", "2026-03-01T09:00:00Z")))
    assert found["file:///a"].program == "Shotwell"


def test_a_visit_counts_as_a_time():
    """Opening again changes the time of the visit only."""
    found = parse(bookmark("file:///a", visited="2026-03-05T10:00:00Z"))
    assert found["file:///a"] == RecentFile(path="/a", program="", at=1_772_704_800_000)


def test_what_is_private_or_not_a_local_file_is_left_out():
    """Web addresses and private entries stay out."""
    assert parse(bookmark("https://example.org/a"), bookmark("file:///b", extra="<bookmark:private/>")) == {}


def test_a_time_that_cannot_be_read_is_unknown():
    """A broken stamp loses its time, not the file."""
    raw = HEAD + '<bookmark href="file:///a" visited="soon"/></xbel>'
    assert parse_recent(raw.encode()) == {"file:///a": RecentFile(path="/a", program="")}


@pytest.mark.parametrize("raw", [b"", b"<xbel>", b'<!DOCTYPE x [<!ENTITY a "b">]><xbel>&a;</xbel>'])
def test_a_list_that_is_damaged_or_hostile_is_refused(raw):
    """Nothing is taken from it; entities, which can fill the memory, are not even read."""
    with pytest.raises(ET.ParseError):
        parse_recent(raw)
