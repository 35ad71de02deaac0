"""Talks to the running agent over its loopback API, with the standard library: `status` must be quick."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import msgspec

from understudy import errors
from understudy.interfaces.endpoint import START, read_endpoint

if TYPE_CHECKING:
    import http.client

Answer = TypeVar("Answer")

ANSWER_TIME = 15.0
"""Seconds; the agent itself gives up after 10."""

PATIENT = 60.0
"""Seconds for what waits until something has begun or ended."""

LONG_TIME = 600.0
"""Seconds for imports, exports and purges."""

_ERRORS = {
    kind.code: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.UnderstudyError)
}


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list, and where the next part begins."""

    items: list[Any]
    field: str
    """The query field that takes the cursor."""
    cursor: str
    """What the next part comes after; empty = this is the end."""


class Client:
    """One agent, found through agent.json. Methods raise UnderstudyErrors, NotRunningError among them."""

    def __init__(self, endpoint_file: Path) -> None:
        self._file = endpoint_file

    def get(self, path: str, gives: type[Answer], timeout: float = ANSWER_TIME, **query: object) -> Answer:
        """Look something up; empty query values are left out."""
        return self.send("GET", _with_query(path, query), gives, timeout=timeout)

    def page(self, path: str, gives: type[list[Any]], field: str, **query: object) -> Page:
        """Look up a part of a list. `field`: the query field by which the next part is asked for."""
        content, link = self._exchange("GET", _with_query(path, query), None, ANSWER_TIME)
        return Page(msgspec.json.decode(content, type=gives), field, _cursor_in(link, field))

    def post(self, path: str, gives: type[Answer], timeout: float = ANSWER_TIME, **fields: object) -> Answer:
        """Change something."""
        return self.send("POST", path, gives, fields, timeout)

    def send(
        self, method: str, path: str, gives: type[Answer], body: Any = None, timeout: float = ANSWER_TIME
    ) -> Answer:
        """Ask, and return the answer as the type it should have."""
        content, _ = self._exchange(method, path, body, timeout)
        return msgspec.json.decode(content or b"null", type=gives)

    def _exchange(self, method: str, path: str, body: Any, timeout: float) -> tuple[bytes, str]:
        """Return the answer's body and its Link header; raise what it tells where it is an error."""
        import http.client

        connection, response = self._ask(method, path, body, timeout)
        try:
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise _lost(error) from error
        finally:
            connection.close()
        if response.status >= http.client.BAD_REQUEST:
            raise _error_of(content, response.status)
        return content, response.getheader("Link") or ""

    def events(self, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield (kind, content) of live events for as long as the agent sends them."""
        import http.client

        connection, response = self._ask("GET", path, None, None)
        try:
            if response.status >= http.client.BAD_REQUEST:
                raise _error_of(response.read(), response.status)
            yield from _events_in(response)
        except (OSError, http.client.HTTPException) as error:
            raise _lost(error) from error
        finally:
            connection.close()

    def _ask(
        self, method: str, path: str, body: Any, timeout: float | None
    ) -> "tuple[http.client.HTTPConnection, http.client.HTTPResponse]":
        import http.client  # the agent itself loads this file, and never asks anybody

        endpoint = read_endpoint(self._file)
        connection = http.client.HTTPConnection("127.0.0.1", endpoint.port, timeout=timeout)
        headers = {"Authorization": f"Bearer {endpoint.token}", "X-Understudy-Client": "cli"}
        content = None
        if method != "GET":
            headers["Content-Type"] = "application/json"
            content = json.dumps({} if body is None else body).encode()
        try:
            connection.request(method, path, content, headers)
            response = connection.getresponse()
        except TimeoutError as error:
            connection.close()
            raise errors.TimedOutError(
                "Understudy does not answer", "It is running, but busy", "Try again; or look at its log"
            ) from error
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise _nobody(error) from error
        if response.getheader("Server") != "understudy":
            connection.close()
            raise _nobody("another program answers at its address")
        return connection, response


def segment(text: str) -> str:
    """Return the text as one segment of a path. Raises InvalidInputError: names and ids are plain."""
    quoted = quote(text, safe="")
    if quoted != text or not text:
        raise errors.InvalidInputError(
            f"{text!r} cannot be a name or an id", fix="Use letters, digits, _ - and . in it"
        )
    return quoted


def matching(given: str, known: Sequence[str]) -> str:
    """Return the one id meant by `given`: the id, its beginning, or the beginning of the part after the dash.

    Unknown ones are returned as they are: the agent knows more than lists show. Raises InvalidInputError when
    several begin so.
    """
    if given in known:
        return given
    found = sorted({one for one in known if one.startswith(given) or one.partition("-")[2].startswith(given)})
    if len(found) > 1:
        raise errors.InvalidInputError(
            f"{given!r} is not clear",
            f"{len(found)} ids begin so: {', '.join(found[:5])}",
            "Write more of it",
        )
    return found[0] if found else given


def _with_query(path: str, query: dict[str, object]) -> str:
    words = {name: _word(value) for name, value in query.items() if value not in ("", None, 0, False, ())}
    return f"{path}?{urlencode(words, doseq=True)}" if words else path


def _word(value: object) -> str | tuple[str, ...]:
    """Return a value as a query has it; several of them as several fields of one name."""
    if isinstance(value, tuple):
        return tuple(map(str, value))
    return "true" if value is True else str(value)


def _cursor_in(link: str, field: str) -> str:
    """Return what the next part of a list comes after, from a Link header; empty = there is none."""
    found = re.search(r"<(.+?)>; rel=\"next\"", link)
    return parse_qs(urlsplit(found[1]).query).get(field, [""])[0] if found else ""


def _events_in(response: "http.client.HTTPResponse") -> Iterator[tuple[str, dict[str, Any]]]:
    kind = ""
    while line := response.readline():
        name, _, value = line.decode("utf-8").rstrip("\n").partition(": ")
        if name == "event":
            kind = value
        elif name == "data":
            yield kind, json.loads(value)


def _error_of(content: bytes, status: int) -> errors.UnderstudyError:
    try:
        told = json.loads(content)
        return _ERRORS.get(told["type"], errors.UnderstudyError)(told["title"], told["why"], told["fix"])
    except (ValueError, KeyError, TypeError):
        return errors.UnderstudyError(
            "The agent gave an answer that makes no sense", f"HTTP {status}", "Try again"
        )


def _nobody(why: object) -> errors.NotRunningError:
    return errors.NotRunningError(
        "Understudy is not running", f"Nobody answers at its address ({why})", START
    )


def _lost(why: object) -> errors.NotRunningError:
    return errors.NotRunningError("Understudy has ended", f"It went away while answering ({why})", START)
