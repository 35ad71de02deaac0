"""The gallery: every template saves as it stands, and does what it says when it runs."""

import pytest

from tests.fakes.acts import Act
from tests.fakes.engine_rig import EngineRig
from understudy.core.action import Performed
from understudy.core.capture import CaptureKind
from understudy.core.grant import Scope
from understudy.core.run import Cause, RunStatus, StepStatus
from understudy.core.suggestion import Answer
from understudy.core.trust import Tier
from understudy.core.value import HOUR, MINUTE, Value
from understudy.core.workflow import Lifecycle
from understudy.engine import answering
from understudy.engine.gallery import filled, find, gallery
from understudy.engine.messages import RunWanted
from understudy.errors import InvalidInputError, NotFoundError

NAMES = tuple(gallery())
WANTED = {
    "morning-prep",
    "after-a-meeting",
    "signal-alert",
    "end-of-day-tidy",
    "focus-hour",
    "battery-low",
    "monday-report",
    "download-sorter",
}


class Script(Value):
    """What a script takes, as far as templates use it."""

    script: str
    environment: dict[str, str] = {}
    idempotent: bool = False


class Words(Value):
    """What everything that says something takes."""

    title: str = ""
    body: str = ""
    subject: str = ""
    to: str = ""


class Told(Act):
    """Keeps what it was given, and always puts out the same."""

    def __init__(self, name):
        super().__init__(name, needs_consent=name == "run_script")
        self.parameters = Script if name == "run_script" else Words

    def preview(self, parameters):
        return self.name

    def perform(self, parameters, context, before):
        self.effects.append(parameters)
        return Performed(output="3")


def acts():
    """One act for each action that templates use."""
    names = ("notify", "send_message", "draft_email", "create_task", "run_script")
    return {name: Told(name) for name in names}


@pytest.fixture
def rig():
    return EngineRig(actions=acts()).begin()


def use(rig, name, **changes):
    """Use a template, its scripts allowed."""
    workflow = rig.ask(lambda service: service.use_template(name, changes)).workflow
    answering.give_consent(rig.context, workflow, Scope.ALWAYS, "cli")
    return workflow


def ended(rig, workflow):
    """Start it, answer whatever it asks, and let time pass until it has ended."""
    event = {"value": 9, "due": 0, "at": 0, "watch": "battery"}
    cause = Cause(kind="manual", text="You started it")
    rig.put(RunWanted(run_id="r-1", workflow=workflow, cause=cause, event=event))
    while not rig.runs[-1].status.is_final:
        for question in rig.waiting:
            rig.answer(question.id, Answer.DO)
        rig.wait(HOUR)
    return rig.runs[-1]


def test_the_gallery_has_what_a_desktop_user_wants():
    """At least the eight that were promised."""
    assert set(NAMES) >= WANTED


@pytest.mark.parametrize("name", NAMES)
def test_a_template_says_what_it_is_for(name):
    """Description, category, a symbol, and a question with a default for everything that is filled in."""
    template = find(name)
    assert template.description.endswith(".")
    assert template.category
    assert template.icon
    assert all(each.question.endswith("?") for each in template.questions)
    assert "<<" not in str(filled(template, {}))
    for each in template.questions:
        assert f"{each.name}>>" in str(template.workflow), each.name


@pytest.mark.parametrize("name", NAMES)
def test_a_template_saves_as_it_stands(rig, name):
    """Without a single answer; it asks before it runs, and warns of nothing."""
    card = rig.ask(lambda service: service.use_template(name, {}))
    assert (card.workflow.tier, card.workflow.lifecycle) == (Tier.SUGGEST, Lifecycle.ACTIVE)
    assert card.workflow.metadata.description == find(name).description
    assert card.warnings == ()


@pytest.mark.parametrize("name", NAMES)
def test_a_template_runs_to_its_end(rig, name):
    """Through the engine, with acts in place of the desktop."""
    run = ended(rig, use(rig, name))
    assert (run.status, {step.status for step in run.steps}) == (RunStatus.COMPLETED, {StepStatus.DONE}), (
        run.text
    )


