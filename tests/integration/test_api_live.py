"""Live events over a real socket: what arrives, in what order, how many may listen, and that nobody is kept."""

import asyncio
import threading
import time

import pytest

from tests.e2e.waiting import until
from tests.fakes.agent import FakeAgent
from tests.integration.api_server import Stream, serving
from tests.integration.live_api import living
from understudy.core.workflow import Step
from understudy.errors import StoppedError
from understudy.interfaces.api.asgi import build
from understudy.interfaces.api.guard import Door
from understudy.interfaces.api.stream import MOST_LISTENERS, MOST_WAITING, Streams


@pytest.fixture
def served():
    """A server of the test's own; its agent tells what the test says."""
    with serving() as one:
        yield one


@pytest.fixture
def live():
    """A real agent, and a workflow whose step writes when the test lets it."""
    with living() as one:
        yield one


def test_captures_arrive_live_and_nothing_else_on_their_stream(served):
    """A title with line breaks cannot start an event of its own."""
    stream = Stream(served, "/api/captures/stream")
    served.agent.tell("status", {"state": "paused"})
    served.agent.tell("capture", {"title": "a\n\nevent: run\ndata: {}"})
    served.agent.tell("capture", {"title": "b"})
    assert [stream.event(), stream.event()] == [
        ("capture", {"title": "a\n\nevent: run\ndata: {}"}),
        ("capture", {"title": "b"}),
    ]
    stream.close()


def test_the_stream_of_events_has_every_kind(served):
    """For views that show more than captures."""
    stream = Stream(served, "/api/events")
    for kind in ("capture", "suggestion", "run", "status"):
        served.agent.tell(kind, {})
    assert [stream.event()[0] for _ in range(4)] == ["capture", "suggestion", "run", "status"]
    stream.close()


def test_an_event_arrives_at_once(served):
    """Nothing is polled on the way."""
    stream = Stream(served, "/api/events")
    took = []
    for _ in range(20):
        start = time.perf_counter()
        served.agent.tell("status", {})
        stream.event()
        took.append(time.perf_counter() - start)
    stream.close()
    assert sorted(took)[10] < 0.1


def test_who_hangs_up_is_forgotten(served):
    """The agent keeps no listener that nobody hears."""
    stream = Stream(served, "/api/events")
    assert len(served.agent.listeners) == 1
    stream.close()

    def gone():
        served.agent.tell("status", {})
        return not served.agent.listeners

    until(gone, what="the listener to leave")


def test_a_slow_reader_loses_the_oldest_and_is_told_how_many(served):
    """Memory stays bounded, and nothing is lost silently."""
    stream = Stream(served, "/api/events")
    big = "x" * 20_000
    served.agent.tell_all(("capture", {"n": n, "text": big}) for n in range(3 * MOST_WAITING))
    seen = {}
    while "n" not in seen or seen["n"] < 3 * MOST_WAITING - 1:
        kind, content = stream.event()
        seen["dropped"] = seen.get("dropped", 0) + content.get("events", 0)
        seen["got"] = seen.get("got", 0) + (kind == "capture")
        seen |= {"n": content["n"]} if "n" in content else {}
    stream.close()
    assert seen["got"] + seen["dropped"] == 3 * MOST_WAITING


def test_there_are_only_so_many_streams(served):
    """One more is refused with the reason, and there is room again once one has gone."""
    streams = [Stream(served, "/api/events") for _ in range(MOST_LISTENERS)]
    status, problem = served.ask("GET", "/api/events")
    assert (status, problem["title"]) == (403, "No more live views")
    for stream in streams:
        stream.close()


def test_who_hangs_up_before_the_first_byte_is_forgotten_too():
    """Else sixteen of them would end all live views."""
    agent = FakeAgent()
    door = Door(port=1, token="t")
    headers = [(b"host", b"127.0.0.1:1"), (b"authorization", b"Bearer t")]
    path = "/api/events"
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "headers": headers}

    async def gone():
        return {"type": "http.disconnect"}

    async def ignored(_):
        pass

    async def knock():
        app = build(agent, door, Streams(agent))
        for _ in range(2 * MOST_LISTENERS):
            await app({**scope, "query_string": b"", "state": {}}, gone, ignored)

    asyncio.run(knock())
    assert agent.listeners == []


# ---------------------------------------------------------------- what a run writes


