"""What the log commands print with --json: the documents as they are promised to programs."""

import msgspec
import pytest

from tests.fakes.engine_rig import a_pattern
from tests.fakes.foresight import Foresight
from understudy.core.capture import Symbol
from understudy.core.pattern import Occurrence, PatternKind, PatternState
from understudy.core.trust import Evidence, Tier
from understudy.core.workflow import CaptureTrigger, ManualTrigger, Step, TimeTrigger
from understudy.engine.reading import Reading, ReadTemplate
from understudy.engine.replaying import Replayed, ReplayedPattern
from understudy.interfaces.cli import replay_report
from understudy.interfaces.cli.command import to_json

T0 = 1_717_570_941_250
"""2024-06-05 07:02:21.25 UTC."""


def replayed(pattern, tier=Tier.SUGGEST, **fields):
    one = ReplayedPattern(
        state=PatternState(pattern=pattern, evidence=Evidence(hits=9, misses=1)),
        tier=tier,
        suggested_at=T0 + 4000 if tier is Tier.SUGGEST else 0,
        occurrences=(Occurrence(start=T0, end=T0 + 7, first=0, last=3),),
    )
    return Replayed(
        captures=7, bad=1, first_bad=None, private=0, foreign=0, first=T0, last=T0 + 129_600_000,
        seconds=0.25, patterns=(one,), **fields,
    )  # fmt: skip


def document(found, *, everything=True):
    return msgspec.json.decode(to_json(replay_report.report(found, everything=everything)))


def test_a_replay_is_told_as_promised():
    """Every field by its name, in this order, and no other."""
    pattern = a_pattern(
        trigger=CaptureTrigger(symbols=("app:mail",)),
        symbols=("app:mail", "url:time.example/sheet", "paste:excel"),
        expects=("url:time.example/sheet", "paste:excel"),
        steps=(Step(action="open_url", parameters={"url": "https://time.example/sheet"}),),
        kind=PatternKind.ROUTINE,
        found_at=T0 + 1000,
    )
    shown = document(replayed(pattern))
    assert shown == {
        "format": "understudy.replay/1",
        "captures": 7,
        "first": "2024-06-05T07:02:21.250Z",
        "last": "2024-06-06T19:02:21.250Z",
        "days": 1.5,
        "seconds": 0.25,
        "patterns": [
            {
                "id": "p-1",
                "kind": "routine",
                "summary": "After Mail, you open it",
                "trigger": {"type": "capture", "symbols": ["app:mail"], "cron": None, "timezone": None},
                "steps": [
                    {
                        "action": "open_url",
                        "symbol": "url:time.example/sheet",
                        "target": "https://time.example/sheet",
                    },
                    {"action": None, "symbol": "paste:excel", "target": None},
                ],
                "symbols": ["app:mail", "url:time.example/sheet", "paste:excel"],
                "occurrences": [
                    {
                        "start": "2024-06-05T07:02:21.250Z",
                        "end": "2024-06-05T07:02:21.257Z",
                        "first": 0,
                        "last": 3,
                    }
                ],
                "support": 5,
                "days": 3,
                "found_at": "2024-06-05T07:02:22.250Z",
                "evidence": {"hits": 9, "misses": 1, "lower_bound": 0.5958},
                "tier": "suggest",
                "suggested_at": "2024-06-05T07:02:25.250Z",
            }
        ],
    }
    assert [*shown] == ["format", "captures", "first", "last", "days", "seconds", "patterns"]
    assert [*shown["patterns"][0]][:6] == ["id", "kind", "summary", "trigger", "steps", "symbols"]


TRIGGERS = {
    "time": (
        TimeTrigger(cron="55 8 * * 1-5", timezone="Europe/Berlin"),
        {"symbols": [], "cron": "55 8 * * 1-5", "timezone": "Europe/Berlin"},
    ),
    "manual": (ManualTrigger(), {"symbols": [], "cron": None, "timezone": None}),
}


