"""Documents made from the schema by chance: read, or refused with the name of a place; never anything else."""

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.core.test_document import ZONE
from tests.unit.core.test_document_schema import SCHEMA, VALIDATOR
from understudy.core.document import read_document, write_document
from understudy.core.workflow import Workflow
from understudy.errors import InvalidInputError

WORDS = st.sampled_from(("", "x", "{{ trigger.title }}", "0 6 * * *", "5 min", "s1", "battery", "ü\u202e"))
DURATIONS = st.one_of(st.integers(-5, 10**9), st.sampled_from(("30 s", "1 h 30 min", "1.5 d", "5min")))
PLAIN = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.floats(allow_nan=False), WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(WORDS, inner, max_size=2)),
    max_leaves=4,
)


def made(schema):
    """A strategy for the values that a part of our schema allows; only the keywords that it uses."""
    if "$ref" in schema:
        return st.deferred(lambda: made(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]))
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    if "pattern" in schema:
        return (
            DURATIONS.filter(lambda value: isinstance(value, str))
            if "d{1,12}" in schema["pattern"]
            else WORDS
        )
    kind = schema.get("type")
    if kind == "object":
        return an_object(schema)
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            return st.one_of(*map(made, schema[keyword]))
    return {
        "string": WORDS,
        "integer": st.integers(-3, 2**40),
        "number": st.floats(allow_nan=False, allow_infinity=False),
        "boolean": st.booleans(),
        "null": st.none(),
        "array": st.lists(made(schema.get("items", {})) if "items" in schema else PLAIN, max_size=3),
        None: PLAIN,
    }[kind]


def an_object(schema):
    fields = {name: made(part) for name, part in schema.get("properties", {}).items()}
    required = set(schema.get("required", ()))
    if not fields:
        return st.dictionaries(WORDS, PLAIN, max_size=2)
    return st.fixed_dictionaries(
        {name: fields[name] for name in required},
        optional={name: part for name, part in fields.items() if name not in required},
    )


def read_or_told(document):
    """Return (what was read, None), or (None, why it was refused)."""
    try:
        return read_document(document, ZONE), None
    except InvalidInputError as error:
        return None, error


DOCUMENTS = made({"$ref": SCHEMA.get("$ref", "#/$defs/Document")})


@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(DOCUMENTS)
def test_what_fits_the_schema_can_be_read(document):
    """An editor that finds no mistake is right: the reader takes all of it. And what is read is written back equal."""
    read, told = read_or_told(document)
    assert told is None or not VALIDATOR.is_valid(document)
    if read is None:
        return
    workflow = Workflow(
        id="w", **{name: getattr(read, name) for name in read.__struct_fields__ if name != "understudy"}
    )
    again = msgspec.json.decode(msgspec.json.encode(write_document(workflow)))
    assert read_document(again, ZONE) == read
    assert VALIDATOR.is_valid(again) or not VALIDATOR.is_valid(document)


MISTAKES = st.one_of(st.none(), st.just({}), st.just([]), st.just("x"), st.just(-1), st.just(True), PLAIN)


@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(DOCUMENTS, st.data())
def test_a_mistake_anywhere_is_refused_with_its_place_or_was_none(document, data):
    """One field of anything becomes something else."""
    place = document
    while True:
        name = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        inner = place[name]
        if not (isinstance(inner, dict | list) and inner and data.draw(st.booleans())):
            break
        place = inner
    place[name] = data.draw(MISTAKES)
    _, told = read_or_told(document)
    assert told is None or (told.title and "`" not in str(told).replace(repr(document), ""))
