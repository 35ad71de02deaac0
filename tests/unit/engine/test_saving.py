"""A workflow is checked before it is stored: what cannot work is told, with what was probably meant."""

import pytest

from tests.fakes.acts import Act
from tests.fakes.engine_rig import MAIL, EngineRig, a_workflow
from understudy.core.capture import CaptureKind
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, Value
from understudy.core.workflow import Lifecycle, Origin, RunTrigger, Step
from understudy.engine.saving import learned_step, tidy_steps
from understudy.errors import CapabilityMissingError, InvalidInputError

OPEN = {"action": "open"}
FOCUS = {"type": "capture", "kind": "focus"}


class Figures(Value):
    """Parameters that are not all text."""

    words: str
    many: int = 1
    extra: str = "usual"


@pytest.fixture
def rig():
    made = EngineRig().begin()
    made.actions["count"] = Act("count")
    made.actions["count"].parameters = Figures
    made.actions["count"].preview = lambda parameters: "count"
    made.actions["count"].literal = frozenset({"words"})
    made.actions["count"].secret = frozenset({"extra"})
    return made


def add(rig, *steps, **fields):
    document = {"name": "Mine", "steps": list(steps or (OPEN,)), **fields}
    return rig.ask(lambda service: service.add_workflow(document))


def refused(rig, *steps, **fields):
    with pytest.raises(InvalidInputError) as error:
        add(rig, *steps, **fields)
    assert rig.store.workflows.all() == []
    return str(error.value)


def test_a_written_workflow_is_stored_and_asks_before_it_runs(rig):
    """It is active at once, in tier suggest also where auto was written."""
    stored = add(rig, tier="auto").workflow
    assert (stored.origin, stored.tier, stored.lifecycle) == (Origin.WRITTEN, Tier.SUGGEST, Lifecycle.ACTIVE)
    assert stored.steps == (Step(action="open", parameters={"what": "it"}),)
    assert add(rig, tier="observe").workflow.tier is Tier.OBSERVE
    assert stored in rig.store.workflows.all()


@pytest.mark.parametrize(
    "fields, said",
    [
        ({"name": " "}, "It needs a name"),
        ({"triggers": []}, "It needs a trigger"),
        ({"steps": []}, "It needs a step"),
        ({"name": "x" * 201}, "The length of the name cannot be 201"),
        ({"timeout": 0}, "timeout cannot be 0"),
        ({"timeout": "25 h"}, "timeout cannot be 1 d 1 h"),
        ({"timeout": 10**5000}, "timeout cannot be so much"),
        ({"most": 0}, "most cannot be 0"),
        ({"priority": 11}, "priority cannot be 11. It must be -10 to 10"),
        ({"rates": {"per_minute": 31}}, "rates.per_minute cannot be 31"),
        ({"rates": {"per_hour": 0}}, "rates.per_hour cannot be 0"),
        ({"steps": [OPEN] * 101}, "The number of steps cannot be 101"),
        ({"metadata": {"colour": "blue"}}, "metadata.colour cannot be 'blue'. As in #2f6fed"),
        ({"metadata": {"icon": "x" * 300}}, "The length of metadata.icon"),
        ({"steps": [{"action": "open", "timeout": 0}]}, "steps[0].timeout cannot be 0"),
        ({"steps": [{"action": "open", "retry": {"attempts": 1}}]}, "steps[0].retry.attempts cannot be 1"),
        ({"steps": [{"action": "open", "retry": {"delay": "2 h"}}]}, "steps[0].retry.delay cannot be"),
        ({"steps": [{"lasts": "8 d"}]}, "steps[0].lasts cannot be"),
        ({"steps": [{"question": " "}]}, "steps[0]: The question is empty"),
        ({"steps": [{"question": "{{ latest_output }}"}]}, "steps[0]: There is no latest_output"),
        ({"steps": [{"if": []}]}, "steps[0] has no condition"),
        ({"steps": [{"action": "opne"}]}, "steps[0]: There is no action called opne. Did you mean open"),
        (
            {"steps": [{"action": "open", "parameters": {"wat": "x"}}]},
            "open has no parameter wat. Did you mean what",
        ),
        ({"steps": [{"action": "open", "id": "a"}, {"action": "open", "id": "a"}]}, "both called a"),
        ({"steps": [{"action": "open", "after": ["s2"]}, OPEN]}, "circle"),
    ],
)
def test_what_cannot_work_is_refused(rig, fields, said):
    """Figures out of range, parts that are missing, names that do not exist: nothing is stored."""
    assert said in refused(rig, **fields)


