"""Addresses and paths made comparable: what differs from one visit to the next becomes a typed blank."""

import re
from collections import OrderedDict
from collections.abc import Iterable

from understudy.core.blanks import Blanks, Parameters
from understudy.core.value import Value

_URL = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*):(?://(?P<login>[^/?#@]*@)?(?P<host>[^/?#]*))?"
    r"(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?",
    re.IGNORECASE,
)
_TRACKING = re.compile(
    r"utm_.*|(g|fb|ms|y|d)clid|[gw]braid|mc_[ce]id|igshid|_ga|_gl|_hs(enc|mi)|mkt_tok|vero_id"
)
_TYPES = (
    ("n", re.compile(r"\d+")),
    ("uuid", re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)),
    ("date", re.compile(r"\d{4}-\d{1,2}(-\d{1,2})?|\d{1,2}[.-]\d{1,2}[.-]\d{4}")),
    ("id", re.compile(r"(?=.*\d)[0-9a-f]{8,}|[A-Za-z]{1,12}-\d+", re.IGNORECASE)),
)
_WORD_BREAK = re.compile(r"[-_.~+%]")
_LONG = 10
"""A word of this length with two digits and two letters in it is no word."""
_MANY_CHARACTERS = 14
"""Nor is one with so many different characters."""
_SIBLINGS = 20
"""More different names than this in one place are names of things, not of places."""
_PLACES = 4_096
"""Places whose names are remembered; the one not visited for longest is forgotten first."""


class Address(Value):
    """One URL, taken apart. Tracking keys and the fragment are gone."""

    host: str
    template: str
    """`tracker.example/browse/{id}?view`."""
    exact: str
    """`tracker.example/browse/OPS-12?view=all`."""
    parameters: Parameters = ()
    """Of the path by type, then those of the query by key: `(("id", "OPS-12"), ("view", "all"))`."""


