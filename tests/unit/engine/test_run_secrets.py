"""Secrets: used on the worker alone; never in the journal, in what is told, in the log, or in an undo state."""

import logging

import pytest

from tests.fakes.acts import raises
from tests.fakes.engine_rig import EngineRig, HeldWorkers
from tests.fakes.secrets import FakeSecrets
from understudy.core.action import Performed, Undone, UndoStatus
from understudy.core.trust import Tier
from understudy.core.value import HOUR
from understudy.core.workflow import OnFailure, Retry, Step
from understudy.engine.secrecy import SEALED
from understudy.errors import ActionFailedError

CANARY = "hunter2-canary"
USES = Step(action="open", parameters={"what": "Bearer {{ secret.token }} for {{ trigger.title }}"})


def rig_with(*steps, workers=None, **secrets):
    rig = EngineRig(secrets=FakeSecrets(**secrets or {"token": CANARY}), workers=workers).begin()
    rig.written(Tier.AUTO, *steps or (USES,))
    return rig


def everything(rig):
    """All that was stored, shown and told."""
    tables = "".join(body for table in rig.store._journal() for body in table.rows.values())
    return tables + repr(rig.told) + repr(rig.screen.shown) + repr(rig.messenger.sent)


def test_a_secret_reaches_the_action_and_nothing_else(caplog):
    """The effect has it; journal, screen, events and log have its name."""
    caplog.set_level(logging.DEBUG)
    rig = rig_with()
    rig.see("mail", title="Ann")
    assert rig.effects()[0][0] == f"Bearer {CANARY} for Ann"
    assert CANARY not in everything(rig) + caplog.text
    step = rig.runs[0].steps[0]
    assert step.parameters == {"what": "Bearer {{ secret.token }} for Ann"}
    assert (step.output, step.text) == (
        "did Bearer {{ secret.token }} for Ann",
        "open Bearer {{ secret.token }} for Ann",
    )


@pytest.mark.parametrize("where", ["in_prepare", "in_perform"])
@pytest.mark.parametrize(
    "error",
    [ActionFailedError(f"{CANARY} is wrong", f"{CANARY}?", CANARY), ValueError(f"bad header {CANARY}")],
)
def test_an_error_that_quotes_a_secret_is_told_without_it(caplog, where, error):
    """A foreseen one in its words, an unforeseen one in the log."""
    rig = rig_with()
    setattr(rig.actions["open"], where, raises(error))
    rig.see("mail", title="Ann")
    assert rig.statuses == ["failed"]
    assert CANARY not in everything(rig) + caplog.text


def test_the_state_before_and_live_output_are_told_without_it():
    """Whatever an action records or says while it works."""
    rig = rig_with()
    act = rig.actions["open"]
    act.prepare = lambda parameters, context: {"was": parameters.what, "deep": [{"of": CANARY}]}

    def say(context):
        for part in ("sent hunter2", "-can", "ary and hunter", " stayed"):
            context.emit(part)

    act.in_perform = say
    rig.see("mail")
    texts = [payload["text"] for kind, payload in rig.told if kind == "output"]
    assert "".join(texts) == "sent {{ secret.token }} and hunter stayed"
    assert CANARY not in everything(rig)


def test_undo_has_the_secret_again_and_the_journal_does_not():
    """The state says where it stood, by a mark that captured text cannot hold."""
    rig = rig_with()
    rig.see("mail", title="{{ secret.token }}")
    state = rig.runs[0].steps[0].undo
    assert set(state[SEALED]) == {"token"}
    rig.ask(lambda service: service.undo(rig.runs[0].id, "cli"))
    assert rig.actions["open"].undone == [f"Bearer {CANARY} for {{{{ secret.token }}}}"]
    assert CANARY not in everything(rig)


@pytest.mark.parametrize("error", [ActionFailedError(f"{CANARY} refused"), ValueError(CANARY)])
def test_an_undo_that_breaks_does_not_tell_it(caplog, error):
    """Neither in its words nor in the log."""
    rig = rig_with()
    rig.see("mail")
    rig.actions["open"].in_undo = raises(error)
    run = rig.ask(lambda service: service.undo(rig.runs[0].id, "cli")).run
    assert run.undo_status.value == "undo_failed"
    assert CANARY not in everything(rig) + caplog.text


def test_an_undo_whose_secret_is_gone_fails_aloud():
    """It cannot be taken back without it, and says so."""
    rig = rig_with()
    rig.see("mail")
    rig.secrets.delete("token")
    run = rig.ask(lambda service: service.undo(rig.runs[0].id, "cli")).run
    assert (run.undo_status.value, rig.actions["open"].undone) == ("undo_failed", [])
    assert "There is no secret token" in run.undo_text


def test_secrets_that_lie_within_each_other_come_back_as_they_were():
    """One is a part of the other, one is the very word of the marks, one is empty."""
    step = Step(
        action="open",
        parameters={"what": "{{ secret.a }}|{{ secret.b }}|{{ secret.c }}|{{ secret.none }}|a secret"},
    )
    rig = rig_with(step, a="abc", b="abcdef", c="secret", none="")
    rig.see("mail")
    assert rig.effects()[0][0] == "abc|abcdef|secret||a secret"
    rig.ask(lambda service: service.undo(rig.runs[0].id, "cli"))
    assert rig.actions["open"].undone == ["abc|abcdef|secret||a secret"]


def test_a_secret_that_is_not_there_fails_the_step_before_anything_happened():
    """The error says how to set it."""
    rig = rig_with()
    rig.secrets.delete("token")
    rig.see("mail")
    assert (rig.statuses, rig.effects()) == (["failed"], [])
    assert "understudy secrets set token" in rig.runs[0].text


def test_a_retry_reads_the_secret_again():
    """Set meanwhile, it is there at the second try."""
    step = Step(
        action="open",
        parameters={"what": "{{ secret.token }}{{ now.time }}"},
        on_failure=OnFailure.RETRY,
        retry=Retry(delay=HOUR),
    )
    rig = rig_with(step)
    rig.secrets.delete("token")
    rig.see("mail")
    rig.secrets.put("token", CANARY)
    rig.wait(2 * HOUR)
    assert len(rig.effects()) == 1
    assert rig.effects()[0][0].startswith(CANARY)


def test_secrets_are_fetched_on_workers_alone():
    """While the engine works on messages nobody asks the keyring."""
    rig = rig_with(workers=HeldWorkers())
    asked = []
    get = rig.secrets.get
    rig.secrets.get = lambda name: asked.append(name) or get(name)
    rig.see("mail")
    assert asked == []
    rig.work()
    assert asked == ["token"]
    rig.work()
    assert asked == ["token"]


def test_undo_states_of_any_shape_come_back_as_they_were():
    """Lists, numbers and names of fields: what held a secret holds it again."""
    rig = rig_with()
    act = rig.actions["open"]
    act.perform = lambda parameters, context, before: Performed(
        undo={"all": [parameters.what, 7, {CANARY: None}]}
    )
    taken = []
    act.undo = lambda undo, context: taken.append(undo) or Undone(status=UndoStatus.UNDONE)
    rig.see("mail", title="Ann")
    assert CANARY not in everything(rig)
    rig.ask(lambda service: service.undo(rig.runs[0].id, "cli"))
    assert taken == [{"all": [f"Bearer {CANARY} for Ann", 7, {CANARY: None}]}]


# --- live output ---------------------------------------------------------------------------------
