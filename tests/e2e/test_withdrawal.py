"""A question that is settled while it is still on its way to the screen does not stay there."""

import os
import signal
import threading
import time

import pytest

from tests.fakes.engine_rig import EngineRig, HeldWorkers, a_state
from understudy.adapters.notifiers.over_dbus import DBusNotifier
from understudy.core.ports import Notice
from understudy.core.suggestion import SuggestionStatus
from understudy.engine.messages import Moved


def test_a_withdrawal_that_overtakes_its_question_takes_it_away_all_the_same():
    """Workers run side by side; what is done to one notification follows the order in which it was meant."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.knows(a_state())
    rig.see("mail")
    rig.put(Moved(state=a_state(hits=5, outcomes=((rig.now, True),))))
    assert rig.store.suggestions.recent()[0].status is SuggestionStatus.WITHDRAWN
    rig.workers.jobs.reverse()
    rig.work_on()
    assert (len(rig.screen.history), rig.keys) == (1, [])


@pytest.mark.desktop
def test_a_close_that_comes_while_a_slow_desktop_shows_waits_for_it(desktop):
    """It finds what it was meant for, and says so."""
    daemon = desktop.start_fakes(tray="none")
    notifier, closed = DBusNotifier(desktop.env), []
    notifier.availability()
    os.kill(daemon.pid, signal.SIGSTOP)
    showing = threading.Thread(target=notifier.show, args=(Notice(key="s-1", title="Open notes?", body=""),))
    closing = threading.Thread(target=lambda: closed.append(notifier.close("s-1")))
    try:
        showing.start()
        time.sleep(0.2)
        closing.start()
        time.sleep(0.2)
        assert closed == []
    finally:
        os.kill(daemon.pid, signal.SIGCONT)
        showing.join()
        closing.join()
        notifier.stop()
    assert (closed, desktop.fake_notifications().shown()) == ([True], [])
