"""Sends an HTTP request: to a webhook, a ticket system, a house. Passwords come in by name only."""

import json
import re
import time
from typing import Any, ClassVar
from urllib.parse import quote

import msgspec

from understudy.adapters.http_exchange import Answer, Request, check_address, exchange
from understudy.adapters.one_line import one_line
from understudy.core.action import (
    ActionContext,
    Expectation,
    Performed,
    Reversibility,
    Undone,
    UndoStatus,
)
from understudy.core.template import is_templated
from understudy.core.value import Value
from understudy.errors import (
    ActionFailedError,
    InvalidInputError,
    StoppedError,
    TimedOutError,
    UnderstudyError,
)

LONGEST = 60.0
LARGEST = 1 << 20
METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH")
IDEMPOTENT = frozenset(METHODS[:5])
AUTOMATIC = "auto"
_SHOWN = 200
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OURS = frozenset({"connection", "content-length", "host", "transfer-encoding", "upgrade"})
"""Headers that say where a request ends and who it is for: two opinions of that are a way to smuggle a second one."""
_FROM_ANSWER = re.compile(r"\{answer\.([A-Za-z0-9_.]+)\}")
_CHANGED = frozenset({404, 409, 410, 412})


class Inverse(Value):
    """The request that takes another one back."""

    url: str
    """`{answer.FIELD}` stands for a field of the JSON that the request was answered with: `{answer.id}`."""
    method: str = "DELETE"
    headers: dict[str, str] = {}
    body: str = ""
    json: Any = None
    expect: tuple[int, ...] = ()
    """Statuses that mean it was done; empty = 200 to 299."""


class Parameters(Value):
    """What to send, and which answer means that it was done."""

    url: str
    method: str = "GET"
    headers: dict[str, str] = {}
    body: str = ""
    json: Any = None
    """In place of `body`: sent as JSON."""
    expect: tuple[int, ...] = ()
    """Statuses that mean it was done; empty = 200 to 299."""
    idempotency_key: str = ""
    """Sent as `Idempotency-Key`, for services that know it: a repeated request then counts once; auto = one of the
    step's own, the same for every try."""
    inverse: Inverse | None = None
    """What takes it back."""
    timeout: float = 20.0
    """Seconds, at most 60."""


class HttpRequest:
    """Sends one request and keeps the answer's text."""

    name: ClassVar[str] = "http_request"
    title: ClassVar[str] = "Send a web request"
    parameters: ClassVar[type[Parameters]] = Parameters
    reversibility: ClassVar[Reversibility] = Reversibility.INVERSE
    needs: ClassVar[tuple[str, ...]] = ()
    needs_consent: ClassVar[bool] = False
    exclusive: ClassVar[bool] = False
    literal: ClassVar[frozenset[str]] = frozenset({"url", "method", "inverse"})
    secret: ClassVar[frozenset[str]] = frozenset({"url", "headers", "body", "json", "inverse"})

    def check(self, parameters: Parameters) -> Parameters:
        """Refuse what cannot be sent; the method becomes capitals."""
        ready = msgspec.structs.replace(parameters, method=parameters.method.upper())
        _check(ready)
        return ready

    def preview(self, parameters: Parameters) -> str:
        """Show everything that is sent."""
        text = f"Send {_shown(parameters)}"
        return one_line(text).rstrip(".")

    def undo_preview(self, parameters: Parameters) -> str:
        """Say what takes it back."""
        if parameters.inverse is not None:
            return f"Undo sends {one_line(_shown(parameters.inverse))}."
        return "What a web request does cannot be taken back."

    def is_idempotent(self, parameters: Parameters) -> bool:
        """Say yes for methods that are by their definition, and where the service tells a repeated one."""
        return parameters.method.upper() in IDEMPOTENT or bool(parameters.idempotency_key)

    def expects(self, parameters: Parameters) -> tuple[Expectation, ...]:
        """Nothing on this machine."""
        del parameters
        return ()

    def prepare(self, parameters: Parameters, context: ActionContext) -> dict[str, Any]:
        """Look once more, now that all but the secrets is filled in."""
        del context
        _check(parameters)
        return {}

    def perform(self, parameters: Parameters, context: ActionContext, before: dict[str, Any]) -> Performed:
        """Send it; done when the answer has a status that says so."""
        del before
        answer = _sent(parameters, _headers(parameters, context.tag), parameters.timeout, context)
        if not _is_done(answer, parameters.expect):
            raise ActionFailedError("The request was refused", _answered(answer))
        undo = _undo_of(parameters.inverse, answer.text)
        return Performed(output=answer.text, undo=undo, stays=undo is None)

    def undo(self, undo: dict[str, Any], context: ActionContext) -> Undone:
        """Send the inverse; its status says whether it was taken back."""
        try:
            inverse = msgspec.convert(undo.get("inverse"), Inverse)
        except msgspec.ValidationError:
            return Undone(status=UndoStatus.REFUSED, text="There is no request that takes this back.")
        try:
            answer = _sent(inverse, inverse.headers, LONGEST, context)
        except UnderstudyError as error:
            return Undone(status=UndoStatus.UNDO_FAILED, text=f"The inverse request failed: {error}")
        if _is_done(answer, inverse.expect):
            return Undone(status=UndoStatus.UNDONE, text=f"The inverse request was answered {answer.status}.")
        if answer.status in _CHANGED:
            text = f"Not undone: it has changed or is gone since (answer {answer.status})."
            return Undone(status=UndoStatus.REFUSED, text=text)
        return Undone(
            status=UndoStatus.UNDO_FAILED, text=f"The inverse request was refused. {_answered(answer)}."
        )


