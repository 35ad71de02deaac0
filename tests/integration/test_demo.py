"""The demo: a newcomer sees the point at once, and nothing is left behind."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from understudy.app.demo import demo
from understudy.core.value import Value

FRIDAY = 1_795_176_000_000


def test_the_demo_offers_what_was_planted_in_its_fortnight():
    """The habit, the follow-up, the routine and the repetition come as questions, each with its record."""
    result = demo(lambda _: None, today=FRIDAY)
    plans = {card.plan for card in result.suggestions}
    assert plans == {
        ("Open https://crm.example/dashboard",),
        ("Open Obsidian",),
        ("Open https://time.example/sheet",),
        ("Run `git pull --rebase`",),
    }
    assert all(card.undo.endswith(".") for card in result.suggestions)
    assert all({"repeated", "track_record"} <= {reason.code for reason in why.reasons} for why in result.whys)
    assert not result.watched
    assert isinstance(result, Value)


def test_the_demo_reports_each_day_and_leaves_nothing_behind():
    """Fourteen days go by; the temporary home is gone afterwards."""
    before = set(Path(tempfile.gettempdir()).glob("understudy-demo-*"))
    days = []
    demo(days.append)
    assert days == [f"Day {day} of 14" for day in range(1, 15)]
    assert set(Path(tempfile.gettempdir()).glob("understudy-demo-*")) <= before


def test_the_command_tells_the_story_without_a_desktop(tmp_path):
    """No display, no bus, no agent: it still shows what would have been suggested, and keeps nothing."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    told = subprocess.run(
        [sys.executable, "-m", "understudy", "demo"],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    assert "What Understudy would have offered" in told.stdout
    assert "proved" in told.stdout
    assert "crm.example" in told.stdout
    assert told.stderr == ""
    assert list(tmp_path.iterdir()) == []
