"""The web application: every route behind the guard. Imported on the first connection; Starlette is heavy."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route as WebRoute
from starlette.types import Receive, Scope, Send

from understudy.errors import UnderstudyError
from understudy.interfaces.agent import Agent
from understudy.interfaces.api.guard import HEALTH, Door, Guard
from understudy.interfaces.api.in_parts import sent_in_parts
from understudy.interfaces.api.problem import MEDIA_TYPE, OUR_MISTAKE, STATUS_OF, Problem, problem_of
from understudy.interfaces.api.reading import read_request
from understudy.interfaces.api.routes import ROUTES, RUN_OUTPUT, STREAMS
from understudy.interfaces.api.routes.route import Route
from understudy.interfaces.api.stream import Live, Streams

log = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[Response]]

CLIENTS = ("cli", "dashboard")
"""Who may name themselves in X-Understudy-Client, for the record of who decided; anybody else is `api`."""


def build(agent: Agent, door: Door, streams: Streams) -> Guard:
    """Return the guarded application."""
    app = Starlette(
        routes=[
            _at(HEALTH, _health),
            *(_at(path, _stream_of(streams, kinds)) for path, kinds in STREAMS.items()),
            _at(RUN_OUTPUT, _run_output_of(streams)),
            *(_at(route.path, _handler_of(agent, route), route.method) for route in ROUTES),
        ],
        exception_handlers={HTTPException: _http_problem},
    )
    app.router.redirect_slashes = False
    return Guard(app, door)


def _at(path: str, handler: Handler, method: str = "GET") -> WebRoute:
    """Return the handler at its path, for this one method: no HEAD that nobody described."""
    served = WebRoute(path, handler, methods=[method])
    served.methods = {method}
    return served


async def _health(_: Request) -> Response:
    return Response(b'{"alive":true}', media_type="application/json")


def _handler_of(agent: Agent, route: Route) -> Handler:
    async def handle(request: Request) -> Response:
        try:
            query = request.query_params.multi_items()
            asked = read_request(route, dict(request.path_params), query, await request.body())
            if route.halts:
                agent.halt()
            answer = await _answer(agent, route, asked, _client_of(request))
            if isinstance(answer, Iterator):
                return await sent_in_parts(agent, answer)
            where = route.goes_on_at(asked, answer) if route.goes_on_at else ""
            headers = {"location": where} if where else _link(route, asked, answer, request.url.path)
            return await run_in_threadpool(_written, route, answer, headers)
        except UnderstudyError as error:
            return _problem(problem_of(error))
        except ClientDisconnect:  # in the middle of its body: nothing was asked, and nobody reads the answer
            return Response(status_code=400)
        except Exception:  # the border: it is logged, and the agent goes on
            log.exception("%s %s failed", route.method, route.path)
            return _problem(OUR_MISTAKE)

    return handle


async def _answer(agent: Agent, route: Route, asked: Any, by: str) -> Any:
    """Ask the agent; what takes its time is waited for without a thread, so that others can still ask."""
    (answer,) = await run_in_threadpool(agent.ask, lambda use: (route.call(use, asked, by),))
    if isinstance(answer, Future):
        return await asyncio.shield(asyncio.wrap_future(answer))
    return answer


class LiveResponse(StreamingResponse):
    """Server-sent events; the listener goes when the client goes, even one that has not read a byte."""

    def __init__(self, live: Live) -> None:
        super().__init__(live.frames, media_type="text/event-stream")
        self._close = live.close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until either side ends it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._close()


def _stream_of(streams: Streams, kinds: tuple[str, ...]) -> Handler:
    async def handle(_: Request) -> Response:
        try:
            return LiveResponse(streams.listen(kinds))
        except UnderstudyError as error:
            return _problem(problem_of(error))

    return handle


def _run_output_of(streams: Streams) -> Handler:
    async def handle(request: Request) -> Response:
        try:
            return LiveResponse(await streams.follow_run(request.path_params["id"]))
        except UnderstudyError as error:
            return _problem(problem_of(error))

    return handle


def _client_of(request: Request) -> str:
    name = request.headers.get("x-understudy-client", "")
    return name if name in CLIENTS else "api"


def _written(route: Route, answer: Any, headers: dict[str, str]) -> Response:
    if answer is None:
        return Response(status_code=204)
    content = msgspec.json.encode(route.finish(answer))
    status = 202 if "location" in headers else 200
    return Response(content, status_code=status, media_type="application/json", headers=headers)


def _link(route: Route, asked: Any, answer: Any, path: str) -> dict[str, str]:
    """Return the header that leads to the next page, where this one is full."""
    if route.page is None or not answer or len(answer) < asked.limit:
        return {}
    cursor = route.page.cursor(answer[-1])
    if cursor == "0":  # nothing is older than that, and as a cursor it says nothing
        return {}
    query = {
        name: value for name, value in msgspec.to_builtins(asked).items() if value not in ("", None, 0, [])
    }
    query[route.page.field] = cursor
    fields = {name: value for name, value in query.items() if f"{{{name}}}" not in route.path}
    return {"link": f'<{path}?{urlencode(fields, doseq=True)}>; rel="next"'}


def _problem(problem: Problem) -> Response:
    unread = {"connection": "close"} if problem.status == STATUS_OF["too_long"] else None
    return Response(problem.body, status_code=problem.status, media_type=MEDIA_TYPE, headers=unread)


async def _http_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - what Starlette was told to send here
    kinds = {404: "not_found", 405: "invalid_input"}
    title = {404: "There is no such path", 405: "This path does not take that method"}.get(
        error.status_code, error.detail
    )
    allowed = _methods_at(request)
    fix = f"It takes: {', '.join(allowed)}" if allowed else "Paths are in: understudy openapi"
    kind = kinds.get(error.status_code, "error")
    response = _problem(Problem(type=kind, title=title, status=error.status_code, fix=fix))
    if allowed:
        response.headers["allow"] = ", ".join(allowed)
    return response


def _methods_at(request: Request) -> list[str]:
    """Return every method that a path takes, whichever route it is in: Starlette names those of the first alone."""
    path, routes = request.scope["path"], (each for each in request.app.routes if isinstance(each, WebRoute))
    return sorted({method for each in routes if each.path_regex.match(path) for method in each.methods or ()})