@pytest.mark.parametrize("kind", TRIGGERS)
def test_a_trigger_says_what_it_is(kind):
    """What does not apply is null."""
    trigger, told = TRIGGERS[kind]
    (one,) = document(replayed(a_pattern(trigger=trigger)))["patterns"]
    assert one["trigger"] == {"type": kind} | told


TARGETS = {
    "open_app": ({"app": "obsidian"}, "obsidian"),
    "run_script": ({"script": "git pull\n"}, "git pull"),
    "type_text": ({"text": "Kind regards"}, "Kind regards"),
    "notify": ({"title": "x"}, None),
}


@pytest.mark.parametrize("action", TARGETS)
def test_a_step_names_what_it_is_about(action):
    """The program, address, script or text; null for anything else."""
    parameters, target = TARGETS[action]
    (one,) = document(replayed(a_pattern(steps=(Step(action=action, parameters=parameters),))))["patterns"]
    assert one["steps"] == [{"action": action, "symbol": "app:it", "target": target}]


def test_what_is_carried_over_says_where_it_was_seen():
    """Copied at the first symbol, pasted at the third; a step that can be done keeps its own target."""
    pattern = a_pattern(
        trigger=CaptureTrigger(symbols=("copy:sheet",)),
        symbols=("copy:sheet", "app:form", "paste:form", "click:OK"),
        expects=("app:form", "paste:form", "click:OK"),
        steps=(Step(action="open_app", parameters={"app": "form"}),),
        flows=((0, 2), (0, 1)),
    )
    (one,) = document(replayed(pattern))["patterns"]
    assert [step["target"] for step in one["steps"]] == ["form", "{{ symbols.0.value }}", None]


def test_what_was_carried_within_the_trigger_is_no_step():
    """Only what is expected after it is told."""
    pattern = a_pattern(
        trigger=CaptureTrigger(symbols=("copy:a", "paste:b")),
        symbols=("copy:a", "paste:b", "copy:b", "paste:c"),
        expects=("copy:b", "paste:c"),
        steps=(),
        flows=((0, 1), (2, 3)),
    )
    (one,) = document(replayed(pattern))["patterns"]
    assert [step["target"] for step in one["steps"]] == [None, "{{ symbols.2.value }}"]


def test_what_stayed_in_the_shadow_is_told_only_when_all_is_wanted():
    """Without a time at which it would have been suggested."""
    found = replayed(a_pattern(), Tier.OBSERVE)
    (one,) = document(found)["patterns"]
    assert (one["tier"], one["suggested_at"]) == ("observe", None)
    assert document(found, everything=False)["patterns"] == []


def test_an_empty_log_has_no_times():
    """Null, not 1970."""
    empty = Replayed(captures=0, bad=0, first_bad=None, private=0, foreign=0, first=0, last=0, patterns=())
    assert (document(empty)["first"], document(empty)["last"], document(empty)["days"]) == (None, None, 0.0)


def test_a_reading_is_told_as_promised():
    """Each template with its first example and what was left out."""
    symbol = Symbol(
        exact="url:x.example/7",
        template="url:x.example/{n}",
        coarse="url:x.example",
        parameters=(("n", "7"),),
    )
    reading = Reading(
        captures=3, bad=0, first_bad=None, private=0, unseen=0, sessions=2,
        templates=(ReadTemplate(symbol=symbol, seen=3, is_rare=False),),
    )  # fmt: skip
    assert msgspec.to_builtins(replay_report.reading(reading)) == {
        "format": "understudy.symbols/1",
        "captures": 3,
        "sessions": 2,
        "templates": (
            {
                "template": "url:x.example/{n}",
                "coarse": "url:x.example",
                "exact": "url:x.example/7",
                "parameters": (("n", "7"),),
                "seen": 3,
                "is_rare": False,
            },
        ),
    }


def test_foresight_is_told_as_promised():
    """Shares from 0 to 1, to four digits."""
    assert msgspec.to_builtins(replay_report.foreseen(Foresight())) == {
        "format": "understudy.predict/1",
        "events": 1200,
        "hit_1": 0.4667,
        "hit_5": 0.75,
        "mrr": 0.6,
        "precision_5": 0.9,
        "precision_10": 0.8,
    }