@pytest.mark.parametrize(
    "trigger, said",
    [
        ({"type": "capture"}, "has nothing to wait for"),
        ({"type": "capture", "symbols": [""]}, "has nothing to wait for"),
        ({"type": "capture", "app": "x", "within": 0}, "within cannot be 0"),
        ({"cron": "0 25 * * *"}, "triggers[0]: "),
        ({"cron": "0 5 * * *", "timezone": "Europe/Berln"}, "Europe/Berlin"),
        ({"cron": "0 5 * * *", "window": "2 d"}, "window cannot be"),
        ({"cron": "0 5 * * *", "jitter": "2 h"}, "jitter cannot be"),
        ({"type": "condition", "watch": " ", "operator": "lt", "value": 3}, "which value to watch"),
        ({"type": "condition", "watch": "battery", "operator": "lt", "value": "low"}, "lt compares numbers"),
        (
            {"type": "condition", "watch": "x", "operator": "eq", "value": 3, "hysteresis": 2},
            "for lt and gt only",
        ),
        (
            {"type": "condition", "watch": "x", "operator": "lt", "value": 3, "hysteresis": -2},
            "hysteresis cannot be",
        ),
        (
            {"type": "condition", "watch": "x", "operator": "exists", "value": ""},
            "so that exists never fires",
        ),
        ({"type": "condition", "watch": "x", "operator": "gt", "value": "nan"}, "gt compares numbers"),
        (
            {"type": "condition", "watch": "x", "operator": "matches", "value": "?" * 501},
            "The length of a pattern cannot be 501. It must be at most 500",
        ),
        ({"type": "capture", "title": "*" * 501}, "The length of a pattern"),
        ({"type": "capture", "symbols": ["x"] * 101}, "The number of symbols"),
        ({"type": "state", "watch": "x", "to": "x" * 501}, "The length of a pattern"),
        ({"type": "state", "watch": "x", "from": "x" * 501}, "The length of a pattern"),
        ({"type": "age", "of": "focus", "longer_than": 5, "value": "x" * 501}, "The length of a pattern"),
        ({"type": "state", "watch": ""}, "which value to watch"),
        ({"type": "age", "of": "state", "longer_than": 5}, "which value to watch"),
        ({"type": "age", "of": "focus", "longer_than": 0}, "longer_than cannot be 0"),
        ({"type": "age", "of": "focus", "longer_than": 5, "watch": "x"}, "watch is not for the age of focus"),
        ({"type": "escalation", "after": "25 h"}, "when the question expires"),
        ({"type": "escalation", "after": "1 h", "workflow": "w-9"}, "There is no workflow 'w-9'"),
        ({"type": "run", "workflow": "w-9"}, "There is no workflow 'w-9'"),
    ],
)
def test_a_trigger_that_could_not_fire_is_refused(rig, trigger, said):
    """Each type with what it needs; the place is in the error."""
    told = refused(rig, triggers=[trigger])
    assert said in told
    assert told.startswith("triggers[0]")


@pytest.mark.parametrize(
    "statuses, said", [(["complete"], "Did you mean completed"), ([], "which runs count")]
)
def test_a_run_trigger_names_how_runs_end(rig, statuses, said):
    """Queued and running are no ends."""
    rig.save(a_workflow())
    with pytest.raises(InvalidInputError, match=said):
        add(rig, triggers=[{"type": "run", "workflow": "w-1", "statuses": statuses}])


def test_every_type_of_trigger_can_be_saved(rig):
    """What is right is not refused."""
    rig.save(a_workflow())
    triggers = [
        {"symbols": ["app:mail"]},
        FOCUS,
        {"cron": "0 6 * * *"},
        {"type": "condition", "watch": "battery", "operator": "lt", "value": "20", "hysteresis": 3},
        {"type": "condition", "watch": "network", "operator": "contains", "value": "office"},
        {"type": "state", "watch": "power", "to": "battery"},
        {"type": "age", "of": "state", "longer_than": "1 h", "watch": "presence"},
        {"type": "age", "of": "approval", "longer_than": "1 h"},
        {"type": "escalation", "after": "1 h"},
        {"type": "escalation", "after": "1 h", "workflow": "w-1"},
        {"type": "run", "workflow": "w-1", "statuses": ["failed", "timed_out"]},
        {"type": "manual"},
    ]
    assert len(add(rig, triggers=triggers).workflow.triggers) == 12