class Writer:
    """Makes an act write a text each time the test says so."""

    def __init__(self, live, name="open"):
        self._texts, self._is_written = [], threading.Event()
        self._go = threading.Semaphore(0)
        live.actions[name].in_perform = self._write
        live.actions[name].leaves = False

    def write(self, text):
        """Let the step say this, and wait until it has; empty = it comes to its end."""
        self._is_written.clear()
        self._texts.append(text)
        self._go.release()
        assert not text or self._is_written.wait(10)

    def _write(self, context):
        while self._go.acquire(timeout=10) and (text := self._texts.pop(0)):
            context.emit(text)
            self._is_written.set()


def begin(live, workflow_id="w-1"):
    """Start a run without waiting for its end; return its id."""
    begun = threading.Thread(target=live.ask, args=("POST", f"/api/workflows/{workflow_id}/execute", {}))
    begun.start()

    def at_work():
        runs = live.ask("GET", f"/api/runs?workflow_id={workflow_id}")[1]
        return runs and runs[0]["run"]["status"] == "running" and runs[0]["run"]["id"]

    return until(at_work, what="the run to begin")


def follow(live, run_id):
    return Stream(live, f"/api/runs/{run_id}/output/stream")


def rest_of(stream):
    """What is written until the run ends, and how it ends; nothing may follow."""
    written = ""
    while (event := stream.event()) and event[0] == "output":
        written += event[1]["text"]
    while event and event[1]["status"] == "running":
        event = stream.event()
    assert stream.event() is None
    stream.close()
    return written, event[1]["status"]


def test_what_was_written_comes_first_then_what_is_being_written_then_the_end(live):
    """Two who follow from different moments see the same; who comes after the end does too."""
    live.save()
    writer = Writer(live)
    run_id = begin(live)
    early = follow(live, run_id)
    writer.write("first ")
    late = follow(live, run_id)
    writer.write("second ")
    writer.write("")
    assert rest_of(early) == ("first second ", "completed")
    assert rest_of(late) == ("first second ", "completed")
    kept = live.ask("GET", f"/api/runs/{run_id}/output")[1]
    assert rest_of(follow(live, run_id)) == (kept[0]["text"], "completed")


def test_nothing_is_lost_or_doubled_however_a_follower_falls_in(live):
    """Ten begin to follow while a thousand pieces are being written."""
    live.save()
    pieces = [f"{number:03} " for number in range(1000)]
    is_begun, streams = threading.Event(), []

    def write(context):
        for piece in pieces:
            context.emit(piece)
            if piece == pieces[10]:
                is_begun.set()
            time.sleep(0.0002)

    live.actions["open"].in_perform = write
    run_id = begin(live)
    assert is_begun.wait(10)
    streams += [follow(live, run_id) for _ in range(10)]
    assert {rest_of(stream) for stream in streams} == {("".join(pieces), "completed")}


def test_only_this_run_is_heard(live):
    """Another one at the same time writes for itself."""
    live.save()
    live.save(id="w-2", steps=(Step(action="send"),))
    one, other = Writer(live), Writer(live, "send")
    stream = follow(live, begin(live))
    begin(live, "w-2")
    other.write("not this")
    one.write("this")
    one.write("")
    other.write("")
    assert rest_of(stream) == ("this", "completed")


def test_a_follower_sees_that_a_run_is_cancelled(live):
    """The step is told to stop; the stream ends with the run."""
    live.save()
    is_stopped = threading.Event()

    def wait(context):
        context.emit("waiting")
        is_stopped.set() if context.stop.wait(10) else None
        raise StoppedError("Stopped")

    live.actions["open"].in_perform = wait
    run_id = begin(live)
    stream = follow(live, run_id)
    status, card = live.ask("POST", f"/api/runs/{run_id}/cancel", {})
    assert (status, card["run"]["status"], is_stopped.is_set()) == (200, "cancelled", True)
    assert rest_of(stream) == ("waiting", "cancelled")
    assert live.ask("POST", f"/api/runs/{run_id}/cancel", {})[0] == 409


def test_an_unknown_run_cannot_be_followed_and_costs_no_place(live):
    """However often it is tried."""
    for _ in range(MOST_LISTENERS + 1):
        status, problem = live.ask("GET", "/api/runs/r-none/output/stream")
    assert (status, problem["type"]) == (404, "not_found")


def test_followers_of_runs_count_as_live_views_too(live):
    """One more is refused with the reason."""
    live.save()
    writer = Writer(live)
    run_id = begin(live)
    streams = [follow(live, run_id) for _ in range(MOST_LISTENERS)]
    status, problem = live.ask("GET", f"/api/runs/{run_id}/output/stream")
    assert (status, problem["title"]) == (403, "No more live views")
    writer.write("")
    assert {rest_of(stream)[1] for stream in streams} == {"completed"}
    assert rest_of(follow(live, run_id))[1] == "completed"