def test_after_a_meeting_asks_for_notes_before_it_drafts(rig):
    """The window closes, the question stands; only a yes makes the draft, with the notes in it."""
    workflow = use(rig, "after-a-meeting", subject="Notes")
    rig.ask(lambda service: service.set_tier(workflow.id, Tier.AUTO, "cli"))
    rig.see("us.zoom.zoom", kind=CaptureKind.STATE, text="closed")
    (question,) = rig.waiting
    assert rig.effects("draft_email") == []
    rig.answer(question.id, Answer.DO)
    assert [(draft.subject, draft.body) for draft in rig.effects("draft_email")] == [("Notes", "3")]


def test_signal_alert_formats_tells_and_sends(rig):
    """Each with what the watched value came to."""
    workflow = use(rig, "signal-alert", watch="battery", limit=15, address="chat")
    rig.ask(lambda service: service.set_tier(workflow.id, Tier.AUTO, "cli"))
    for percent in ("40", "14"):
        rig.see("battery", kind=CaptureKind.STATE, text=percent)
        rig.wait(MINUTE)
    (script,) = rig.effects("run_script")
    assert (script.environment["name"], script.environment["value"], script.environment["limit"]) == (
        "battery",
        "14",
        "15",
    )
    assert [(sent.to, sent.body) for sent in rig.effects("send_message")] == [("chat", "3")]
    assert len(rig.effects("notify")) == 1


def test_signal_alert_works_without_an_address_and_says_how_to_add_one(rig):
    """It shows the message and sends nothing."""
    workflow = use(rig, "signal-alert")
    assert [step.action for step in workflow.steps] == ["run_script", "notify"]
    assert ended(rig, workflow).status is RunStatus.COMPLETED
    assert (len(rig.effects("notify")), rig.effects("send_message")) == (1, [])
    assert "understudy settings set addresses" in workflow.metadata.description
    assert "only_with" not in str(filled(find("signal-alert"), {"address": "ntfy://me"}))


# ---------------------------------------------------------------- answers


def test_answers_take_the_place_of_defaults():
    """In texts, as numbers, as parts of a time, and as the name of the workflow."""
    made = filled(find("battery-low"), {"limit": "30", "name": "Mine"})
    assert (made["name"], made["triggers"][0]["value"]) == ("Mine", 30)
    assert filled(find("morning-prep"), {"time": "07:05"})["triggers"] == [{"cron": "5 7 * * mon-fri"}]
    assert filled(find("folder-backup"), {"keep": 3})["steps"][0]["parameters"]["environment"]["keep"] == "3"
    assert filled(find("monthly-task"), {})["steps"][0]["parameters"]["title"] == "Pay the bills"


@pytest.mark.parametrize(
    "name, changes, said",
    [
        ("battery-low", {"limt": 3}, "Battery low does not ask for limt. Did you mean limit"),
        ("battery-low", {"limit": "low"}, "limit cannot be 'low'. Write it as 20"),
        ("morning-prep", {"time": "25:00"}, "time cannot be '25:00'. It is a time of day. Write it as 06:00"),
    ],
)
def test_a_wrong_answer_is_told(name, changes, said):
    """With what was probably meant, or what the answer looks like."""
    with pytest.raises(InvalidInputError) as error:
        filled(find(name), changes)
    assert said in str(error.value)


def test_a_template_that_is_not_there_is_told(rig):
    """With the nearest one there is; the list has all of them."""
    with pytest.raises(NotFoundError, match="Did you mean focus-hour"):
        rig.ask(lambda service: service.template("focus-our"))
    listed = rig.ask(lambda service: service.templates())
    assert listed == [find(name) for name in NAMES]
    assert rig.ask(lambda service: service.template("focus-hour")) == find("focus-hour")
