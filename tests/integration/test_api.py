"""The local API with a real agent behind it: what a person can do, and how errors are told."""

import logging
import threading
import time

import pytest

from tests.e2e.waiting import until
from tests.fakes.acts import raises
from tests.integration.api_server import serving
from tests.integration.live_api import living
from understudy import __version__
from understudy.core.capture import Capture, CaptureKind
from understudy.core.limits import Ceiling
from understudy.core.trust import Tier
from understudy.core.workflow import ApprovalStep, CaptureTrigger, OnFailure, Retry, Step
from understudy.errors import ActionFailedError
from understudy.interfaces.api.routes import ROUTES


@pytest.fixture
def live():
    """An agent of the test's own."""
    with living() as one:
        yield one


def good(answer):
    """What came back, which must be no problem."""
    status, content = answer
    assert status in (200, 204), content
    return content


def got(live, path):
    return good(live.ask("GET", path))


def did(live, path, body=None, method="POST"):
    return good(live.ask(method, path, body or {}))


def refused(answer):
    """(status, kind) of a problem, which must say what, why or what to do."""
    status, problem = answer
    assert (problem["status"], bool(problem["title"])) == (status, True)
    return status, problem["type"]


# ---------------------------------------------------------------- suggestions and approvals


def test_the_agent_tells_how_it_is_doing(live):
    """The first connection loads the server and is answered by it."""
    status = got(live, "/api/status")
    assert (status["state"], status["version"]) == ("watching", __version__)


def offered(live):
    """Let a suggestion come about; return it."""
    live.learn(found_at=int(time.time() * 1000), last_seen=int(time.time() * 1000))
    live.see("mail")
    return until(lambda: got(live, "/api/suggestions"), what="the offer")[0]["suggestion"]


def test_a_suggestion_is_answered_once_and_by_whom_is_kept(live):
    """The second answer is a conflict, and starts nothing."""
    path = f"/api/suggestions/{offered(live)['id']}/answer"
    first = good(live.ask("POST", path, {"answer": "do"}, X_Understudy_Client="cli"))
    assert refused(live.ask("POST", path, {"answer": "do"})) == (409, "conflict")
    assert (first["status"], first["answered_by"]) == ("approved", "cli")
    assert len(got(live, "/api/runs")) == 1


def test_a_client_cannot_claim_to_be_the_tray(live):
    """Who decided is recorded honestly."""
    path = f"/api/suggestions/{offered(live)['id']}/answer"
    answered = good(live.ask("POST", path, {"answer": "never"}, X_Understudy_Client="tray"))
    assert answered["answered_by"] == "api"


def test_fifty_answers_at_once_start_one_run(live):
    """Each gets an answer: one that it is done, the others that it was done already."""
    path = f"/api/suggestions/{offered(live)['id']}/answer"
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(live.ask("POST", path, {"answer": "do"})[0]))
        for _ in range(50)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found.count(200), found.count(409), len(got(live, "/api/runs"))) == (1, 49, 1)


def waiting_for_approval(live):
    """Let a run ask for its approval; return the run and the question."""
    live.save(steps=(Step(action="open"), ApprovalStep(question="Go on?"), Step(action="send")))
    run = did(live, "/api/workflows/w-1/execute")
    assert run["status"] == "waiting_approval"
    (card,) = got(live, "/api/approvals")
    return run, card["suggestion"]


@pytest.mark.parametrize("answer, status, sent", [("do", "completed", 1), ("not_now", "cancelled", 0)])
def test_an_approval_is_answered_like_a_suggestion_and_the_run_goes_on_or_ends(live, answer, status, sent):
    """The answer counts once; what comes after the question is done only after a yes."""
    run, question = waiting_for_approval(live)
    assert (question["run_id"], question["answers"]) == (run["id"], ["do", "not_now"])
    path = f"/api/suggestions/{question['id']}/answer"
    did(live, path, {"answer": answer})
    ended = until(lambda: status in str(got(live, f"/api/runs/{run['id']}")["run"]["status"]), what="the end")
    assert refused(live.ask("POST", path, {"answer": "do"})) == (409, "conflict")
    assert (ended, len(live.actions["send"].effects), got(live, "/api/approvals")) == (True, sent, [])


# ---------------------------------------------------------------- workflows


TIDY = {"name": "Tidy", "steps": [{"action": "open", "parameters": {"what": "desk"}}]}


def added(live, **changes):
    """Add a workflow; return its path."""
    return f"/api/workflows/{did(live, '/api/workflows', {**TIDY, **changes})['workflow']['id']}"


