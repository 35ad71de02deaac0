"""The table of routes, and what is made of a request."""

import inspect

import msgspec
import pytest

from tests.fakes.service import FakeService
from understudy.core.capture import CaptureKind
from understudy.core.ports import CaptureQuery
from understudy.core.suggestion import Answer
from understudy.engine.service import UseCases
from understudy.errors import InvalidInputError, UnderstudyError
from understudy.interfaces.api.asgi import read_request
from understudy.interfaces.api.problem import OUR_MISTAKE, STATUS_OF, problem_of
from understudy.interfaces.api.requests import FindCaptures, GiveAnswer, Purge
from understudy.interfaces.api.routes import ROUTES, STREAMS

TABLE = {f"{route.method} {route.path}": route for route in ROUTES}


class Witness:
    """Notes which use case is called."""

    def __init__(self):
        self.called = []

    def __getattr__(self, name):
        return lambda *_, **__: self.called.append(name) or False


def called_by(route):
    """The use cases a route calls."""
    witness = Witness()
    asked = {} if route.takes is dict else route.takes(**SAMPLES.get(route.takes.__name__, {}))
    route.call(witness, asked, "api")
    return set(witness.called)


def use_cases():
    """Name and signature of each."""
    return {
        name: inspect.signature(port)
        for name, port in inspect.getmembers(UseCases, inspect.isfunction)
        if not name.startswith("_")
    }


def test_every_use_case_can_be_asked_for():
    """What the tray and the command line can do, the API can do."""
    assert set().union(*map(called_by, ROUTES)) == set(use_cases())


SAMPLES = {
    "ById": {"id": "x"},
    "GiveAnswer": {"id": "x", "answer": Answer.DO},
    "SetTier": {"id": "x", "tier": "auto"},
    "SetEnabled": {"id": "x", "enabled": True},
    "Execute": {"id": "x"},
    "TestPrivacy": {"app": "x"},
    "Import": {"source": "x"},
    "Purge": {"everything": True},
    "SetAutostart": {"enabled": True},
}


def test_no_route_is_there_twice():
    """The table is read without surprises."""
    assert len(TABLE) == len(ROUTES)
    assert not set(STREAMS) & {route.path for route in ROUTES}


LOOKING = {"status", "doctor", "captures", "patterns", "suggestions", "workflows", "workflow", "runs", "run"}
LOOKING |= {"why", "why_not", "settings", "export", "autostart"}


def test_get_only_looks():
    """A link can change nothing."""
    assert set().union(*(called_by(route) for route in ROUTES if not route.changes)) == LOOKING


def test_a_query_is_read_with_its_types():
    """Numbers and kinds arrive as such."""
    query = [("limit", "5"), ("kind", "focus"), ("app", "mail")]
    found = read_request(TABLE["GET /api/captures"], {}, query, b"")
    assert found.query == CaptureQuery(limit=5, kind=CaptureKind.FOCUS, app="mail")
    assert isinstance(found, FindCaptures)


def test_path_and_body_are_read_together():
    """One value holds all that was asked."""
    route = TABLE["POST /api/suggestions/{id}/answer"]
    found = read_request(route, {"id": "s-1"}, [], b'{"answer":"not_now"}')
    assert found == GiveAnswer(id="s-1", answer=Answer.NOT_NOW)


BAD = {
    "not JSON": b"{",
    "not an object": b"[]",
    "unknown field": b'{"answer":"do","more":1}',
    "missing field": b"{}",
    "wrong value": b'{"answer":"maybe"}',
    "the path again": b'{"answer":"do","id":"s-2"}',
    "not UTF-8": b'{"answer":"\xff"}',
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
def test_a_request_that_does_not_fit_is_refused_with_its_reason(body):
    """Nothing is guessed and nothing is left out silently."""
    with pytest.raises(InvalidInputError, match="cannot be used"):
        read_request(TABLE["POST /api/suggestions/{id}/answer"], {"id": "s-1"}, [], body)


@pytest.mark.parametrize(
    "query", [[("limit", "0")], [("limit", "1"), ("limit", "2")], [("limit", "x")], [("no", "1")]]
)
def test_a_query_that_does_not_fit_is_refused(query):
    """Doubled and unknown fields too."""
    with pytest.raises(InvalidInputError, match="cannot be used"):
        read_request(TABLE["GET /api/runs"], {}, query, b"")


def test_strings_are_not_taken_for_numbers_in_a_body():
    """JSON has types of its own."""
    with pytest.raises(InvalidInputError, match="cannot be used"):
        read_request(TABLE["POST /api/pause"], {}, [], b'{"minutes":"5"}')


@pytest.mark.parametrize("fields", [{}, {"everything": True, "app": "mail"}])
def test_purge_does_not_guess_what_to_delete(fields):
    """Neither an empty request nor a contradictory one deletes anything."""
    with pytest.raises(InvalidInputError, match="Nothing was deleted"):
        Purge(**fields).query  # noqa: B018 - the look itself is the test


def test_purge_of_everything_is_said_in_so_many_words():
    """Only then may the query be empty."""
    assert Purge(everything=True).query == CaptureQuery()


def errors():
    """Every kind of error there is."""
    return [UnderstudyError, *UnderstudyError.__subclasses__()]


@pytest.mark.parametrize("kind", errors(), ids=lambda kind: kind.code)
def test_every_error_becomes_a_problem_with_what_why_and_what_to_do(kind):
    """Nothing of an error is lost on the way."""
    problem = problem_of(kind("It failed", "Because", "Try again"))
    told = msgspec.json.decode(problem.body)
    expected = {"type": kind.code, "title": "It failed", "why": "Because", "fix": "Try again"}
    assert told == expected | {"status": STATUS_OF.get(kind.code, 500)}


def test_our_own_mistake_tells_nothing_of_the_inside():
    """A traceback is for the log."""
    assert (OUR_MISTAKE.status, OUR_MISTAKE.type) == (500, "error")


def test_the_fake_service_keeps_the_list_of_use_cases():
    """What is tested against is what there is, argument for argument."""
    fake = {name: list(inspect.signature(getattr(FakeService, name)).parameters) for name in use_cases()}
    assert fake == {name: list(port.parameters) for name, port in use_cases().items()}
