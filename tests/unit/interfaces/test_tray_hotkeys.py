"""Hotkeys in the menu: whoever starts a workflow by hand learns the shorter way."""

import msgspec

from tests.fakes.service import FakeService
from tests.unit.interfaces.test_tray_model import by_key, shown
from understudy.core.workflow import ManualTrigger


def test_run_now_shows_the_hotkey_that_does_the_same():
    """The first one, as it stands on the keys; without one, just the words."""
    service = FakeService()
    workflow_id = service.learn(1).id
    before = by_key(shown(service))[f"workflow:{workflow_id}:run"].label
    triggers = (ManualTrigger(hotkey="ctrl+alt+m"), ManualTrigger(hotkey="f9"))
    service._workflows[workflow_id] = msgspec.structs.replace(
        service._workflows[workflow_id], triggers=triggers
    )
    after = by_key(shown(service))[f"workflow:{workflow_id}:run"].label
    assert (before, after) == ("Run now", "Run now (Ctrl+Alt+M)")
