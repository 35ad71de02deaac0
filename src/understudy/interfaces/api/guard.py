"""The guard: decides from the head of a request whether it is let in. The first middleware; no web framework.

A page in the person's own browser can reach a loopback port. So nothing is believed but an exact Host
(against DNS rebinding), an Origin and fetch site of our own (against other pages), and the token (against all
others).
"""

import asyncio
import hmac
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from typing import Any

from understudy.core.value import Unshown, Value
from understudy.errors import InvalidInputError
from understudy.interfaces.api.problem import MEDIA_TYPE, Problem, problem_of

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HEALTH = "/health"
"""The only path that answers without a token; says nothing but that somebody is there."""

BODY_LIMIT = 1024 * 1024
"""Bytes of a request body."""

LONGEST_DRAIN = 16 * 1024 * 1024
"""Bytes dropped after a refusal, at most."""

DRAIN_TIME = 1.0
"""Seconds in which they have to come."""

_LENGTH_DIGITS = 10
"""A longer Content-Length is not worth turning into a number."""

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

_PLAIN_PATH = re.compile(rb"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+|/")
"""No escapes, no empty, dotted or upward segments: there is one way to write each of our paths."""

_JSON = re.compile(r'application/json(?:\s*;\s*charset="?utf-8"?)?', re.IGNORECASE)

HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (
        b"content-security-policy",
        b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
    (b"server", b"understudy"),
)
"""On every answer; no CORS header is ever sent, so browsers keep answers from other pages."""


class Door(Unshown):
    """What has to match for a request to come in."""

    port: int
    token: str

    @property
    def hosts(self) -> tuple[str, ...]:
        """Our names, exactly as a Host header has to give them."""
        return tuple(f"{name}:{self.port}" for name in ("127.0.0.1", "[::1]", "localhost"))

    @property
    def origins(self) -> tuple[str, ...]:
        """Our pages."""
        return tuple(f"http://{host}" for host in self.hosts)


class Knock(Value):
    """The head of a request."""

    method: str
    path: bytes
    """As sent, without the query."""
    headers: tuple[tuple[bytes, bytes], ...]
    """Names in lower case."""

    def all(self, name: bytes) -> list[str]:
        """Every value of a header."""
        return [value.decode("latin-1") for key, value in self.headers if key == name]


Check = Callable[[Knock, Door], Problem | None]


def _refuse(status: int, title: str, fix: str = "") -> Problem:
    return Problem(
        type="refused", title=title, status=status, why="The local API lets nobody else in", fix=fix
    )


def _host(knock: Knock, door: Door) -> Problem | None:
    hosts = knock.all(b"host")
    if len(hosts) == 1 and hosts[0] in door.hosts:
        return None
    return _refuse(403, "This Host is not ours", f"Use {door.hosts[0]}")


def _origin(knock: Knock, door: Door) -> Problem | None:
    origins = knock.all(b"origin")
    if not origins or (len(origins) == 1 and origins[0] in door.origins):
        return None
    return _refuse(403, "Other pages may not ask")


def _fetch_site(knock: Knock, door: Door) -> Problem | None:
    del door
    sites = knock.all(b"sec-fetch-site")
    if not sites or sites in (["same-origin"], ["none"]):
        return None
    return _refuse(403, "Other pages may not ask")


def _path(knock: Knock, door: Door) -> Problem | None:
    del door
    if _PLAIN_PATH.fullmatch(knock.path):
        return None
    fix = "Write it as it is described: no escapes, no empty parts, no slash at its end"
    return Problem(type="invalid_input", title="This path is not written plainly", status=400, fix=fix)


def _token(knock: Knock, door: Door) -> Problem | None:
    if knock.path == HEALTH.encode():
        return None
    given = knock.all(b"authorization")
    expected = f"Bearer {door.token}".encode()
    if len(given) == 1 and hmac.compare_digest(given[0].encode("utf-8"), expected):
        return None
    return _refuse(
        401, "The token is missing or wrong", "Send the one from agent.json: Authorization: Bearer"
    )


def _content_type(knock: Knock, door: Door) -> Problem | None:
    del door
    types = knock.all(b"content-type")
    if knock.method in SAFE_METHODS or (len(types) == 1 and _JSON.fullmatch(types[0].strip())):
        return None
    return Problem(
        type="invalid_input",
        title="A change needs JSON",
        status=415,
        fix="Send Content-Type: application/json",
    )


class BodyTooLongError(InvalidInputError):
    """More bytes came than a body may have, whatever the head said."""

    code = "too_long"


TOO_LONG = problem_of(BodyTooLongError("The body is too long", "", "At most 1 MiB"))


def _length(knock: Knock, door: Door) -> Problem | None:
    del door
    lengths = knock.all(b"content-length")
    if all(
        length.isdecimal() and len(length) <= _LENGTH_DIGITS and int(length) <= BODY_LIMIT
        for length in lengths
    ):
        return None
    return TOO_LONG


CHECKS: tuple[Check, ...] = (_host, _origin, _fetch_site, _path, _token, _content_type, _length)
"""In this order; the first that objects answers."""


def judge(knock: Knock, door: Door) -> Problem | None:
    """Return why the request is not let in; None = it is."""
    return next((problem for check in CHECKS if (problem := check(knock, door))), None)


class Guard:
    """The judge as ASGI middleware, with our headers on whatever goes out."""

    def __init__(self, app: App, door: Door) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or answer why not."""
        if scope["type"] != "http":
            return
        send = _with_headers(send)
        knock = Knock(
            method=scope["method"], path=scope["raw_path"], headers=tuple(map(tuple, scope["headers"]))
        )
        problem = judge(knock, self._door)
        if problem is not None:
            await _turn_away(problem, receive, send)
            return
        try:
            await self._app(scope, _limited(receive), send)
        except BodyTooLongError:
            await _answer(TOO_LONG, send)


def _limited(receive: Receive) -> Receive:
    """The same body, until it is too long."""
    seen = 0

    async def receive_limited() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > BODY_LIMIT:
            await _drain(receive, is_more=message.get("more_body", False))
            raise BodyTooLongError(TOO_LONG.title, TOO_LONG.why, TOO_LONG.fix)
        return message

    return receive_limited


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*_without(message.get("headers", ()), HEADERS), *HEADERS]
        await send(message)

    return send_with_headers


def _without(
    headers: Iterable[tuple[bytes, bytes]], replaced: Iterable[tuple[bytes, bytes]]
) -> list[tuple[bytes, bytes]]:
    names = {name for name, _ in replaced}
    return [(name, value) for name, value in headers if name not in names]


async def _turn_away(problem: Problem, receive: Receive, send: Send) -> None:
    if problem.status in (401, 413):
        await refuse(problem.status, [(b"content-type", MEDIA_TYPE.encode())], problem.body, receive, send)
    else:
        await _answer(problem, send)


async def _answer(problem: Problem, send: Send) -> None:
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(problem.body)).encode())]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": problem.body})


async def refuse(
    status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes, receive: Receive, send: Send
) -> None:
    """Answer, drop what the client is still sending, and close.

    A socket that is closed with bytes unread resets the connection, and the client may lose the answer with it.
    """
    sent = [*headers, (b"content-length", str(len(body)).encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": sent})
    await send({"type": "http.response.body", "body": body, "more_body": True})
    await _drain(receive, is_more=True)
    await send({"type": "http.response.body", "body": b""})


async def _drain(receive: Receive, *, is_more: bool) -> None:
    dropped = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_TIME):
            while is_more and dropped < LONGEST_DRAIN:
                message = await receive()
                dropped += len(message.get("body", b""))
                is_more = message.get("more_body", False)
