"""The web application: whatever the guard lets in is read, asked of the engine, written. Loaded when needed."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from understudy.errors import UnderstudyError
from understudy.interfaces.activitywatch.exchange import Answer, Request
from understudy.interfaces.activitywatch.guard import (
    PREFLIGHT,
    Gate,
    Rules,
    allowed_origin,
    status_of,
    too_long,
)
from understudy.interfaces.activitywatch.routes import Route
from understudy.interfaces.activitywatch.stranger import is_stranger
from understudy.interfaces.agent import Agent
from understudy.interfaces.api.guard import HEADERS, Knock, Receive, Scope, Send, refuse

log = logging.getLogger(__name__)

JSON = (b"content-type", b"application/json")
OUR_MISTAKE = "Understudy made a mistake; it is written in the log"


class Application:
    """ActivityWatch's API over an agent."""

    def __init__(self, agent: Agent, gate: Gate, rules: Callable[[], Rules]) -> None:
        self._agent = agent
        self._gate = gate
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        knock = Knock(
            method=scope["method"], path=scope["raw_path"], headers=tuple(map(tuple, scope["headers"]))
        )
        rules = self._rules()
        headers = _cors(allowed_origin(knock, rules))
        try:
            client, server = scope["client"], scope["server"]
            route, request = self._gate.admit(knock, rules, lambda: is_stranger(client, server))
            if route is None:
                await _send(Answer(content={}), [*headers, *PREFLIGHT], send)
                return
            answer = await self._answer(route, request, scope, receive)
        except UnderstudyError as error:
            answer = Answer(status=status_of(error), content={"message": str(error)})
        except Exception:  # the border: it is logged, and the agent goes on
            log.exception("%s failed", knock.method)
            answer = Answer(status=500, content={"message": OUR_MISTAKE})
        if answer.status in (401, 413):
            await refuse(answer.status, [*headers, *HEADERS, JSON], answer.body, receive, send)
        else:
            await _send(answer, headers, send)

    async def _answer(self, route: Route, request: Request, scope: Scope, receive: Receive) -> Answer:
        body = await _body(route, receive)
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        return await asyncio.to_thread(
            self._work, route, Request(names=request.names, query=query, body=body)
        )

    def _work(self, route: Route, request: Request) -> Answer:
        """Read, ask, write; on a thread that may wait."""
        given = route.read(request)
        work = route.work
        if work is None:
            return route.write(None, request)
        answer: Any = self._agent.ask(lambda use: work(use, request.bucket, given))
        return route.write(answer, request)


async def _body(route: Route, receive: Receive) -> bytes:
    """Return the whole body. Raises TurnedAwayError when it is too long, whatever the head said."""
    parts, size, is_more = [], 0, True
    while is_more:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > route.longest:
            raise too_long(route)
        parts.append(part)
        is_more = message.get("more_body", False)
    return b"".join(parts)


def _cors(origin: str) -> list[tuple[bytes, bytes]]:
    """Return what lets an allowed extension read the answer."""
    if not origin:
        return []
    return [(b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"origin")]


async def _send(answer: Answer, headers: list[tuple[bytes, bytes]], send: Send) -> None:
    body = answer.body
    sent = [*headers, *HEADERS]
    if body:
        sent += [JSON, (b"content-length", str(len(body)).encode())]
    if answer.filename:
        sent.append((b"content-disposition", f"attachment; filename={answer.filename}".encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": sent})
    await send({"type": "http.response.body", "body": body})