@pytest.mark.parametrize(
    "condition, said",
    [
        ({"field": "triger.title", "operator": "eq", "value": "x"}, "Did you mean trigger.title"),
        ({"field": "trigger.titel", "operator": "eq", "value": "x"}, "Did you mean trigger.title"),
        ({"field": "state", "operator": "exists"}, "There is no field state"),
        ({"field": "time.our", "operator": "lt", "value": 3}, "Did you mean time.hour"),
        ({"field": "time.hour", "operator": "lt", "value": "noon"}, "lt compares numbers"),
        ({"field": "latest_output", "operator": "exists"}, "There is no field latest_output"),
    ],
)
def test_a_condition_on_a_field_that_will_never_be_there_is_refused(rig, condition, said):
    """At the start of a workflow as in a step."""
    assert said in refused(rig, triggers=[FOCUS], conditions=[condition])
    told = refused(rig, {"if": [condition]}, triggers=[FOCUS])
    assert told.startswith("steps[0].if[0]: ")
    assert said in told


def test_conditions_read_what_is_known_where_they_stand(rig):
    """Trigger, states, time; after a step also its output."""
    known = [
        {"field": "trigger.title", "operator": "contains", "value": "x"},
        {"field": "state.anything.at_all", "operator": "exists", "value": False},
        {"field": "time.hour", "operator": "lt", "value": 12},
        {"field": "now.weekday", "operator": "eq", "value": "Monday"},
        {"field": "workflow.name", "operator": "matches", "value": "*"},
    ]
    output = {"field": "steps.s1.output", "operator": "exists"}
    assert add(rig, OPEN, {"if": [*known, output]}, triggers=[FOCUS], conditions=known)


# ---------------------------------------------------------------- parameters with templates


def test_names_in_templates_are_checked_where_they_stand(rig):
    """Only what certainly comes before a step can be read there."""
    first = {"action": "open", "id": "a"}
    reads = {"action": "open", "parameters": {"what": "{{ steps.a.output }} {{ trigger.title }}"}}
    assert add(rig, first, reads, triggers=[FOCUS]).workflow.steps[1].parameters == reads["parameters"]
    assert "Did you mean steps.a.output" in refused_more(
        rig, first, {**reads, "parameters": {"what": "{{ steps.aa.output }}"}}
    )
    beside = {**reads, "after": []}
    assert "certainly come before it" in refused_more(rig, first, beside, triggers=[FOCUS])
    assert "no trigger.title" in refused_more(rig, first, reads, triggers=[{"cron": "0 6 * * *"}])


def refused_more(rig, *steps, **fields):
    with pytest.raises(InvalidInputError) as error:
        add(rig, *steps, **fields)
    return str(error.value)


@pytest.mark.parametrize(
    "parameters, said",
    [
        ({"words": "{{ workflow.name }}", "may": 3}, "count has no parameter may. Did you mean many"),
        ({"words": "{{ workflow.name }}", "many": "x"}, "The parameter many of count is not valid"),
        ({"many": "{{ workflow.name }}"}, "count lacks the parameter words"),
        ({"words": "{{ secret.x }}"}, "It may stand in: extra"),
        ({"words": "x", "many": "x"}, "The parameters of count are not valid"),
    ],
)
def test_parameters_beside_a_template_are_checked_as_they_are(rig, parameters, said):
    """Their names and kinds are known before anything is filled in."""
    assert said in refused(rig, {"action": "count", "parameters": parameters})


def test_a_number_may_be_a_template(rig):
    """It is converted when it is filled in."""
    given = {"words": "x", "many": "{{ state.battery }}"}
    assert add(rig, {"action": "count", "parameters": given}).workflow.steps[0].parameters == given


def test_what_is_literal_beside_a_template_is_made_ready(rig):
    """As a script read from its file; braces in it are no template."""
    rig.actions["count"].readies = lambda parameters: Figures(
        words=parameters.words, extra="read {{ from }} a file"
    )
    given = {"words": "{{ workflow.name }}"}
    step = add(rig, {"action": "count", "parameters": given}).workflow.steps[0]
    assert step.parameters == {"words": given["words"], "many": 1, "extra": "read {{ '{{' }} from }} a file"}


def test_what_is_fixed_beside_a_template_is_judged_by_the_action(rig):
    """Not first when it runs; only where a template stands for a figure, nothing can be said before."""

    def judge(parameters):
        if parameters.extra == "wrong":
            raise InvalidInputError("This is no address")
        return parameters

    rig.actions["count"].readies = judge
    given = {"words": "{{ workflow.name }}", "extra": "wrong"}
    assert "steps[0]: This is no address" in refused(rig, {"action": "count", "parameters": given})
    later = {**given, "many": "{{ state.battery }}"}
    assert add(rig, {"action": "count", "parameters": later}).workflow.steps[0].parameters == later