def test_a_workflow_lives_from_post_to_delete(live):
    """Added, read, moved up, suspended, run, undone, removed."""
    path = added(live)
    assert got(live, path)["workflow"]["name"] == "Tidy"
    assert did(live, f"{path}/tier", {"tier": "observe"})["workflow"]["tier"] == "observe"
    assert did(live, f"{path}/enabled", {"enabled": False})["workflow"]["lifecycle"] == "suspended"
    run = did(live, f"{path}/execute")
    assert got(live, f"/api/runs/{run['id']}")["may_undo"] is True
    assert did(live, f"/api/runs/{run['id']}/undo")["run"]["undo_status"] == "undone"
    assert live.ask("DELETE", path) == (204, None)
    assert refused(live.ask("GET", path)) == (404, "not_found")


def test_every_version_is_kept_and_can_be_had_back(live):
    """What was restored is a version of its own; one that never was is not found."""
    path = added(live)
    did(live, path, {"document": {**TIDY, "name": "Tidy more"}}, method="PUT")
    assert [(each["version"], each["is_current"]) for each in got(live, f"{path}/versions")] == [
        (2, True),
        (1, False),
    ]
    assert got(live, f"{path}/versions/1")["document"]["name"] == "Tidy"
    assert did(live, f"{path}/versions/1/restore")["workflow"]["name"] == "Tidy"
    assert [each["version"] for each in got(live, f"{path}/versions")] == [3, 2, 1]
    assert refused(live.ask("POST", f"{path}/versions/9/restore", {})) == (404, "not_found")
    assert refused(live.ask("GET", f"{path}/versions/x")) == (400, "invalid_input")


def test_a_document_goes_out_as_it_came_in_and_a_copy_is_off(live):
    """What is exported can be added again."""
    path = added(live)
    document = got(live, f"{path}/document")
    again = did(live, "/api/workflows", document)["workflow"]
    assert got(live, f"/api/workflows/{again['id']}/document") == document
    copy = did(live, f"{path}/clone", {"name": "Another"})["workflow"]
    assert (copy["name"], copy["lifecycle"]) == ("Another", "suspended")


def test_a_wrong_document_is_told_what_is_wrong_with_it(live):
    """The unknown step is told the nearest one; nothing is kept."""
    status, problem = live.ask("POST", "/api/workflows", {**TIDY, "steps": [{"action": "opne"}]})
    assert (status, "open" in problem["fix"]) == (400, True)
    assert got(live, "/api/workflows") == []


def test_what_would_fire_a_workflow_can_be_tried_and_rehearsed(live):
    """Nothing is done by either."""
    live.save(triggers=(CaptureTrigger(app="mail"),), tier=Tier.AUTO)
    yes = did(
        live,
        "/api/workflows/w-1/evaluate",
        {"event": {"kind": "capture", "data": {"kind": "focus", "app": "mail"}}},
    )
    no = did(
        live,
        "/api/workflows/w-1/evaluate",
        {"event": {"kind": "capture", "data": {"kind": "focus", "app": "web"}}},
    )
    assert (yes["fires"], yes["text"], no["fires"]) == (True, "It would run.", False)
    rehearsal = got(live, "/api/workflows/w-1/rehearsal?days=3")
    assert (rehearsal["workflow_id"], rehearsal["runs"]) == ("w-1", 0)
    assert refused(live.ask("GET", "/api/workflows/w-1/rehearsal?days=0")) == (400, "invalid_input")
    assert (live.actions["open"].effects, got(live, "/api/runs")) == ([], [])


def test_a_permission_for_a_script_is_listed_and_can_be_taken_back(live):
    """Afterwards it is asked for again."""
    path = added(live, steps=[{"action": "script"}])
    assert refused(live.ask("POST", f"{path}/execute", {})) == (403, "refused")
    did(live, f"{path}/tier", {"tier": "suggest"})
    live.ask("PUT", path, {"document": {**TIDY, "steps": [{"action": "script"}]}, "consent": True})
    (grant,) = got(live, "/api/grants")
    assert did(live, f"{path}/execute")["status"] == "completed"
    assert live.ask("DELETE", f"/api/grants/{grant['id']}") == (204, None)
    assert refused(live.ask("POST", f"{path}/execute", {})) == (403, "refused")
    assert refused(live.ask("DELETE", f"/api/grants/{grant['id']}")) == (404, "not_found")


# ---------------------------------------------------------------- runs, tasks, dead letters