Sent = Parameters | Inverse


def _sent(sent: Sent, headers: dict[str, str], most: float, context: ActionContext) -> Answer:
    """Check it strictly, now that the secrets are in, and send it."""
    check_address(sent.url)
    _check_method(sent.method)
    _check_headers(headers)
    if context.stop.is_set():
        raise StoppedError("The request was not sent")
    seconds = min(most, context.deadline - time.monotonic())
    if seconds <= 0:
        raise TimedOutError("The request was not sent", "No time was left for it")
    given = {**_own_headers(sent), **headers}
    request = Request(
        method=sent.method.upper(), url=sent.url, headers=tuple(given.items()), body=_body(sent)
    )
    return exchange(request, seconds, context.stop)


def _headers(sent: Sent, tag: str) -> dict[str, str]:
    """Return the headers that were asked for; `tag` = what an automatic key is."""
    key = sent.idempotency_key if isinstance(sent, Parameters) else ""
    return sent.headers | ({"Idempotency-Key": tag if key == AUTOMATIC else key} if key else {})


def _own_headers(sent: Sent) -> dict[str, str]:
    """Return what goes without saying, where nothing else was asked for."""
    own = {"User-Agent": "Understudy"}
    if _body(sent) is not None:
        own["Content-Type"] = "text/plain; charset=utf-8" if sent.json is None else "application/json"
    given = {name.lower() for name in sent.headers}
    return {name: value for name, value in own.items() if name.lower() not in given}


def _body(sent: Sent) -> bytes | None:
    if sent.json is not None:
        return msgspec.json.encode(sent.json)
    return sent.body.encode("utf-8", "replace") if sent.body else None


def _is_done(answer: Answer, expect: tuple[int, ...]) -> bool:
    return answer.status in expect if expect else 200 <= answer.status < 300  # noqa: PLR2004 - as HTTP has it


def _answered(answer: Answer) -> str:
    said = one_line(answer.text[:_SHOWN])
    return f"The answer was {answer.status} {one_line(answer.reason)}{': ' if said else ''}{said}"


def _undo_of(inverse: Inverse | None, text: str) -> dict[str, Any] | None:
    """Return the inverse with fields of the answer filled in; None = there is none, or the answer lacks a field."""
    if inverse is None:
        return None
    try:
        fields = json.loads(text) if _FROM_ANSWER.search(inverse.url) else {}
        url = _FROM_ANSWER.sub(lambda found: quote(str(_field(fields, found[1])), safe=""), inverse.url)
    except (ValueError, KeyError, TypeError):
        return None
    return {"inverse": msgspec.to_builtins(msgspec.structs.replace(inverse, url=url))}


def _field(fields: Any, path: str) -> str | int:
    for name in path.split("."):
        fields = fields[name]
    if not isinstance(fields, str | int) or not str(fields).strip("."):
        raise TypeError(path)  # nothing, or a way upwards: it would take back something else
    return fields


# --- checking ---------------------------------------------------------------------------------------------------------


def _requests(parameters: Parameters) -> tuple[Sent, ...]:
    return (parameters,) if parameters.inverse is None else (parameters, parameters.inverse)


def _check(parameters: Parameters) -> None:
    for sent in _requests(parameters):
        if not is_templated(sent.method):
            _check_method(sent.method)
        if not is_templated(sent.url):
            check_address(_FROM_ANSWER.sub("x", sent.url))
        _check_headers(_headers(sent, ""))
        if sent.body and sent.json is not None:
            raise _not_sent("It has both a body and JSON", "Give one of them")
        if len(_body(sent) or b"") > LARGEST:
            raise _not_sent("It is too long", f"At most {LARGEST >> 20} MiB are sent")
    if not 0 < parameters.timeout <= LONGEST:
        raise _not_sent("The time limit is not valid", f"It must be 1 to {LONGEST:.0f} seconds")


def _check_method(method: str) -> None:
    if method.upper() not in METHODS:
        raise _not_sent(f"There is no method {one_line(method)}", f"Use one of {', '.join(METHODS)}")


def _check_headers(headers: dict[str, str]) -> None:
    if len({name.lower() for name in headers}) < len(headers):
        raise _not_sent("A header is given twice", "Their names are the same without case")
    for name, value in headers.items():
        if not _HEADER.fullmatch(name):
            raise _not_sent(f"{one_line(name)!r} is no name of a header")
        if name.lower() in _OURS:
            raise _not_sent(f"The header {name} cannot be given", "It follows from the address and the body")
        if not all(character.isprintable() or character == "\t" for character in value):
            raise _not_sent(f"The header {name} holds a line end or another control character")
        if any(character > "\xff" for character in value) and not is_templated(value):
            raise _not_sent(
                f"The header {name} holds a character that cannot be sent", "Use Latin letters alone"
            )


def _not_sent(why: str, fix: str = "") -> InvalidInputError:
    return InvalidInputError("This request is not sent", why, fix)


def _shown(sent: Sent) -> str:
    headers = "".join(f", {name}: {value}" for name, value in sent.headers.items())
    content = "" if _body(sent) is None else f" with {(_body(sent) or b'').decode('utf-8', 'replace')}"
    return f"{sent.method.upper()} {sent.url}{headers}{content}"


PLUGIN = HttpRequest
