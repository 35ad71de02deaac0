"""Deciding with 1,000 workflows armed: what a capture costs, and what arming costs.

Run by itself: `python -m tests.benchmarks.bench_triggers`. Times are those of the process, not of the wall.
"""

import time

from tests.fakes.trigger_rig import TriggerRig, flow
from understudy.core.capture import Capture, CaptureKind, Symbol
from understudy.core.value import HOUR, SECOND
from understudy.core.workflow import (
    AgedThing,
    AgeTrigger,
    CaptureTrigger,
    Condition,
    ConditionTrigger,
    Operator,
    RunTrigger,
    StateTrigger,
    TimeTrigger,
)
from understudy.engine.decide import arm, decide
from understudy.engine.messages import Noted

ARMED = 1_000
CAPTURES = 20_000
LIMIT = 50
"""Microseconds a capture may cost."""
WORDS = (
    "report",
    "invoice",
    "ticket",
    "meeting",
    "review",
    "budget",
    "release",
    "holiday",
    "letter",
    "draft",
)


def trigger(number):
    """One of eight sorts of triggers, all different."""
    word = WORDS[number % len(WORDS)]
    return (
        CaptureTrigger(symbols=(f"app:a{number}", f"app:b{number}")),
        CaptureTrigger(title=f"*{word} {number}*"),
        CaptureTrigger(kind=CaptureKind.FOCUS, app="firefox", title=f"*{word}*{number}"),
        CaptureTrigger(kind=CaptureKind.FILE, text=f"*/{word}/{number}/*.pdf"),
        ConditionTrigger(watch=f"value{number}", operator=Operator.LT, value=float(number)),
        StateTrigger(watch="power", to=f"state{number}"),
        AgeTrigger(of=AgedThing.FOCUS, value=f"app{number}", longer_than=HOUR),
        TimeTrigger(cron=f"{number % 60} 3 * * *", timezone="Europe/Berlin"),
        RunTrigger(workflow=f"w-{number - 1}"),
    )[number % 9]


def captures():
    """A day at the desk: windows with long titles, pages, files, values; nothing in it fires."""
    for number in range(CAPTURES):
        at, word = number * SECOND, WORDS[number % 7]
        sort = number % 10
        if sort < 7:
            title = f"Quarterly {word} of the northern region, page {number % 50} - Mozilla Firefox"
            yield at, CaptureKind.FOCUS, ("firefox", "mail", "code")[number % 3], title, ""
        elif sort == 7:
            yield at, CaptureKind.FILE, "files", "", f"/home/me/Documents/{word}/2025/{number % 100}.odt"
        else:
            yield at, CaptureKind.STATE, f"value{number % 1000}", "", str(50_000 + number % 2)


def measure():
    """Return (microseconds a capture, milliseconds to arm, milliseconds to arm again)."""
    condition = (Condition(field="state.power", operator=Operator.EQ, value="x"),)
    rig = TriggerRig()
    for number in range(ARMED):
        rig.store.workflows.put(flow(f"w-{number}", trigger(number), conditions=condition))
    arming = []
    for _ in range(2):
        began = time.process_time()
        arm(rig.context)
        arming.append((time.process_time() - began) * 1e3)
    start = rig.now
    notes = []
    for number, (at, kind, app, title, text) in enumerate(captures()):
        capture = Capture(at=start + at, kind=kind, source="x", app=app, title=title, text=text)
        name = f"{kind.value}:{app}{text}"
        notes.append(Noted(id=number, capture=capture, symbol=Symbol(exact=name, template=name)))
    began = time.process_time()
    for note in notes:
        rig.clock.move_to(note.capture.at)
        for _ in decide(note, rig.context):
            pass
    each = (time.process_time() - began) / len(notes) * 1e6
    return each, *arming


def main():
    each, first, again = measure()
    print(f"{ARMED} workflows armed: {each:.1f} us a capture (at most {LIMIT})")
    print(f"arming them all {first:.0f} ms, again {again:.0f} ms")


if __name__ == "__main__":
    main()
