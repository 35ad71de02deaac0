"""The tray icon in the real panel of Xfce, under a real pointer."""

import pytest

from tests.e2e.waiting import until
from tests.integration.tray_program import WORKFLOW, Program

pytestmark = pytest.mark.desktop("xfce4-panel", "xfconfd")


def test_ten_of_ten_real_clicks_arrive_while_the_menu_changes(desktop):
    """A pointer on the real menu of Xfce, with entries coming and going every 250 ms."""
    desktop.start_panel()
    program = Program(desktop, "--restless=0.25")
    icon = desktop.tray().wait_item("Understudy")
    until(lambda: "Workflows" in icon.labels(), what="the menu")
    panel = desktop.panel_tray()
    for number in range(1, 11):
        panel.choose(*WORKFLOW, "Run now")
        program.until(lambda p, n=number: len(p.runs()) == 1 + n)
    assert {card.run.workflow.name for card in program.runs()} == {"Morning Prep"}


def test_the_real_panel_gets_the_icon_back_after_a_crash(desktop):
    """Xfce's panel dies and comes back; a click still arrives."""
    panel = desktop.start_panel()
    program = Program(desktop)
    desktop.tray().wait_item("Understudy")
    panel.kill()
    desktop.start_panel()
    desktop.tray().wait_item("Understudy")
    desktop.panel_tray().choose("Stop everything")
    program.until(lambda p: p.status().paused)