def test_what_came_to_nothing_is_tried_again_or_let_rest(live):
    """A dead letter is settled once."""
    live.save(steps=(Step(action="send", on_failure=OnFailure.RETRY, retry=Retry(attempts=2, delay=1)),))
    live.actions["send"].in_perform = raises(ActionFailedError("The line is down"))
    live.actions["send"].idempotent = True
    letters = []
    for number in range(2):
        did(live, "/api/workflows/w-1/execute")
        until(lambda: len(got(live, "/api/dead-letters")) > number, what="the dead letter")  # noqa: B023
        letters.append(got(live, "/api/dead-letters")[0]["id"])
    live.actions["send"].in_perform = lambda context: None
    assert did(live, f"/api/dead-letters/{letters[0]}/retry")["status"] == "completed"
    assert did(live, f"/api/dead-letters/{letters[1]}/dismiss")["status"] == "dismissed"
    assert refused(live.ask("POST", f"/api/dead-letters/{letters[0]}/retry", {})) == (409, "conflict")
    assert (got(live, "/api/dead-letters"), len(got(live, "/api/dead-letters?every=true"))) == ([], 2)


def test_a_task_is_noted_planned_done_and_removed(live):
    """By the name of a workflow; what is done is seen from its run."""
    live.save(name="Tidy")
    task = did(live, "/api/tasks", {"title": "Clear the desk"})["task"]
    path = f"/api/tasks/{task['id']}"
    assert did(live, path, {"priority": 3}, method="PATCH")["task"]["priority"] == 3
    assert did(live, f"{path}/plan", {"workflow": "tidy"})["task"]["status"] == "planned"
    did(live, f"{path}/start")
    until(lambda: got(live, path)["task"]["status"] == "done", what="the task")
    assert refused(live.ask("POST", f"{path}/start", {})) == (409, "conflict")
    assert live.ask("DELETE", path) == (204, None)


def test_a_run_is_traced_judged_and_read(live):
    """What happened, in order; what was said; and the word of the person."""
    live.save()
    path = f"/api/runs/{did(live, '/api/workflows/w-1/execute')['id']}"
    whats = [entry["what"] for entry in got(live, f"{path}/trace")["entries"]]
    assert whats == ["wanted", "started", "step_started", "step_ended", "ended"]
    assert [said["text"] for said in got(live, f"{path}/output")] == ["did it"]
    assert did(live, f"{path}/feedback", {"good": True, "text": "nice"})["run"]["feedback"] == "good: nice"


def test_sixty_who_wait_for_their_runs_keep_nobody_else_waiting(live):
    """There is always somebody to answer, Stop above all."""
    let_go = threading.Event()
    live.actions["open"].in_perform = lambda context: let_go.wait(20)
    live.agent.ask(lambda use: setattr(use._context, "ceiling", Ceiling(per_minute=1000, per_day=1000)))
    for number in range(60):
        live.save(id=f"w-{number}")
    threads = [
        threading.Thread(target=live.ask, args=("POST", f"/api/workflows/w-{number}/execute", {}))
        for number in range(60)
    ]
    for thread in threads:
        thread.start()
    until(lambda: len(got(live, "/api/runs?limit=100")) == 60, what="all runs to be wanted")
    began = time.perf_counter()
    assert did(live, "/api/stop")["paused"] is True
    took = time.perf_counter() - began
    let_go.set()
    for thread in threads:
        thread.join()
    assert took < 2


# ---------------------------------------------------------------- secrets


SECRET = "hunter2-very-secret"


def test_a_secret_goes_in_and_never_comes_out(live, caplog):
    """Neither from any list, nor from a run that used it, nor into the log."""
    caplog.set_level(logging.DEBUG)
    live.actions["send"].secret = frozenset({"what"})
    shown = [did(live, "/api/secrets/mail", {"value": SECRET}, method="PUT")]
    assert shown[0]["names"] == ["mail"]
    path = added(live, steps=[{"action": "send", "parameters": {"what": "{{ secret.mail }}"}}])
    run = did(live, f"{path}/execute")
    assert live.actions["send"].effects[0][0] == SECRET
    shown += [run, got(live, f"/api/runs/{run['id']}/output"), got(live, f"/api/runs/{run['id']}/trace")]
    shown += [
        live.ask("GET", route.path)[1] for route in ROUTES if not route.changes and "{" not in route.path
    ]
    shown += [live.ask("PUT", "/api/secrets/mail", {"value": [SECRET]})]
    shown += [live.ask("PUT", "/api/secrets/mail", {"value": SECRET + "\0"})]
    shown += [live.ask("PUT", "/api/secrets/no~name", {"value": SECRET})]
    assert (SECRET in str(shown), SECRET in caplog.text) == (False, False)
    assert did(live, "/api/secrets/mail", method="DELETE")["names"] == []
    assert refused(live.ask("DELETE", "/api/secrets/mail", {})) == (404, "not_found")


# ---------------------------------------------------------------- settings and the rest


