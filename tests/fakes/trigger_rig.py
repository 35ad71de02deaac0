"""The first stages of the engine by a virtual clock: what fires, without anything being done about it."""

from tests.fakes.acts import all_acts
from tests.fakes.hotkeys import FakeHotkeys
from tests.fakes.learner import ScriptedLearner
from tests.fakes.store import NOON
from understudy.app.virtual import FreeScreen, VirtualClock, VirtualScheduler
from understudy.core.capture import Capture, CaptureKind
from understudy.core.trust import Tier
from understudy.core.workflow import Lifecycle, Step, Workflow
from understudy.engine import decide, ingest, rehearsing, watching
from understudy.engine.context import Context
from understudy.engine.messages import Asked, Captured, Fired, RunWanted, Woken
from understudy.store.memory import MemoryStore

ZONE = "Europe/Berlin"


class TriggerRig:
    """Feed it, let time pass, and see what fired."""

    def __init__(self, *workflows, store=None, clock=None, at=NOON):
        self.store = store or MemoryStore()
        self.clock = clock or VirtualClock(at, ZONE)
        self.scheduler = VirtualScheduler(self.clock, lambda key: self.put(Woken(key=key)))
        self.posted = []
        self.context = Context(
            clock=self.clock,
            store=self.store,
            learner=ScriptedLearner(),
            notifier=None,
            messenger=None,
            secrets=None,
            hotkeys=FakeHotkeys(),
            screen_watch=FreeScreen(),
            scheduler=self.scheduler,
            workers=None,
            actions=all_acts(),
            new_learner=ScriptedLearner,
            name_of=str.title,
            post=self.posted.append,
            tell=lambda kind, payload: None,
        )
        self.context.started_at = self.now
        self.out = []
        """Everything that decide said, in order."""
        for workflow in workflows:
            self.store.workflows.put(workflow)
        watching.restore(self.context)
        decide.arm(self.context)
        for message in tuple(decide.missed(self.context)):
            self.put(message)

    @property
    def now(self):
        return self.clock.now()

    def restart(self):
        """Return the next one over the same store and time."""
        return TriggerRig(store=self.store, clock=self.clock)

    def save(self, workflow):
        """Store a workflow and listen to it."""
        self.store.workflows.put(workflow)
        decide.arm(self.context)

    def put(self, message):
        """Take one message through the first stages."""
        for item in (message, *ingest.ingest(message, self.context)):
            self.out += decide.decide(item, self.context)
            rehearsing.rehearse(item, self.context)

    def work_off(self):
        """Take in what was posted; returns how many messages that was."""
        count = 0
        while self.posted:
            self.put(self.posted.pop(0))
            count += 1
        return count

    def see(self, app="mail", kind=CaptureKind.FOCUS, **fields):
        """Let a watcher report something."""
        at = fields.pop("at", self.now)
        self.put(Captured(capture=Capture(at=at, kind=kind, source="test", app=app, **fields)))

    def value(self, name, value, **fields):
        """Let a watched value become this."""
        self.see(name, CaptureKind.STATE, text=str(value), **fields)

    def presence(self, text):
        """Let the person go or come."""
        self.see("", CaptureKind.PRESENCE, text=text)

    def wait(self, span):
        """Let time pass, with every wake-up on the way."""
        self.scheduler.run_until(self.now + span)

    def sleep(self, span):
        """Let time pass while nothing wakes the engine, then all that is due at once."""
        self.clock.move_to(self.now + span)
        self.scheduler.run_until(self.now)

    def set_back(self, span):
        """Let the person's clock be set back."""
        self.clock._now -= span

    @property
    def fired(self):
        """Ids of the workflows that fired, in order."""
        return [each.workflow.id for each in self.out if isinstance(each, Fired)]

    @property
    def wanted(self):
        """The runs and questions that follow."""
        return [each for each in self.out if isinstance(each, (RunWanted, Asked))]


def flow(workflow_id="w-1", *triggers, **fields):
    """Return an active workflow in tier auto."""
    given = {"name": workflow_id, "steps": (Step(action="open"),), "tier": Tier.AUTO}
    given |= {"lifecycle": Lifecycle.ACTIVE, "created_at": NOON - 60_000} | fields
    return Workflow(id=workflow_id, triggers=triggers, **given)
