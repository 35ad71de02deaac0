"""The table of routes, and what is made of a request."""

import inspect
import re
from types import SimpleNamespace

import msgspec
import pytest

from tests.fakes.service import FakeService
from understudy.core.capture import CaptureKind
from understudy.core.ports import CaptureQuery
from understudy.core.run import RunStatus
from understudy.core.suggestion import Answer
from understudy.engine.cases.buckets import BucketCases
from understudy.engine.service import Service
from understudy.errors import InvalidInputError, UnderstudyError
from understudy.interfaces.api.problem import OUR_MISTAKE, STATUS_OF, problem_of
from understudy.interfaces.api.reading import read_request
from understudy.interfaces.api.routes import ROUTES, RUN_OUTPUT, STREAMS
from understudy.interfaces.api.routes.captures import FindCaptures, Purge
from understudy.interfaces.api.routes.suggestions import GiveAnswer

TABLE = {f"{route.method} {route.path}": route for route in ROUTES}


def cases(of):
    """Name and signature of each use case of a class."""
    return {
        name: inspect.signature(case)
        for name, case in inspect.getmembers(of, inspect.isfunction)
        if not name.startswith("_")
    }


class Witness:
    """Notes which use case is called, and that the call fits."""

    def __init__(self):
        self.called = []

    def __getattr__(self, name):
        def called(*given, **named):
            cases(Service)[name].bind(self, *given, **named)
            self.called.append(name)
            return SimpleNamespace(privacy=None)

        return called


GIVEN = {
    "answer": "do",
    "tier": "auto",
    "enabled": True,
    "good": True,
    "number": 1,
    "minutes": 1,
    "kind": "focus",
    "document": {},
    "event": {},
}
"""What is sent for a field; for others a letter."""


def sample(route):
    """Something that the route takes."""
    if route.takes is dict:
        return {}
    if route.takes is Purge:
        return Purge(everything=True)
    fields = {field.name: field.type for field in msgspec.structs.fields(route.takes) if field.required}
    given = {name: GIVEN.get(name, "1") for name in fields}
    return msgspec.convert(given, route.takes, strict=False)


def called_by(route):
    """The use cases a route calls."""
    witness = Witness()
    route.call(witness, sample(route), "api")
    return set(witness.called)


ELSEWHERE = {
    **dict.fromkeys(cases(BucketCases), "watchers speak the API of ActivityWatch, on a port of its own"),
    "press": "the keyboard hands in hotkeys; people run the workflow, or stop everything",
    "take_task": "the folder of tasks hands in what was written there; people add tasks",
    "take_task_back": "the same for a file that is gone; people remove tasks",
}
"""Use cases without a route, and why."""


def test_every_use_case_can_be_asked_for():
    """What the tray and the command line can do, the API can do, but for what is meant for others."""
    routed = set().union(*map(called_by, ROUTES))
    assert routed | set(ELSEWHERE) == set(cases(Service))
    assert routed & set(ELSEWHERE) == set()


def test_no_route_is_there_twice():
    """The table is read without surprises."""
    paths = [f"GET {path}" for path in (*STREAMS, RUN_OUTPUT)] + list(TABLE)
    names = {route.name for route in ROUTES}
    assert (len(set(paths)), len(names)) == (len(ROUTES) + len(STREAMS) + 1, len(ROUTES))


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_route_is_named_and_described_in_one_sentence(route):
    """For people who read the document, and programs that are made from it."""
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", route.name)
    assert re.fullmatch(r"[A-Z][^.]*\.", route.summary)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_what_stands_in_a_path_is_taken(route):
    """Every field of a path is one of the value that the route takes; a document has no room for any."""
    in_path = re.findall(r"{(\w+)}", route.path)
    fields = () if route.takes is dict else route.takes.__struct_fields__
    assert set(in_path) <= set(fields)


@pytest.mark.parametrize("route", [route for route in ROUTES if route.page], ids=lambda route: route.name)
def test_a_list_in_pages_takes_a_length_and_a_cursor(route):
    """Without either there is no way to the next page."""
    assert {"limit", route.page.field} <= set(route.takes.__struct_fields__)
    assert route.method == "GET"


LOOKING = """
    actions approvals autostart capture capture_statistics captures dead_letter dead_letters doctor document
    executor export grants occurrences output pattern patterns rehearse run runs secrets settings status
    suggestions task tasks template templates trace version versions watched why why_not workflow
    workflow_schema workflows
"""


def test_get_only_looks():
    """A link can change nothing."""
    assert set().union(*(called_by(route) for route in ROUTES if not route.changes)) == set(LOOKING.split())