def test_settings_change_by_field_and_wrong_ones_change_nothing(live):
    """An unknown field is told the nearest one."""
    assert did(live, "/api/settings", {"retention_days": 30}, method="PATCH")["retention_days"] == 30
    status, problem = live.ask("PATCH", "/api/settings", {"retention_day": 1})
    assert (status, problem["fix"]) == (400, "Did you mean retention_days")
    assert refused(live.ask("PATCH", "/api/settings", {"retention_days": "x"})) == (400, "invalid_input")
    assert got(live, "/api/settings")["retention_days"] == 30


def test_a_privacy_rule_holds_at_once_and_the_others_stay(live):
    """What is excluded is not stored; a rule that does not exist changes nothing."""
    assert did(live, "/api/privacy/test", {"app": "mail"})["stored"] is True
    did(live, "/api/privacy", {"record_titles": False}, method="PATCH")
    rules = did(live, "/api/privacy", {"apps": ["mail"]}, method="PATCH")
    assert (rules["apps"], rules["record_titles"]) == (["mail"], False)
    assert refused(live.ask("PATCH", "/api/privacy", {"no_such": 1})) == (400, "invalid_input")
    assert did(live, "/api/privacy/test", {"app": "mail"})["stored"] is False
    assert got(live, "/api/privacy") == rules


def test_captures_are_found_counted_and_deleted(live):
    """One by one, and all of an app; what was seen twice at one time is kept once."""
    at = live.clock.now()
    for app in ("mail", "mail", "web"):
        seen = Capture(at=at, kind=CaptureKind.FOCUS, source="test", app=app, title=f"In {app}")
        live.engine.capture(seen)
    found = until(
        lambda: len(got(live, "/api/captures")) == 2 and got(live, "/api/captures"), what="captures"
    )
    assert {row["key"]: row["captures"] for row in got(live, "/api/captures/statistics?by=app")} == {
        "mail": 1,
        "web": 1,
    }
    assert got(live, f"/api/captures/{found[0]['id']}") == found[0]
    assert did(live, f"/api/captures/{found[0]['id']}", method="DELETE")["captures"] == 1
    assert did(live, "/api/purge", {"app": "mail"})["captures"] == 1
    assert (got(live, "/api/captures"), got(live, "/api/export")["captures"]) == ([], [])


def test_everything_else_answers(live):
    """Every other use case, through its route."""
    live.intake.records = [Capture(at=1, kind=CaptureKind.FOCUS, source="csv", app="mail")]
    assert did(live, "/api/import", {"source": "/log.csv"})["added"] == 1
    assert did(live, "/api/signals/temperature", {"value": 31})["value"] == "31"
    until(lambda: "temperature" in got(live, "/api/watched"), what="the signal")
    assert did(live, "/api/pause", {"minutes": 5})["paused"] is True
    assert did(live, "/api/resume")["paused"] is False
    assert did(live, "/api/autostart", {"enabled": True}) == got(live, "/api/autostart") == {"enabled": True}
    assert got(live, "/api/doctor")["capabilities"]
    assert [action["name"] for action in got(live, "/api/actions")] == sorted(live.actions)
    assert got(live, "/api/templates/stretch-break")["title"] == "Stretch break"
    assert got(live, "/api/executor")["autorun"] is False
    assert did(live, "/api/quit") is None
    assert live.machine.has_quit


# ---------------------------------------------------------------- errors


def test_errors_are_problems_with_what_why_and_what_to_do(live):
    """As every interface tells them."""
    status, problem = live.ask("GET", "/api/runs/r-none")
    expected = {"type": "not_found", "title": "There is no run r-none", "status": 404}
    assert (status, problem) == (404, expected | {"why": "", "fix": "See: understudy runs"})


def test_unknown_paths_and_methods_are_problems_too(live):
    """Also what the framework would answer in its own words."""
    assert refused(live.ask("GET", "/api/nothing")) == (404, "not_found")
    assert refused(live.ask("PUT", "/api/status", {})) == (405, "invalid_input")
    status, headers, text = live.fetch("PATCH", "/api/workflows/w-1", {})
    assert (status, headers["allow"]) == (405, "DELETE, GET, PUT")
    assert b"It takes: DELETE, GET, PUT" in text


def test_a_mistake_of_our_own_is_logged_and_tells_nothing_of_the_inside(live, caplog):
    """The next request is answered as if nothing had been."""
    live.agent.service.status = lambda: 1 / 0
    status, problem = live.ask("GET", "/api/status")
    del live.agent.service.status
    assert (status, problem["title"]) == (500, "Understudy made a mistake")
    assert "ZeroDivisionError" in caplog.text
    assert live.ask("GET", "/api/status")[0] == 200


def test_a_busy_engine_is_said_to_be_busy():
    """Time is up for the client too, with the reason."""
    with serving() as served:
        served.agent.stuck = True
        assert refused(served.ask("GET", "/api/status")) == (504, "timed_out")
