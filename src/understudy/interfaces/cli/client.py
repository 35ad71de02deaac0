"""Talks to the running agent over its loopback API: `status` must be quick."""

import codecs
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
    from understudy.interfaces.cli.exchange import Answer

Given = TypeVar("Given")

ANSWER_TIME = 15.0
"""Seconds; the agent itself gives up after 10."""

PATIENT = 60.0
"""Seconds for what waits until something has begun or ended."""

LONG_TIME = 600.0
"""Seconds for imports, exports and purges."""

BAD_REQUEST = 400
"""Statuses from here on tell of an error."""

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

    def get(self, path: str, gives: type[Given], timeout: float = ANSWER_TIME, **query: object) -> Given:
        """Look something up; empty query values are left out."""
        return self.send("GET", _with_query(path, query), gives, timeout=timeout)

    def page(self, path: str, gives: type[list[Any]], field: str, **query: object) -> Page:
        """Look up a part of a list. `field`: the query field by which the next part is asked for."""
        content, link = self._exchange("GET", _with_query(path, query), None, ANSWER_TIME)
        return Page(msgspec.json.decode(content, type=gives), field, _cursor_in(link, field))

    def post(self, path: str, gives: type[Given], timeout: float = ANSWER_TIME, **fields: object) -> Given:
        """Change something."""
        return self.send("POST", path, gives, fields, timeout)

    def send(
        self, method: str, path: str, gives: type[Given], body: Any = None, timeout: float = ANSWER_TIME
    ) -> Given:
        """Ask, and return the answer as the type it should have."""
        content, _ = self._exchange(method, path, body, timeout)
        return msgspec.json.decode(content or b"null", type=gives)

    def _exchange(self, method: str, path: str, body: Any, timeout: float) -> tuple[bytes, str]:
        """Return the answer's body and its Link header; raise what it tells where it is an error."""
        answer = self._ask(method, path, body, timeout)
        try:
            content = b"".join(answer.pieces())
        except OSError as error:
            raise _lost(error) from error
        finally:
            answer.close()
        if answer.status >= BAD_REQUEST:
            raise _error_of(content, answer.status)
        return content, answer.headers.get("link", "")

    def text(self, path: str) -> Iterator[str]:
        """Yield a long answer as it comes, in pieces of text."""
        decoder = codecs.getincrementaldecoder("utf-8")()
        answer = self._ask("GET", path, None, LONG_TIME)
        try:
            if answer.status >= BAD_REQUEST:
                raise _error_of(b"".join(answer.pieces()), answer.status)
            yield from map(decoder.decode, answer.pieces())
        except OSError as error:
            raise _broken_off(error) from error
        finally:
            answer.close()

    def events(self, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield (kind, content) of live events for as long as the agent sends them."""
        answer = self._ask("GET", path, None, None)
        try:
            if answer.status >= BAD_REQUEST:
                raise _error_of(b"".join(answer.pieces()), answer.status)
            yield from _events_in(answer.pieces())
        except OSError as error:
            raise _lost(error) from error
        finally:
            answer.close()

    def _ask(self, method: str, path: str, body: Any, timeout: float | None) -> "Answer":
        from understudy.interfaces.cli.exchange import (
            ask,  # the agent itself loads this file, and asks nobody
        )

        endpoint = read_endpoint(self._file)
        headers = {"Authorization": f"Bearer {endpoint.token}", "X-Understudy-Client": "cli"}
        content = b""
        if method != "GET":
            headers["Content-Type"] = "application/json"
            content = json.dumps({} if body is None else body).encode()
        try:
            answer = ask(endpoint.port, method, path, headers, content, timeout=timeout)
        except TimeoutError as error:
            raise errors.TimedOutError(
                "Understudy does not answer", "It is running, but busy", "Try again; or look at its log"
            ) from error
        except OSError as error:
            raise _nobody(error) from error
        if answer.headers.get("server") != "understudy":
            answer.close()
            raise _nobody("another program answers at its address")
        return answer


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


def _events_in(pieces: Iterator[bytes]) -> Iterator[tuple[str, dict[str, Any]]]:
    kind = ""
    for line in _lines(pieces):
        name, _, value = line.decode("utf-8").partition(": ")
        if name == "event":
            kind = value
        elif name == "data":
            yield kind, json.loads(value)


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines


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


def _broken_off(why: object) -> errors.UnderstudyError:
    return errors.UnderstudyError(
        "The answer is not whole", f"It broke off ({why})", "Try again; if it stays, look at the log"
    )


def _lost(why: object) -> errors.NotRunningError:
    return errors.NotRunningError("Understudy has ended", f"It went away while answering ({why})", START)