def test_a_query_is_read_with_its_types():
    """Numbers and kinds arrive as such."""
    query = [("limit", "5"), ("kind", "focus"), ("app", "mail")]
    found = read_request(TABLE["GET /api/captures"], {}, query, b"")
    assert found.query == CaptureQuery(limit=5, kind=CaptureKind.FOCUS, app="mail")
    assert isinstance(found, FindCaptures)


def test_a_field_that_takes_several_values_is_given_once_for_each():
    """In the order in which they came."""
    query = [("status", "failed"), ("limit", "5"), ("status", "unknown")]
    found = read_request(TABLE["GET /api/runs"], {}, query, b"").query
    assert (found.statuses, found.limit) == ((RunStatus.FAILED, RunStatus.UNKNOWN), 5)


def test_a_number_in_a_path_is_a_number():
    """All parts of a path come as text."""
    route = TABLE["GET /api/workflows/{id}/versions/{number}"]
    found = read_request(route, {"id": "7", "number": "3"}, [], b"")
    assert (found.id, found.number) == ("7", 3)


def test_path_and_body_are_read_together():
    """One value holds all that was asked."""
    route = TABLE["POST /api/suggestions/{id}/answer"]
    found = read_request(route, {"id": "s-1"}, [], b'{"answer":"not_now"}')
    assert found == GiveAnswer(id="s-1", answer=Answer.NOT_NOW)


UNKNOWN = {
    "in a query": ("GET /api/runs", {}, [("limits", "5")], b"", "Did you mean limit"),
    "in a body": ("POST /api/tasks", {}, [], b'{"tittle":"x"}', "Did you mean title"),
    "like none": ("POST /api/pause", {}, [], b'{"quux":1}', "It takes: minutes"),
    "beside a document": ("POST /api/workflows", {}, [("name", "x")], b"{}", "It takes one JSON object"),
}


@pytest.mark.parametrize("key, path, query, body, fix", UNKNOWN.values(), ids=UNKNOWN)
def test_an_unknown_field_is_told_the_nearest_one(key, path, query, body, fix):
    """Or all there are, when it is like none."""
    with pytest.raises(InvalidInputError, match="unknown field") as caught:
        read_request(TABLE[key], path, query, body)
    assert caught.value.fix == fix


WRONG = {
    "nearly right": ("GET /api/runs", {}, [("status", "complete")], "status[0]: It cannot be 'complete'"),
    "like none": ("GET /api/workflows", {}, [("tier", "high")], "tier: It cannot be 'high'"),
    "in a path": ("GET /api/captures/{id}", {"id": "x"}, [], "id: It must be a whole number, not text"),
    "too little": ("GET /api/runs", {}, [("limit", "0")], "limit: It must be 1 or more"),
}
MEANT = {
    "nearly right": "Did you mean completed",
    "like none": "Known are: auto, observe, suggest",
    "in a path": "It takes: id",
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_value_is_told_in_words_with_those_that_are_right(case):
    """Where they are listed."""
    key, path, query, why = WRONG[case]
    with pytest.raises(InvalidInputError) as caught:
        read_request(TABLE[key], path, query, b"")
    assert caught.value.why == why
    assert caught.value.fix.startswith(MEANT.get(case, "It takes: workflow_id"))


@pytest.mark.parametrize(
    "path, query, body",
    [
        ({}, [("limit", "1"), ("limit", "2")], b""),
        ({"id": "w-1"}, [("id", "w-2")], b""),
        ({"id": "w-1"}, [], b'{"id":"w-2"}'),
    ],
)
def test_a_field_is_given_in_one_place_only(path, query, body):
    """Which of two would count is not guessed."""
    key = "GET /api/runs" if not path else "POST /api/workflows/{id}/snooze"
    with pytest.raises(InvalidInputError, match="is given twice"):
        read_request(TABLE[key], path, query, body)


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


@pytest.mark.parametrize("key", ["POST /api/workflows", "POST /api/suggestions/{id}/answer"])
def test_what_is_nested_without_end_is_refused_before_anybody_walks_through_it(key):
    """What the reader of JSON still takes would break those after it."""
    body = b'{"a":' * 400 + b"1" + b"}" * 400
    path = {"id": "s-1"} if "{id}" in key else {}
    with pytest.raises(InvalidInputError, match="more than 100 levels"):
        read_request(TABLE[key], path, [], body)


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


def test_the_fake_service_takes_what_the_real_one_takes():
    """What is tested against is what there is, argument for argument."""
    real, fake = cases(Service), cases(FakeService)
    shared = set(real) & set(fake)
    assert set(fake) - shared == {"see", "learn", "offer"}
    assert {name: list(fake[name].parameters) for name in shared} == {
        name: list(real[name].parameters) for name in shared
    }
