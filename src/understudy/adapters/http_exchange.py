"""Makes one HTTP request, on a thread of its own so that it can be stopped. Tells of an address only its host."""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from contextlib import suppress
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from understudy.adapters.process import STEP
from understudy.core.action import StopSignal
from understudy.core.value import Unshown, Value
from understudy.errors import (
    ActionFailedError,
    InvalidInputError,
    StoppedError,
    TimedOutError,
    UnderstudyError,
)

KEPT = 1 << 20
"""Bytes of an answer; more is left out."""
REDIRECTS = 5
_MOVED = frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443}


class Request(Unshown):
    """What is sent."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None


class Answer(Value):
    """What came back."""

    status: int
    reason: str
    text: str


def exchange(request: Request, seconds: float, stop: StopSignal) -> Answer:
    """Send the request and return the answer, whatever its status.

    GET and HEAD follow redirects, to another origin without the given headers; never from https to http.
    Raises ActionFailedError (nothing_happened where it is certain), InvalidInputError, StoppedError or TimedOutError.
    """
    work = _Exchange(request, seconds)
    work.start()
    until = time.monotonic() + seconds
    while work.is_alive():
        work.join(STEP)
        if work.is_alive() and (stop.is_set() or time.monotonic() > until):
            sent = "It may have arrived" if work.abandon() else "Nothing was sent"
            if stop.is_set():
                raise StoppedError("The request was stopped", sent)
            raise TimedOutError(
                "The request took too long", f"{sent}; {_host(request.url)} did not answer in time"
            )
    if work.error is not None:
        raise work.error
    if work.answer is None:
        raise ActionFailedError("The request failed", "It broke off without a reason")
    return work.answer


class _Exchange(threading.Thread):
    """One request with its redirects. Blocked calls end when `abandon` closes the connection under them."""

    def __init__(self, request: Request, seconds: float) -> None:
        super().__init__(name="http request", daemon=True)
        self._request = request
        self._seconds = seconds
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._is_abandoned = False
        self._peer = ""
        self.answer: Answer | None = None
        self.error: UnderstudyError | None = None

    def run(self) -> None:
        """Do it, and keep the answer or the error."""
        try:
            self.answer = self._follow(self._request)
        except UnderstudyError as error:
            self.error = error
        except TimeoutError:
            why = f"{_host(self._request.url)} did not answer in time; it may have been carried out"
            self.error = TimedOutError("The request took too long", why)
        except (OSError, http.client.HTTPException) as error:
            host, why = _host(self._request.url), type(error).__name__
            self.error = ActionFailedError(
                "The request was not answered", f"{host} broke it off ({why}); it may have been carried out"
            )
        except (ValueError, UnicodeError):
            self.error = _not_valid("A header or the address holds characters that cannot be sent")

    def abandon(self) -> bool:
        """Let go of it; returns whether anything may have been sent."""
        with self._lock:
            self._is_abandoned = True
            if self._socket is not None:
                with suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)
            return self._socket is not None

    def _follow(self, request: Request) -> Answer:
        for _ in range(REDIRECTS + 1):
            answer, location = self._send(request)
            if answer.status not in _MOVED or request.method not in ("GET", "HEAD") or not location:
                return answer
            request = _redirected(request, location)
        raise ActionFailedError("The request was not answered", f"More than {REDIRECTS} redirects in a row")

    def _send(self, request: Request) -> tuple[Answer, str]:
        """Return the answer and where it points to."""
        parts = urlsplit(request.url)
        connection = _connect(parts, self._seconds)
        try:
            self._check_peer(connection)
            with self._lock:
                if self._is_abandoned:
                    raise StoppedError("The request was stopped", "Nothing was sent")
                self._socket = connection.sock
            connection.request(request.method, _target(parts), request.body, dict(request.headers))
            response = connection.getresponse()
            text = _text(response)
            return Answer(status=response.status, reason=response.reason, text=text), response.getheader(
                "Location"
            ) or ""
        finally:
            with self._lock:
                self._socket = None if not self._is_abandoned else self._socket
            connection.close()

    def _check_peer(self, connection: http.client.HTTPConnection) -> None:
        """Refuse to be led from outside to this machine or its own network, whatever name stands for it."""
        before, self._peer = self._peer, connection.sock.getpeername()[0]
        if before and _nearness(self._peer) > _nearness(before):
            why = f"{_host(self._request.url)} points to an address on this machine or in its own network"
            raise ActionFailedError(
                "The request was not answered", why, "Ask that address itself, if you trust it"
            )


def _nearness(peer: str) -> int:
    """Return 0 for an address of the internet, 1 for one of the own network, 2 for this machine."""
    address = ipaddress.ip_address(peer)
    address = getattr(address, "ipv4_mapped", None) or address
    return 2 if address.is_loopback or address.is_unspecified else int(not address.is_global)


def _connect(parts: SplitResult, seconds: float) -> http.client.HTTPConnection:
    """Return an open connection; whatever fails here, nothing has happened yet."""
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(
            host, port, timeout=seconds, context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(host, port, timeout=seconds)
    try:
        connection.connect()
    except (OSError, UnicodeError) as error:
        connection.close()
        raise ActionFailedError(
            "Nothing was sent",
            _why(host, error),
            "Check the address and the connection",
            nothing_happened=True,
        ) from error
    return connection


def _why(host: str, error: Exception) -> str:
    if isinstance(error, socket.gaierror | UnicodeError):
        return f"The name {host} is not known"
    if isinstance(error, ConnectionRefusedError):
        return f"Nobody answers at {host}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate of {host} is not valid: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return f"{host} did not answer in time"
    return f"{host} cannot be reached ({type(error).__name__})"


def _redirected(request: Request, location: str) -> Request:
    """Return the request that a redirect asks for; what may be a password stays with its origin."""
    url = urljoin(request.url, location)
    before, after = urlsplit(request.url), urlsplit(url)
    if after.scheme not in _PORTS or not after.hostname or (before.scheme, after.scheme) == ("https", "http"):
        raise ActionFailedError(
            "The request was not answered", f"{before.hostname} points to an address that is not followed"
        )
    same = (before.scheme, before.hostname, before.port) == (after.scheme, after.hostname, after.port)
    return Request(method=request.method, url=url, headers=request.headers if same else ())


def _target(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return f"{path}?{query}" if query else path


def _text(response: http.client.HTTPResponse) -> str:
    content = response.read(KEPT + 1)
    charset = response.headers.get_content_charset() or "utf-8"
    try:
        text = content[:KEPT].decode(charset, "replace")
    except LookupError:
        text = content[:KEPT].decode("utf-8", "replace")
    return text if len(content) <= KEPT else f"{text}\n[the rest after 1 MiB was left out]"


def check_address(url: str) -> None:
    """Raise InvalidInputError for what is no plain http or https address; says nothing of it."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise _not_valid("It is no address") from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise _not_valid("It does not begin with http:// or https:// and a host")
    if parts.username is not None or parts.password is not None:
        raise _not_valid("It holds a user name; give it in a header, with the password as {{ secret.NAME }}")
    if any(character.isspace() or not character.isprintable() for character in url):
        raise _not_valid("It holds a space or an invisible character")


def _host(url: str) -> str:
    return urlsplit(url).hostname or "The service"


def _not_valid(why: str) -> InvalidInputError:
    return InvalidInputError("This request is not sent", why)
