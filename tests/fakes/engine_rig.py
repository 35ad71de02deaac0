"""A whole agent by a virtual clock, without threads: feed it, let time pass, read its store and its screen."""

from collections import deque
from concurrent.futures import Future

from tests.fakes.acts import all_acts
from tests.fakes.hotkeys import FakeHotkeys
from tests.fakes.learner import ScriptedLearner
from tests.fakes.messenger import FakeMessenger
from tests.fakes.notifier import FakeNotifier
from tests.fakes.screen_watch import FakeScreenWatch
from tests.fakes.secrets import FakeSecrets
from tests.fakes.store import NOON
from understudy.app.agent import LocalAgent, Parts
from understudy.app.virtual import InlineWorkers, VirtualClock, VirtualScheduler
from understudy.core.capture import Capture, CaptureKind
from understudy.core.pattern import Pattern, PatternKind, PatternState
from understudy.core.ports import Capability
from understudy.core.suggestion import Answer
from understudy.core.trust import Evidence, Tier
from understudy.core.value import MINUTE
from understudy.core.workflow import CaptureTrigger, Lifecycle, Origin, Step, Workflow
from understudy.engine import promote
from understudy.engine.context import HELD_BACK
from understudy.engine.engine import Engine
from understudy.engine.messages import Found, Moved, Requested, Woken
from understudy.errors import InvalidInputError, StoreError
from understudy.store.memory import MemoryStore

ZONE = "Europe/Berlin"
MAIL = CaptureTrigger(symbols=("app:mail",))
FULL = StoreError("journal.db could not be written", "The disk is full", "Make room")


class HeldWorkers:
    """Keeps the `Workers` port; a job is done when the test says so."""

    def __init__(self):
        self.jobs = deque()

    def submit(self, job):
        self.jobs.append(job)

    def do_next(self):
        self.jobs.popleft()()


class ListIntake:
    """Keeps the `Intake` port over records a test gives; an exception among them is raised when it is reached."""

    def __init__(self):
        self.records = []

    def open(self, source, format_name, options):
        if not self.records:
            raise InvalidInputError(f"{source} holds nothing")
        return format_name or "list", self._read()

    def _read(self):
        for record in self.records:
            if isinstance(record, Exception):
                raise record
            yield record


class PlainMachine:
    """Keeps the `Machine` port in two variables."""

    def __init__(self):
        self.can = (Capability(name="focus", state="ready"),)
        self.breaks = None
        self.is_autostarting = False
        self.has_quit = False

    def capabilities(self):
        if self.breaks:
            raise self.breaks
        return self.can

    def autostart(self):
        return self.is_autostarting

    def set_autostart(self, *, enabled):
        self.is_autostarting = enabled

    def quit(self):
        self.has_quit = True


