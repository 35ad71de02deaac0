"""P3: the power fails at any moment, and what was called kept is there, whole."""

import pytest

from tests.proof.power_cut import Make, Say, Sync, Write, cuts, record
from tests.proof.tracing import can_trace

pytestmark = [
    pytest.mark.skipif(not can_trace(), reason="needs strace, and leave to trace other processes"),
    pytest.mark.timeout(1_800),
]
CUTS, CONTROLS = 200, 60


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    return record(tmp_path_factory.mktemp("recorded"))


def damaged(recorded, count, folder):
    return [(moment, damage) for moment, damage in cuts(*recorded, count, folder) if damage]


def test_a_power_cut_loses_and_damages_nothing(recorded, tmp_path):
    """Unsynced writes lost, torn or out of order: both databases sound, every reported run with its grant there."""
    assert damaged(recorded, CUTS, tmp_path) == []


def test_the_record_holds_what_a_power_cut_can_hurt(recorded):
    """Log and file were written, synced, cut short and removed: the cuts above are not cuts of nothing."""
    _, deeds = recorded
    written = {deed.name for deed in deeds if isinstance(deed, Write)}
    synced = {deed.name for deed in deeds if isinstance(deed, Sync)}
    assert written >= {"journal.db", "journal.db-wal", "captures.db", "captures.db-wal"}
    assert synced >= {"journal.db", "journal.db-wal"}
    assert any(isinstance(deed, Make) for deed in deeds)
    said = [deed.number for deed in deeds if isinstance(deed, Say)]
    assert said == list(range(len(said)))
    assert len(said) >= 50


def test_without_syncing_a_power_cut_loses_what_was_reported(tmp_path):
    """The control: synchronous=OFF is found out."""
    found = damaged(record(tmp_path, "OFF"), CONTROLS, tmp_path)
    assert len(found) > CONTROLS // 4
    assert any("lost" in words for _, damage in found for words in damage)


@pytest.mark.sweep
def test_two_thousand_power_cuts_lose_and_damage_nothing(recorded, tmp_path):
    """The same, ten times as often."""
    assert damaged(recorded, 2_000, tmp_path) == []
