"""The guard: who may feed us, who may read. It decides from the head of a request, and routes it. No web framework.

A page in the person's own browser can reach a loopback port, so nothing is believed but an exact Host and no
Origin at all, or that of an extension the person has allowed. Watchers have no token; all they may do without
is ask who is there and report. Whoever reads, deletes or imports needs it.
"""

import base64
import binascii
import hmac
import logging
import re
from collections.abc import Callable

from understudy.core.value import Value
from understudy.errors import UnderstudyError
from understudy.interfaces.activitywatch.exchange import Request
from understudy.interfaces.activitywatch.routes import Access, Route, find
from understudy.interfaces.api.guard import Door, Knock
from understudy.interfaces.api.problem import STATUS_OF

log = logging.getLogger(__name__)

EXTENSION = re.compile(r"[a-z][a-z0-9+.-]*-extension://[A-Za-z0-9._-]{1,100}")
"""The Origin of a browser extension."""
MOST_TOLD = 16
"""TurnedAwayError extensions that are remembered."""
_JSON = re.compile(r'application/json(?:\s*;\s*charset="?utf-8"?)?', re.IGNORECASE)
_LENGTH = re.compile(r"[0-9]{1,10}")
PREFLIGHT: tuple[tuple[bytes, bytes], ...] = (
    (b"access-control-allow-methods", b"GET, POST, PUT, DELETE"),
    (b"access-control-allow-headers", b"content-type, authorization"),
    (b"access-control-allow-private-network", b"true"),
    (b"access-control-max-age", b"600"),
)


class Rules(Value):
    """What the person has set."""

    is_on: bool = True
    extensions: tuple[str, ...] = ()
    """Origins that may report."""
    watchers: tuple[str, ...] = ("aw-watcher-",)
    """What the names of buckets begin with that may be filled without the token."""


class TurnedAwayError(UnderstudyError):
    """The request is not let in."""

    def __init__(self, status: int, title: str, fix: str = "") -> None:
        super().__init__(title, "", fix)
        self.status = status


def status_of(error: UnderstudyError) -> int:
    """Return the HTTP status that tells of an error."""
    return error.status if isinstance(error, TurnedAwayError) else STATUS_OF.get(error.code, 500)


def allowed_origin(knock: Knock, rules: Rules) -> str:
    """Return the origin of the request, if it is an extension that is allowed."""
    origins = knock.all(b"origin")
    return origins[0] if len(origins) == 1 and origins[0] in rules.extensions else ""


class Gate:
    """Judges requests, and remembers which extensions it has turned away."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self.turned_away: list[str] = []
        """Extensions that asked and are not allowed."""

    def admit(
        self, knock: Knock, rules: Rules, is_stranger: Callable[[], bool] = lambda: False
    ) -> tuple[Route | None, Request]:
        """Return what is asked for; None = whether an extension may ask (a preflight). Raises TurnedAwayError.

        `is_stranger` says whether another person of this machine asks: nobody else's watchers are ours.
        """
        self._check_place(knock, rules)
        method = _wanted_method(knock)
        route, names, is_known = find(knock.path.decode("latin-1"), method)
        if not is_known:
            raise TurnedAwayError(404, "There is no such path")
        if route is None:
            raise TurnedAwayError(405, "This path does not take that method")
        request = Request(names=names)
        if knock.method == "OPTIONS":
            return None, request
        if not self._has_token(knock):
            _check_without_token(route, request, rules, is_stranger)
        _check_body(knock, route)
        return route, request

    def _check_place(self, knock: Knock, rules: Rules) -> None:
        hosts = knock.all(b"host")
        if len(hosts) != 1 or hosts[0] not in self._door.hosts:
            raise TurnedAwayError(403, "This Host is not ours", f"Use {self._door.hosts[0]}")
        if not rules.is_on:
            raise TurnedAwayError(
                403, "Watchers are switched off", "understudy settings set activitywatch on"
            )
        origins = knock.all(b"origin")
        if origins and not allowed_origin(knock, rules):
            self._turn_away(origins[0], rules)
            raise TurnedAwayError(403, "Pages and unknown extensions may not ask")
        sites = knock.all(b"sec-fetch-site")
        if not origins and sites not in ([], ["none"], ["same-origin"]):
            raise TurnedAwayError(403, "Other pages may not ask")

    def _turn_away(self, origin: str, rules: Rules) -> None:
        """Say once how an extension can be allowed."""
        if (
            EXTENSION.fullmatch(origin)
            and origin not in self.turned_away
            and len(self.turned_away) < MOST_TOLD
        ):
            self.turned_away.append(origin)
            command = allowing(origin, rules.extensions)
            log.warning("an extension was turned away: %s. To allow it: %s", origin, command)

    def _has_token(self, knock: Knock) -> bool:
        """Whether it is there, alone or as the password of a .netrc entry."""
        given = knock.all(b"authorization")
        if len(given) != 1:
            return False
        kind, _, text = given[0].partition(" ")
        token = text if kind == "Bearer" else _password(text) if kind == "Basic" else ""
        return hmac.compare_digest(token.encode("utf-8", "surrogatepass"), self._door.token.encode())


def _check_without_token(
    route: Route, request: Request, rules: Rules, is_stranger: Callable[[], bool]
) -> None:
    if route.access is Access.OPEN:
        return
    is_watcher = route.access is Access.WATCHER and request.bucket.startswith(rules.watchers)
    if not is_watcher or is_stranger():
        title = "The token is missing or wrong" if not is_watcher else "This watcher is somebody else's"
        raise TurnedAwayError(401, title, "Send the one from agent.json: Authorization: Bearer")


def allowing(origin: str, allowed: tuple[str, ...]) -> str:
    """Return the command that allows an extension besides those that are allowed."""
    return f"understudy settings set extension_origins {','.join((*allowed, origin))}"


def _wanted_method(knock: Knock) -> str:
    if knock.method != "OPTIONS":
        return knock.method
    if not knock.all(b"origin"):
        raise TurnedAwayError(405, "This path does not take that method")
    return "".join(knock.all(b"access-control-request-method"))


def _password(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("latin-1").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def _check_body(knock: Knock, route: Route) -> None:
    types = knock.all(b"content-type")
    is_json = len(types) == 1 and _JSON.fullmatch(types[0].strip())
    if route.method in ("POST", "PUT") and not is_json:
        raise TurnedAwayError(415, "A change needs JSON", "Send Content-Type: application/json")
    for length in knock.all(b"content-length"):
        if not _LENGTH.fullmatch(length) or int(length) > route.longest:
            raise too_long(route)


def too_long(route: Route) -> TurnedAwayError:
    """Return what is said of a body with too many bytes."""
    return TurnedAwayError(413, "The body is too long", f"At most {route.longest // 1024} KiB")