class EngineRig:
    """An agent, what it is made of, and the ways to act on it."""

    def __init__(
        self,
        *,
        store=None,
        at=NOON,
        workers=None,
        actions=None,
        clock=None,
        new_learner=ScriptedLearner,
        secrets=None,
    ):
        self.store = store or MemoryStore()
        self.clock = clock or VirtualClock(at, ZONE)
        self.workers = workers or InlineWorkers()
        self.actions = all_acts() if actions is None else actions
        self.screen = FakeNotifier()
        self.messenger = FakeMessenger()
        self.secrets = secrets or FakeSecrets()
        self.hotkeys = FakeHotkeys()
        self.screen_watch = FakeScreenWatch()
        self.intake = ListIntake()
        self.machine = PlainMachine()
        self.learners = []
        self._makes_learner = new_learner
        self.engine = Engine()
        self.scheduler = VirtualScheduler(self.clock, self._on_wake)
        self.agent = LocalAgent(self._parts(), self.engine)
        self.told = []
        self.agent.subscribe(lambda kind, payload: self.told.append((kind, payload)))
        self.context = self.agent.context

    @property
    def now(self):
        return self.clock.now()

    @property
    def learner(self):
        return self.context.learner

    def begin(self):
        """Take up where the last agent left."""
        self.agent.begin()
        self.engine.drain()
        return self

    def restart(self):
        """Return the next agent over the same store and time; this one is dead from now on, without a goodbye."""
        rig = EngineRig(
            store=self.store,
            clock=self.clock,
            actions=self.actions,
            new_learner=self._makes_learner,
            secrets=self.secrets,
        )
        return rig.begin()

    def put(self, message):
        """Hand in a message and let the engine work on all that follows."""
        self.engine.put(message)
        self.engine.drain()

    def see(self, app="mail", kind=CaptureKind.FOCUS, **fields):
        """Let a watcher report something that happens now."""
        at = fields.pop("at", self.now)
        self.engine.capture(Capture(at=at, kind=kind, source="test", app=app, **fields))
        self.engine.drain()

    def presence(self, text):
        """Let the person lock, unlock, go or come."""
        self.see(app="", kind=CaptureKind.PRESENCE, text=text)

    def uses_screen(self, **use):
        """Let the person use the screen for something else, or no longer."""
        self.screen_watch.put(**use)
        self.put(Woken(key=HELD_BACK))

    def wait(self, span):
        """Let time pass, with every wake-up on the way."""
        self.scheduler.run_until(self.now + span)

    def sleep(self, span):
        """Let time pass while the machine is asleep: nothing wakes the engine, then all that is due at once."""
        self.clock.move_to(self.now + span)
        self.scheduler.run_until(self.now)

    def ask(self, call):
        """Carry out a use case as an interface would, and return its result; futures must be ready."""
        request = Requested(call=call)
        self.put(request)
        answer = request.reply.result(0)
        return answer.result(0) if isinstance(answer, Future) else answer

    def press(self, key, button):
        """Press a button of a notification, or let it end in another way."""
        self.screen.end(key, button)
        self.engine.drain()

    @property
    def keys(self):
        """Keys of the notifications on screen, the oldest first."""
        return [notice.key for notice in self.screen.shown]

    def answer(self, suggestion_id, said=Answer.DO, by="cli"):
        return self.ask(lambda service: service.answer(suggestion_id, said, by))

    def run_now(self, workflow_id="w-1", **options):
        """Run a workflow because the person says so; returns the ended run."""
        return self.ask(lambda service: service.run_now(workflow_id, "cli", **options))

    def work(self, jobs=1):
        """Let held workers do so many jobs, the engine taking in each outcome."""
        for _ in range(jobs):
            self.workers.do_next()
            self.engine.drain()

    def work_on(self):
        """Let held workers do all there is."""
        while self.workers.jobs:
            self.work()

    def save(self, workflow):
        """Store a workflow and listen to its triggers."""
        return promote.change(self.context, workflow)

    def written(self, tier=Tier.AUTO, *steps, **fields):
        """Save a hand-written workflow that does `steps` (names of acts) when Mail comes to the front."""
        return self.save(a_workflow(tier, *steps, **fields))

    def knows(self, state):
        """Let the learner and the store know a pattern, as if it had been found."""
        self.learner.known[state.pattern.id] = state
        self.store.patterns.put(state)
        self.put(Found(pattern=state.pattern))
        self.put(Moved(state=state))
        return self.store.workflows.get(promote.workflow_id_of(state.pattern.id))

    def offers(self, **fields):
        """Know a pattern that has earned to be offered; returns its workflow."""
        return self.knows(a_state(**fields))

    def fill_disk(self):
        self.store.guard.fail_with = FULL

    def free_disk(self):
        self.store.guard.fail_with = None

    @property
    def waiting(self):
        return self.store.suggestions.waiting()

    @property
    def runs(self):
        """All runs, oldest first."""
        return self.store.runs.recent(limit=10_000)[::-1]

    @property
    def statuses(self):
        return [run.status.value for run in self.runs]

    def effects(self, name="open"):
        """What an act has done."""
        return self.actions[name].effects

    def _on_wake(self, key):
        self.put(Woken(key=key))

    def _parts(self):
        return Parts(
            clock=self.clock,
            store=self.store,
            notifier=self.screen,
            messenger=self.messenger,
            secrets=self.secrets,
            hotkeys=self.hotkeys,
            screen_watch=self.screen_watch,
            scheduler=self.scheduler,
            workers=self.workers,
            actions=self.actions,
            new_learner=self._new_learner,
            name_of=str.title,
            intake=self.intake,
            machine=self.machine,
        )

    def _new_learner(self):
        self.learners.append(self._makes_learner())
        return self.learners[-1]


def a_workflow(tier=Tier.AUTO, *steps, **fields):
    given = {
        "id": "w-1",
        "name": "After Mail, do it",
        "triggers": (MAIL,),
        "steps": tuple(Step(action=step) if isinstance(step, str) else step for step in steps or ("open",)),
        "origin": Origin.WRITTEN,
        "lifecycle": Lifecycle.ACTIVE,
        "created_at": NOON - MINUTE,
    } | fields
    return Workflow(tier=tier, **given)


def held(*steps, tier=Tier.AUTO, **fields):
    """Return a rig whose workers wait for the test, with a run just begun."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.written(tier, *steps, **fields)
    rig.see("mail")
    return rig


def a_pattern(pattern_id="p-1", *, trigger=MAIL, steps=("open",), kind=PatternKind.FOLLOW_UP, **fields):
    given = {
        "summary": "After Mail, you open it",
        "symbols": ("app:mail", "app:it"),
        "expects": ("app:it",),
        "horizon": 5 * MINUTE,
        "support": 5,
        "days": 3,
        "sessions": 3,
        "saves_per_week": 60.0,
        "weekdays": (0, 1, 2),
        "found_at": NOON - MINUTE,
        "last_seen": NOON - MINUTE,
    } | fields
    made = tuple(step if isinstance(step, Step) else Step(action=step) for step in steps)
    return Pattern(id=pattern_id, kind=kind, trigger=trigger, steps=made, **given)


def a_state(hits=4, misses=0, outcomes=(), **fields):
    return PatternState(
        pattern=a_pattern(**fields), evidence=Evidence(hits=hits, misses=misses), outcomes=outcomes
    )
