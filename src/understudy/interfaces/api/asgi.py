"""The web application: every route behind the guard. Imported on the first connection; Starlette is heavy."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route as WebRoute

from understudy.errors import InvalidInputError, UnderstudyError
from understudy.interfaces.agent import Agent
from understudy.interfaces.api.guard import Door, Guard
from understudy.interfaces.api.problem import MEDIA_TYPE, OUR_MISTAKE, STATUS_OF, Problem, problem_of
from understudy.interfaces.api.routes import HEALTH, ROUTES, STREAMS, Route
from understudy.interfaces.api.stream import Streams

log = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[Response]]

CLIENTS = ("cli", "dashboard")
"""Who may name themselves in X-Understudy-Client, for the record of who decided; anybody else is `api`."""


def build(agent: Agent, door: Door, streams: Streams) -> Guard:
    """Return the guarded application."""
    app = Starlette(
        routes=[
            WebRoute(HEALTH, _health, methods=["GET"]),
            *(WebRoute(path, _stream_of(streams, kinds), methods=["GET"]) for path, kinds in STREAMS.items()),
            *(WebRoute(route.path, _handler_of(agent, route), methods=[route.method]) for route in ROUTES),
        ],
        exception_handlers={HTTPException: _http_problem},
    )
    app.router.redirect_slashes = False
    return Guard(app, door)


async def _health(_: Request) -> Response:
    return Response(b'{"alive":true}', media_type="application/json")


def _handler_of(agent: Agent, route: Route) -> Handler:
    async def handle(request: Request) -> Response:
        try:
            query = request.query_params.multi_items()
            asked = read_request(route, dict(request.path_params), query, await request.body())
            by = _client_of(request)
            answer = await run_in_threadpool(agent.ask, lambda use: route.call(use, asked, by))
            return _written(answer)
        except UnderstudyError as error:
            return _problem(problem_of(error))
        except Exception:  # the border: it is logged, and the agent goes on
            log.exception("%s %s failed", route.method, route.path)
            return _problem(OUR_MISTAKE)

    return handle


def _stream_of(streams: Streams, kinds: tuple[str, ...]) -> Handler:
    async def handle(_: Request) -> Response:
        try:
            events: AsyncIterator[bytes] = streams.listen(kinds)
        except UnderstudyError as error:
            return _problem(problem_of(error))
        return StreamingResponse(events, media_type="text/event-stream")

    return handle


def read_request(route: Route, path: dict[str, Any], query: list[tuple[str, str]], body: bytes) -> Any:
    """Return what the route takes. Raises InvalidInputError for fields that do not fit."""
    try:
        if route.takes is dict:
            return msgspec.json.decode(body, type=dict[str, Any])
        fields = _together(path, query, body if route.changes else b"")
        return msgspec.convert(fields, route.takes, strict=route.changes)
    except (msgspec.DecodeError, ValueError) as error:  # ValidationError is a DecodeError
        raise InvalidInputError(
            "The request cannot be used", str(error), "Give the fields this route takes"
        ) from error


def _together(path: dict[str, Any], query: list[tuple[str, str]], body: bytes) -> dict[str, Any]:
    """One set of fields; each may come from one place only."""
    content = msgspec.json.decode(body, type=dict[str, Any]) if body else {}
    fields: dict[str, Any] = {}
    for name, value in (*path.items(), *query, *content.items()):
        if name in fields:
            raise ValueError(f"{name} is given twice")
        fields[name] = value
    return fields


def _client_of(request: Request) -> str:
    name = request.headers.get("x-understudy-client", "")
    return name if name in CLIENTS else "api"


def _written(answer: Any) -> Response:
    if answer is None:
        return Response(status_code=204)
    return Response(msgspec.json.encode(answer), media_type="application/json")


def _problem(problem: Problem) -> Response:
    unread = {"connection": "close"} if problem.status == STATUS_OF["too_long"] else None
    return Response(problem.body, status_code=problem.status, media_type=MEDIA_TYPE, headers=unread)


async def _http_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - what Starlette was told to send here
    kinds = {404: "not_found", 405: "invalid_input"}
    title = {404: "There is no such path", 405: "This path does not take that method"}.get(
        error.status_code, error.detail
    )
    kind = kinds.get(error.status_code, "error")
    response = _problem(Problem(type=kind, title=title, status=error.status_code))
    response.headers.update(error.headers or {})
    return response
