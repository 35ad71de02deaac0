"""Fetches the buckets of an ActivityWatch server on this machine, and on no other."""

import ipaddress
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import msgspec

from understudy.adapters.importers.reading.activitywatch_buckets import Bucket
from understudy.errors import InvalidInputError

DEFAULT_ADDRESS = "http://127.0.0.1:5600"
_Answer = TypeVar("_Answer")
_TIMEOUT = 60.0
"""Seconds an answer may take."""
_LARGEST = 1024 * 1024 * 1024
"""Bytes of one answer."""
_FIX = "Start ActivityWatch, or import a file it has exported"


def check_address(address: str) -> str:
    """Return the root of its interface. Raises InvalidInputError unless it is `http://` on this machine."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise _refused(address, str(error)) from error
    if parts.scheme != "http" or parts.username is not None:
        raise _refused(address, "Only plain http:// without a login is used on one machine")
    if not _is_here(host):
        raise _refused(address, "It is not on this machine; nothing is fetched from others")
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port or 5600}/api/0"


def fetch_buckets(address: str) -> list[Bucket]:
    """Return every bucket with all its events. Raises InvalidInputError where it does not answer."""
    root = check_address(address)
    listing = _decoded(_fetch(f"{root}/buckets/"), address, dict[str, Bucket])
    for bucket_id, bucket in listing.items():
        bucket.id = bucket_id
        url = f"{root}/buckets/{quote(bucket_id, safe='')}/events?limit=-1"
        bucket.events = _decoded(_fetch(url), address, list[msgspec.Raw])
    return list(listing.values())


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _fetch(url: str) -> bytes:
    """Get one answer: no proxy, no redirect, at most 1 GiB."""
    from http.client import HTTPException
    from urllib.error import URLError
    from urllib.request import HTTPRedirectHandler, ProxyHandler, build_opener

    class NoRedirect(HTTPRedirectHandler):
        """A local server has no reason to send us elsewhere."""

        def redirect_request(self, *_: Any, **__: Any) -> None:
            """Follow none."""

    opener = build_opener(ProxyHandler({}), NoRedirect())
    try:
        with opener.open(url, timeout=_TIMEOUT) as answer:
            body: bytes = answer.read(_LARGEST + 1)
    except (URLError, HTTPException, OSError, ValueError) as error:
        raise _refused(url, f"It does not answer: {getattr(error, 'reason', error)}") from error
    if len(body) > _LARGEST:
        raise _refused(url, "Its answer is larger than 1 GiB")
    return body


def _decoded(body: bytes, address: str, answer: type[_Answer]) -> _Answer:
    try:
        return msgspec.json.decode(body, type=answer)
    except (ValueError, RecursionError) as error:
        raise _refused(address, f"It does not answer like ActivityWatch: {error}") from error


def _refused(address: str, why: str) -> InvalidInputError:
    return InvalidInputError(f"ActivityWatch cannot be read at {address[:100]}", why, _FIX)
