"""A real agent over a store in memory, with its threads, behind the real local API; only its acts are fakes."""

import contextlib
import tempfile
import time
from pathlib import Path

from tests.fakes.acts import all_acts
from tests.fakes.engine_rig import ListIntake, PlainMachine, a_state, a_workflow
from tests.fakes.learner import ScriptedLearner
from tests.fakes.messenger import FakeMessenger
from tests.fakes.notifier import FakeNotifier
from tests.fakes.secrets import FakeSecrets
from tests.integration.api_server import Knocker
from understudy.adapters.clock import SystemClock
from understudy.adapters.scheduler import ApsScheduler
from understudy.adapters.workers import ThreadWorkers
from understudy.app.agent import LocalAgent, Parts
from understudy.core.capture import Capture, CaptureKind
from understudy.core.trust import Tier
from understudy.engine import promote
from understudy.engine.engine import Engine
from understudy.engine.messages import Found, Moved, Woken
from understudy.interfaces.api.server import LocalApi
from understudy.store.memory import MemoryStore


class LiveApi(Knocker):
    """A running agent with its API, and a client."""

    def __init__(self, folder, store=None):
        self.engine = Engine()
        self.clock = SystemClock()
        self.store = store or MemoryStore()
        self.actions = all_acts()
        self.screen = FakeNotifier()
        self.secrets = FakeSecrets()
        self.intake = ListIntake()
        self.machine = PlainMachine()
        self.workers = ThreadWorkers()
        self.scheduler = ApsScheduler(self.clock, lambda key: self.engine.put(Woken(key=key)))
        self.agent = LocalAgent(
            Parts(
                clock=self.clock,
                store=self.store,
                notifier=self.screen,
                messenger=FakeMessenger(),
                secrets=self.secrets,
                scheduler=self.scheduler,
                workers=self.workers,
                actions=self.actions,
                new_learner=ScriptedLearner,
                name_of=str.title,
                intake=self.intake,
                machine=self.machine,
            ),
            self.engine,
        )
        self.file = Path(folder) / "agent.json"
        self.api = LocalApi(self.agent, self.file)

    def start(self):
        self.scheduler.start()
        self.agent.start()
        self.endpoint = self.api.start()

    def stop(self):
        self.api.stop()
        self.agent.stop()
        self.scheduler.stop()
        self.workers.stop()

    def save(self, **fields):
        """Store a workflow as if it had been written."""
        return self.agent.ask(
            lambda use: promote.change(use._context, a_workflow(fields.pop("tier", Tier.AUTO), **fields))
        )

    def learn(self, **fields):
        """Know a pattern with the evidence to be offered."""
        state = a_state(**fields)

        def know(use):
            use._context.learner.known[state.pattern.id] = state
            use._context.store.patterns.put(state)

        self.agent.ask(know)
        self.engine.put(Found(pattern=state.pattern))
        self.engine.put(Moved(state=state))
        return state

    def see(self, app="mail", kind=CaptureKind.FOCUS, **fields):
        """Let a watcher report something that happens now."""
        self.engine.capture(Capture(at=int(time.time() * 1000), kind=kind, source="test", app=app, **fields))


@contextlib.contextmanager
def living():
    """An agent and its API for as long as the block runs."""
    with tempfile.TemporaryDirectory() as folder:
        live = LiveApi(folder)
        live.start()
        try:
            yield live
        finally:
            live.stop()
