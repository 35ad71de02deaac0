"""The agent that is killed: real engine, threads and store, playing a plan, or going on with what is left.

As a program it loads everything once and then forks one agent for each line it reads, so that a kill point costs
milliseconds: `{"folder": ..., "plan": [...], ...}` in, `PID` out, then the status it ended with.
"""

import contextlib
import json
import logging
import os
import queue
import sys
import threading
import time
import traceback
from pathlib import Path

from tests.fakes.engine_rig import ListIntake, PlainMachine
from tests.fakes.learner import ScriptedLearner
from tests.proof.deeds import Flaky, Line, LineNotifier, ThreadScheduler, lines_of, write_line
from tests.proof.scenario import SCRIPTED, wishes, workflows
from understudy.adapters.actions.http_request import HttpRequest
from understudy.adapters.actions.notify import Notify
from understudy.adapters.actions.run_script import RunScript
from understudy.adapters.clock import SystemClock
from understudy.adapters.workers import ThreadWorkers
from understudy.app.agent import LocalAgent, Parts
from understudy.app.virtual import MemorySecrets, SilentMessenger
from understudy.config import Home
from understudy.core.action import Performed, UndoStatus
from understudy.core.capture import Capture, CaptureKind
from understudy.core.grant import Scope
from understudy.core.run import StepStatus
from understudy.core.suggestion import Answer
from understudy.engine import ending, propose
from understudy.engine.engine import Engine
from understudy.engine.messages import Woken
from understudy.errors import StoreError, UnderstudyError
from understudy.store.runs import SqliteRuns
from understudy.store.sqlite import open_store

ENVIRONMENT = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": "/", "TZ": "UTC"}
AT_REST = "at rest"
"""A folder that appears once all that could be done was tried while the disk is broken."""
PATIENCE = 10.0
"""Seconds within which all that goes on must have come to its end."""
SHORT = 0.5
"""The same while the disk is broken: then an answer, say, cannot be taken, and its run waits on."""


class Victim:
    """One life of the agent in a folder; `home` the store, `effects` what it did."""

    def __init__(self, job):
        self._job = job
        folder = Path(job["folder"])
        self.effects = folder / "effects"
        self._clock = SystemClock()
        self._engine = Engine()
        self._scheduler = ThreadScheduler(self._clock, lambda key: self._engine.put(Woken(key=key)))
        self._workers = ThreadWorkers()
        self.store = open_store(Home(folder=str(folder / "home")), now=self._clock.now())
        self._agent = LocalAgent(self._parts(), self._engine)
        self._told = queue.SimpleQueue()
        self._agent.subscribe(lambda kind, payload: self._told.put((kind, payload)))
        self._flows = workflows(job["address"], self.effects)
        self.heard_troubles = set()
        self.was_refused = []

    def _parts(self):
        path = self.effects
        notifier = LineNotifier(path)
        acts = (
            Line("line", path),
            Line("again", path, idempotent=True),
            Flaky("flaky", path),
            Notify(notifier=notifier),
            HttpRequest(),
            RunScript(environment=ENVIRONMENT),
        )
        return Parts(
            clock=self._clock,
            store=self.store,
            notifier=notifier,
            messenger=SilentMessenger(),
            secrets=MemorySecrets(),
            scheduler=self._scheduler,
            workers=self._workers,
            actions={act.name: act for act in acts},
            new_learner=ScriptedLearner,
            name_of=str,
            intake=ListIntake(),
            machine=PlainMachine(),
        )

    def prepare(self):
        """Make a store that holds the workflows."""
        for flow in self._flows.values():
            self.store.workflows.put(flow)
        self.store.close()

    def live(self):
        """Take up what is left, play the plan, see it all to its end; return how everything stands."""
        self._allow_script()
        left = self._left_open()
        pending = {run.id: None for run in self.store.runs.unfinished()}
        self._agent.start()
        self._scheduler.start()
        self._see_to_end(pending)
        for name in self._job["plan"]:
            self._play(name)
        self._outlast_trouble()
        self._undo()
        self._play("after", f"r-after-{self._job.get('life', 1)}")
        report = self._agent.ask(lambda _: self._report(left))
        self._agent.stop()
        return report

    def _left_open(self):
        """[line, how often it stands there] of every step that an earlier life was in the middle of."""
        lines = lines_of(self.effects)
        return [
            [f"{step.action} {run.id}.{step.index}", lines.count(f"{step.action} {run.id}.{step.index}")]
            for run in self.store.runs.unfinished()
            for step in run.steps
            if step.status is StepStatus.INTENT
        ]

    def _allow_script(self):
        """Give consent to the script, which names this very folder."""
        if SCRIPTED in self._job["plan"]:
            flow = self._flows[SCRIPTED]
            self.store.workflows.put(flow)
            propose.give_consent(self._agent.context, flow, Scope.ALWAYS, "proof")

    def _play(self, name, run_id=""):
        wanted = wishes(name, self._flows[name], run_id)
        for wish in wanted:
            self._engine.put(wish)
        self._see_to_end({wish.run_id: wish.reply for wish in wanted})

    def _see_to_end(self, pending):
        """Wait until these runs have ended, saying yes to every question meanwhile."""
        is_broken = bool(self._job.get("errors"))
        until = time.monotonic() + (SHORT if is_broken else PATIENCE)
        while pending and time.monotonic() < until:
            self._answer()
            pending = self._agent.ask(lambda _, pending=pending: self._going_on(pending))
            if pending:
                self._listen(0.02 if is_broken else 0.5)
        if pending and not is_broken:
            raise TimeoutError(f"{sorted(pending)} did not end")

    def _going_on(self, pending):
        """Return those that have still to end; one that could not be written down at all never began."""
        context = self._agent.context
        self.heard_troubles |= set(context.troubles)
        return {
            run_id: reply
            for run_id, reply in pending.items()
            if (reply is not None and not reply.done())
            or (run_id in context.active and not context.active[run_id].is_over)
        }

    def _listen(self, seconds):
        try:
            self._told.get(timeout=seconds)
        except queue.Empty:
            return

    def _answer(self):
        for suggestion in self._agent.ask(lambda _: self.store.suggestions.waiting()):
            self._try(lambda service, s=suggestion: service.answer(s.id, Answer.DO, "cli"))

    def _undo(self):
        for run in self._agent.ask(lambda _: self.store.runs.recent()):
            if run.workflow.id == "w-undone" and run.undo_status is UndoStatus.AVAILABLE:
                self._try(lambda service, run=run: service.undo(run.id, "cli"))

    def _try(self, call):
        try:
            self._agent.ask(call)
        except StoreError:
            if not self._job.get("errors"):
                raise
            self.was_refused.append("store")
        except UnderstudyError as error:
            self.was_refused.append(error.code)

    def _outlast_trouble(self):
        """Once the disk is well again: wait until everything has ended, and let a watcher see something."""
        if not self._job.get("errors"):
            return
        self.heard_troubles |= set(self._agent.context.troubles)
        Path(self._job["folder"], AT_REST).mkdir(exist_ok=True)
        while is_traced() and self._job["errors"] == "for_ever":
            time.sleep(0.002)
        until = time.monotonic() + PATIENCE
        while self._agent.ask(lambda service: len(service._context.active)) and time.monotonic() < until:
            self._answer()
            time.sleep(0.01)
        for app in ("mail", "notes"):  # the first may be the one that fails
            capture = Capture(at=self._clock.now(), kind=CaptureKind.FOCUS, source="proof", app=app)
            self._engine.capture(capture)

    def _report(self, left):
        context = self._agent.context
        runs = [
            {
                "id": run.id,
                "status": run.status.value,
                "text": run.text,
                "undo": run.undo_status.value,
                "steps": [
                    {"action": step.action, "status": step.status.value, "undo": step.undo_status.value}
                    for step in run.steps
                ],
            }
            for run in self.store.runs.recent(limit=1_000)
        ]
        self.store._journal.check("integrity_check")
        self.store._captures.check("integrity_check")
        return {
            "life": self._job.get("life", 1),
            "errors": self._job.get("errors", ""),
            "left": left,
            "runs": runs,
            "unfinished": len(self.store.runs.unfinished()),
            "repaired": list(self.store.troubles),
            "troubles": context.troubles,
            "had_trouble": sorted(self.heard_troubles),
        }