def test_a_circle_through_a_step_that_has_to_ask_is_said(rig):
    """It asks because of what it reads, and the other one hears of questions that nobody answers."""
    late = add(rig, triggers=[{"type": "escalation", "after": "1 h"}]).workflow
    reads = {"action": "count", "parameters": {"words": "{{ trigger.name }}"}}
    card = add(rig, reads, triggers=[{"type": "run", "workflow": late.id}])
    assert "can start each other in a circle" in card.warnings[0]
    harmless = add(rig, OPEN, triggers=[{"type": "run", "workflow": late.id}])
    assert harmless.warnings == ()


def test_saving_what_was_saved_changes_nothing(rig):
    """Braces that stand for themselves stay as they are written, however often it is saved."""
    given = {"words": "{{ '{{' }} x }}", "extra": "y"}
    saved = add(rig, {"action": "count", "parameters": given}).workflow
    again = add(rig, {"action": "count", "parameters": saved.steps[0].parameters}).workflow
    assert saved.steps[0].parameters == again.steps[0].parameters == {**given, "many": 1}


def test_what_was_learned_is_no_template(rig):
    """A title with braces in it can neither read a secret nor break a step."""
    step = learned_step(rig.context, Step(action="open", parameters={"what": "{{ secret.key }}"}))
    assert step.parameters == {"what": "{{ '{{' }} secret.key }}"}


def test_parameters_that_go_without_saying_are_left_out_of_documents(rig):
    """A step reads as it was written."""
    rig.actions["gone"] = Act("gone")
    saved = add(
        rig, {"action": "count", "parameters": {"words": "x", "many": 2}}, {"lasts": 5}, {"action": "gone"}
    )
    del rig.actions["gone"]
    parameters = [
        step.parameters for step in tidy_steps(saved.workflow, rig.context) if isinstance(step, Step)
    ]
    assert parameters == [{"words": "x", "many": 2}, {"what": "it"}]


# ---------------------------------------------------------------- warnings


def test_what_should_be_known_is_said_but_refuses_nothing(rig):
    """Missing secrets, values nobody tells of, and steps that will ask each time."""
    rig.context.secrets.put("there", "x")
    card = add(
        rig,
        {"action": "count", "parameters": {"words": "{{ trigger.title }}", "extra": "{{ secret.missing }}"}},
        {"action": "count", "parameters": {"words": "x", "extra": "{{ secret.there }}"}},
        {"action": "count", "parameters": {"words": "{{ now.date }}"}},
        triggers=[FOCUS, {"type": "state", "watch": "batery"}, {"type": "state", "watch": "power"}],
    )
    assert card.warnings == (
        "There is no secret missing yet. Set it: understudy secrets set missing",
        "Nothing has told of a value called batery yet. Did you mean battery",
        "Step s1 will ask each time: its words is made of what was captured or put out",
    )


def test_a_limit_that_is_passed_already_is_said(rig):
    """Saving starts nothing: it has to go back first. One that is not passed, or not known, needs no word."""
    rig.see("battery", kind=CaptureKind.STATE, text="10")
    low = {"type": "condition", "watch": "battery", "operator": "lt", "value": 20}
    card = add(rig, triggers=[low, {**low, "value": 5}, {**low, "watch": "network"}, FOCUS])
    assert card.warnings == ('battery is "10" already: it fires when that has ended and comes again',)


def test_a_keyring_that_cannot_be_read_is_said(rig):
    """Whether a secret is there is not known then."""

    def closed():
        raise CapabilityMissingError("The keyring is locked")

    rig.context.secrets.names = closed
    card = add(rig, {"action": "count", "parameters": {"words": "x", "extra": "{{ secret.a }}"}})
    assert card.warnings == ("It needs secrets, but which there are cannot be seen: The keyring is locked",)


def test_workflows_that_can_start_each_other_are_said(rig):
    """A circle is stopped when it runs; it is told before."""
    rig.save(a_workflow(triggers=(MAIL, RunTrigger(workflow="w-1"))))
    card = rig.ask(lambda service: service.workflow("w-1"))
    assert "can start each other in a circle" in card.warnings[0]


def test_long_lengths_of_time_are_allowed_up_to_their_bounds(rig):
    """The bounds themselves are fine."""
    stored = add(
        rig, {"lasts": 7 * DAY}, timeout=DAY, triggers=[{"cron": "0 6 * * *", "jitter": HOUR}]
    ).workflow
    assert (stored.timeout, stored.steps[0].lasts) == (DAY, 7 * DAY)