class Addresses:
    """Reads URLs, and learns in which places the names are many."""

    def __init__(self) -> None:
        self._names: OrderedDict[str, set[str]] = OrderedDict()

    def places(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return every place with its names, the one not visited for longest first."""
        return tuple((place, tuple(sorted(names))) for place, names in self._names.items())

    def restore(self, places: Iterable[tuple[str, Iterable[str]]]) -> None:
        """Start from what `places` returned."""
        self._names = OrderedDict((place, set(names)) for place, names in places)

    def read(self, url: str, *, learns: bool = True) -> Address:
        """Take a URL apart; what is none is kept whole."""
        match = _URL.match(url)
        if match is None:
            return Address(host=url, template=url, exact=url)
        host = _host(match["host"]) if match["host"] is not None else f"{match['scheme'].lower()}:"
        segments = [segment for segment in match["path"].split("/") if segment]
        pairs = _pairs(match["query"])
        template, parameters = self._place(host, segments, learns=learns)
        keys = "&".join(sorted({pair.partition("=")[0] for pair in pairs}))
        return Address(
            host=host,
            template=f"{template}?{keys}" if keys else template,
            exact="/".join([host, *segments]) + ("?" + "&".join(pairs) if pairs else ""),
            parameters=(*parameters, *_given(pairs)),
        )

    def _place(self, host: str, segments: list[str], *, learns: bool) -> tuple[str, Parameters]:
        place, parameters = host, []
        for segment in segments:
            kind = segment_type(segment) or self._crowd(place, segment, learns=learns)
            if kind:
                parameters.append((kind, segment))
            place = f"{place}/{{{kind}}}" if kind else f"{place}/{segment}"
        return place, tuple(parameters)

    def _crowd(self, place: str, name: str, *, learns: bool) -> str:
        """Return `*` where more than 20 different names have been seen in this place."""
        names = self._names.get(place, set())
        if learns:
            self._names[place] = names
            self._names.move_to_end(place)
            if len(names) <= _SIBLINGS:
                names.add(name)
            if len(self._names) > _PLACES:
                self._names.popitem(last=False)
        return "*" if len(names) > _SIBLINGS else ""


def address_to_open(url: str) -> str:
    """Return the address without tracking keys and fragment; empty unless http or https without a login."""
    match = _URL.match(url)
    if match is None or match["scheme"].lower() not in ("http", "https"):
        return ""
    if match["login"] or not match["host"]:
        return ""
    query = "&".join(_pairs(match["query"]))
    return f"{match['scheme'].lower()}://{match['host']}{match['path']}" + (f"?{query}" if query else "")


def address_blanks(template: str, url: str) -> Blanks:
    """Take an address to open apart at the blanks of its template, as `read` gave it, and the values of its query."""
    match = _URL.match(url)
    if match is None:
        return Blanks((url,), ())
    reader = _Reader(url[: match.start("path")])
    places = iter(template.partition("?")[0].split("/")[1:])
    for number, segment in enumerate(match["path"].split("/")):
        reader.text[-1] += "/" if number else ""
        place = next(places, segment) if segment else ""
        reader.take(segment, place[1:-1] if place.startswith("{") and place != segment else "")
    for number, pair in enumerate(_pairs(match["query"])):
        key, equals, value = pair.partition("=")
        reader.text[-1] += f"{'&' if number else '?'}{key}{equals}"
        reader.take(_without_plus(value), key)
    return Blanks(tuple(reader.text), tuple(reader.parameters))


class _Reader:
    """Puts together what stands around blanks."""

    def __init__(self, start: str) -> None:
        self.text = [start]
        self.parameters: list[tuple[str, str]] = []

    def take(self, part: str, kind: str) -> None:
        """Take the next part: a blank of this type, or plain text where there is none."""
        if part and kind:
            self.parameters.append((kind, part))
            self.text.append("")
        else:
            self.text[-1] += part


def _given(pairs: list[str]) -> Parameters:
    """Return the values of a query by their keys; a key alone is part of the template."""
    halves = (pair.partition("=") for pair in pairs)
    return tuple((key, _without_plus(value)) for key, _, value in halves if key and value)


def _without_plus(value: str) -> str:
    """Return a value of a query with its spaces written as in a path."""
    return value.replace("+", "%20")


def segment_type(segment: str) -> str:
    """Return n, uuid, date or id for a segment that names one thing of many, else nothing."""
    for kind, pattern in _TYPES:
        if pattern.fullmatch(segment):
            return kind
    return "id" if any(_is_random(word) for word in _WORD_BREAK.split(segment)) else ""


def path_template(path: str) -> tuple[str, Parameters]:
    """Return a path with its name as `{file}.ext` and numbered folders as blanks, and what was left out."""
    *folders, name = path.replace("\\", "/").split("/")
    kinds = [segment_type(folder) for folder in folders]
    parameters = [(kind, folder) for kind, folder in zip(kinds, folders, strict=True) if kind]
    places = [f"{{{kind}}}" if kind else folder for kind, folder in zip(kinds, folders, strict=True)]
    _, dot, extension = name.rpartition(".")
    blank = f"{{file}}.{extension.lower()}" if dot else "{file}"
    return "/".join([*places, blank]), (*parameters, ("file", name))


def _is_random(word: str) -> bool:
    if len(word) < _LONG:
        return False
    is_mixed = sum(map(str.isdigit, word)) > 1 and sum(map(str.isalpha, word)) > 1
    return is_mixed or len(set(word)) >= _MANY_CHARACTERS


def _host(host: str) -> str:
    return host.lower().removeprefix("www.").removesuffix(":80").removesuffix(":443")


def _pairs(query: str | None) -> list[str]:
    """Return the pairs of a query that are not there to follow the person around."""
    pairs = (query or "").split("&")
    return [pair for pair in pairs if pair and not _TRACKING.fullmatch(pair.partition("=")[0])]
