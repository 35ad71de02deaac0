"""A key written out in a document is refused wherever it stands; neither error, store nor log has it."""

import logging
from typing import Any

import msgspec
import pytest

from tests.fakes.acts import Act
from tests.fakes.engine_rig import EngineRig
from understudy.core.value import Value
from understudy.errors import InvalidInputError, UnderstudyError

CANARY = "JHMHI8qBe7bk2ZwOcanary5"
ADDRESS = f"discord://4174216298/{CANARY}"
HOOK = f"https://discord.com/api/webhooks/4174216298/{CANARY}"
OPEN = {"action": "open"}


class Sent(Value):
    """Parameters of something that is sent."""

    to: str = "phone"
    title: str = ""
    body: str = ""
    url: str = ""
    json: Any = None


@pytest.fixture
def rig():
    """An agent that can send, and looks up a text as a script is read from its file."""
    made = EngineRig().begin()
    act = Act("send_message")
    act.parameters, act.preview = Sent, lambda parameters: "send"
    act.secret = act.literal = frozenset({"to"})
    act.readies = lambda given: msgspec.structs.replace(given, body=HOOK) if given.body == "file" else given
    made.actions["send_message"] = act
    made.actions["run_script"] = made.actions["notify"] = act
    return made


def send(**parameters):
    return {"action": "send_message", "parameters": parameters}


def document(*steps, **fields):
    return {"name": "Mine", "steps": list(steps or (OPEN,)), **fields}


DOCUMENTS = [
    (document(send(to=ADDRESS)), "steps[0]: A key stands in to"),
    (document(OPEN, send(to=HOOK)), "steps[1]: A key stands in to"),
    (document(send(body=f"Post it to {HOOK}")), "steps[0]: A password or key stands in body"),
    (document(send(json=["x", {"y": HOOK}])), "stands in json.1.y"),
    (document(send(body="file")), "stands in body"),
    (document(name=f"To {HOOK}"), "stands in name"),
    (document(metadata={"description": HOOK}), "stands in metadata.description"),
    (document(triggers=[{"type": "capture", "kind": "url", "url": HOOK}]), "stands in triggers.0.url"),
    (
        document(conditions=[{"field": "state.x", "operator": "eq", "value": HOOK}]),
        "stands in conditions.0.value",
    ),
    (document({"question": f"Shall {HOOK} be asked?"}), "stands in steps[0].question"),
    (
        document({"if": [{"field": "state.x", "operator": "eq", "value": HOOK}]}),
        "stands in steps[0].all.0.value",
    ),
]


@pytest.mark.parametrize("given, said", DOCUMENTS)
def test_it_is_refused_wherever_it_stands(rig, given, said):
    """In steps, in what is filled in from a file, in names, triggers, conditions and questions."""
    with pytest.raises(InvalidInputError) as caught:
        rig.ask(lambda service: service.add_workflow(given))
    assert (said in str(caught.value), "secrets set" in str(caught.value)) == (True, True)
    assert (CANARY in str(caught.value), rig.store.workflows.all()) == (False, [])


REFUSED = [
    lambda service: service.change_workflow("w-1", document(send(to=ADDRESS))),
    lambda service: service.clone_workflow("w-1", f"To {HOOK}"),
    lambda service: service.use_template("signal-alert", {"address": ADDRESS}),
    lambda service: service.add_task(f"Post to {HOOK}", by="cli"),
    lambda service: service.add_task("Post", prompt=f"Post to {HOOK}", by="cli"),
    lambda service: service.change_settings({"addresses": {"phone": ADDRESS}}),
    lambda service: service.change_settings({"failure_channel": ADDRESS}),
    lambda service: service.change_settings({"assistant_command": ["llm", "--to", HOOK]}),
]


@pytest.mark.parametrize("ask", REFUSED)
def test_neither_the_error_nor_the_store_nor_the_log_has_it(rig, ask, caplog):
    """Changed, copied, from the gallery, as a task, as a setting."""
    caplog.set_level(logging.DEBUG)
    rig.written()
    with pytest.raises(UnderstudyError) as caught:
        rig.ask(ask)
    assert CANARY not in str(caught.value)
    kept = msgspec.json.encode(
        [rig.store.workflows.all(), rig.store.settings.get("settings"), rig.store.versions.of("w-1")]
    )
    assert CANARY not in kept.decode() + repr(rig.told) + caplog.text
    assert rig.ask(lambda service: service.settings()).addresses == {}


def test_by_name_it_is_saved(rig):
    """As the error says."""
    rig.context.secrets.put("discord", CANARY)
    card = rig.ask(lambda service: service.add_workflow(document(send(to="discord://{{ secret.discord }}"))))
    assert card.warnings == ()


def test_where_it_cannot_come_in_by_name_it_is_told_and_saved(rig):
    """A page may need its key in its address; to refuse it would leave no way."""
    page = send(url="http://localhost:8888/lab?token=geheim7", json={"n": 1})
    card = rig.ask(lambda service: service.add_workflow(document(page, {"lasts": 5}, OPEN)))
    assert card.warnings == (
        "The url of step s1 seems to hold a key: it is stored and shown with the workflow",
    )
    del rig.actions["send_message"]
    assert rig.ask(lambda service: service.workflow(card.workflow.id)).warnings == ()