def is_traced():
    """Whether something like strace holds this process."""
    try:
        return "TracerPid:\t0\n" not in Path("/proc/self/status").read_text()
    except OSError:  # that is what it does to us
        return True


def forget_intents():
    """The control: intents are not written down, as if one acted first and recorded afterwards."""
    put = SqliteRuns.put

    def put_late(self, run):
        if all(step.status is not StepStatus.INTENT for step in run.steps):
            put(self, run)

    SqliteRuns.put = put_late


def be_reckless():
    """The control for broken disks: what cannot be written down is forgotten, and done all the same."""
    put = SqliteRuns.put

    def put_or_not(self, run):
        with contextlib.suppress(StoreError):
            put(self, run)

    SqliteRuns.put = put_or_not


def be_hasty():
    """The other control: an action says that it is done before it is."""

    def perform(self, parameters, context, before):
        line = f"{self.name} {context.tag}"
        threading.Timer(0.005, write_line, (self._path, line)).start()
        return Performed(output="written")

    Line.perform = perform


def one_life(job):
    """Do what a job says, in a process of its own."""
    if job.get("forgets"):
        forget_intents()
    if job.get("reckless"):
        be_reckless()
    if job.get("hasty"):
        be_hasty()
    if job.get("errors"):
        ending.STORE_AGAIN = 20
    while job.get("traced") and not is_traced():
        time.sleep(0.0005)
    if job.get("prepare"):
        Victim(job).prepare()
        return {}
    return Victim(job).live()


def fork_one(job):
    """Fork one life; returns its process id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        report = one_life(job)
        Path(job["folder"], "report.json").write_text(json.dumps(report))
        code = 0
    except BaseException:  # noqa: BLE001  (whatever it is belongs into the report)
        Path(job["folder"], "error.txt").write_text(traceback.format_exc())
    finally:
        os._exit(code)


def main():
    logging.disable(logging.CRITICAL)
    for text in sys.stdin:
        child = fork_one(json.loads(text))
        print(child, flush=True)
        print(os.waitpid(child, 0)[1], flush=True)


if __name__ == "__main__":
    main()
