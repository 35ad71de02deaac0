"""Templates fill in names, and nothing else."""

import json

import pytest

from understudy.core.template import (
    Known,
    check,
    conceal,
    escaped,
    is_templated,
    names_in,
    reads_captured,
    render,
    reveal,
    secrets_in,
)
from understudy.core.template_filters import FILTERS, LONGEST
from understudy.errors import InvalidInputError

DATA = {
    "trigger": {
        "title": "Invoice 7",
        "n": 81.0,
        "none": None,
        "is": True,
        "tags": ["a", "b"],
        "of": {"x": 1},
        "long": "x" * 100_000,
        "odd": "it's; rm -rf ~",
        "half": 2.5,
    },
    "steps": {"fetch": {"output": "done", "status": "completed"}},
    "latest_output": "done",
    "state": {"power": "mains"},
    "now": {"date": "2026-01-02", "time": "08:30", "weekday": "Friday"},
    "workflow": {"name": "Bills"},
}
KNOWN = Known(trigger=frozenset({"title", "n"}), steps=("fetch",), secret_in=frozenset({"to"}))


@pytest.mark.parametrize(
    "text, expected",
    [
        ("plain", "plain"),
        ("{{ trigger.title }}", "Invoice 7"),
        ("{{trigger['title']}} of {{ now.date }} {{ now.weekday }}", "Invoice 7 of 2026-01-02 Friday"),
        ("{{ steps.fetch.output }}, {{ steps.fetch.status }}, {{ latest_output }}", "done, completed, done"),
        ("{{ state.power }} {{ workflow.name }}", "mains Bills"),
        ("{{ trigger.n }} {{ trigger.half }} {{ trigger.is }} [{{ trigger.none }}]", "81 2.5 true []"),
        ("{{ trigger.tags }} {{ trigger.of }}", '["a", "b"] {"x": 1}'),
        ("{{ trigger.tags[0] }}{{ trigger.tags[1] }}", "ab"),
        ("{{ trigger.missing | default('nothing') }}{{ trigger.missing | default }}", "nothing"),
        ("{{ trigger.none | default('empty', true) }}{{ trigger.none | default('x') }}", "empty"),
        ("{{ trigger.missing.deeper | default('d') }}", "d"),
        ("{{ trigger.title | upper }} {{ trigger.title | lower }}", "INVOICE 7 invoice 7"),
        ("{{ '  x ' | trim }}|{{ trigger.title | truncate(4) }}|{{ 'ab' | truncate(2) }}", "x|Inv…|ab"),
        ("{{ trigger.title | replace('Invoice', 'Bill') }}{{ 'a' | replace('', 'b') }}", "Bill 7a"),
        ("{{ trigger.tags | first }}{{ trigger.tags | last }}{{ '' | first }}{{ '' | last }}", "ab"),
        ("{{ trigger.tags | join('-') }} {{ 'abc' | join }}", "a-b abc"),
        ("{{ trigger.tags | length }} {{ trigger.of | length }} {{ 'abc' | length }}", "2 1 3"),
        ("{{ '7.6' | round }} {{ 7.66 | round(1) }} {{ '12 %' | int(5) }} {{ '12.9' | int }}", "8 7.7 5 12"),
        ("{{ trigger.title | tojson }} {{ 'a b/ü' | urlencode }}", '"Invoice 7" a%20b%2F%C3%BC'),
        ("{{ 'OPS-12' | word }} {{ './a/b.c' | word }}", "OPS-12 ./a/b.c"),
        ("{{ trigger.odd | quote }}", "'it'\"'\"'s; rm -rf ~'"),
        ("{{ 'low' if trigger.n < 90 else 'high' }}", "low"),
        ("{{ 'low' if trigger.n > 90 else 'high' }}{{ 'x' if false }}", "high"),
        ("{{ trigger.n >= 81 and trigger.n <= 81 and 80 < trigger.n < 82 }}", "true"),
        ("{{ trigger.n == 81 }} {{ trigger.n != 81 }} {{ 1 > 2 > trigger.x }}", "true false false"),
        ("{{ 'Inv' in trigger.title }} {{ 'x' not in trigger.title }}", "true true"),
        ("{{ trigger.title in ['a', 'Invoice 7'] }} {{ 1 in (1, 2) }}", "true true"),
        ("{{ '' or 'b' }} {{ 'a' and 'b' }} {{ not '' }} {{ -3 < -2.5 }}", "b b true true"),
        ("{{ '{{' }} }} {% %} {# #} ${#x} {%s}\n", "{{ }} {% %} {# #} ${#x} {%s}\n"),
    ],
)
def test_names_are_filled_in(text, expected):
    """Names, filters, comparisons and choices; everything else in the text stays as it is."""
    assert render(text, DATA) == expected


def test_a_whole_value_is_filled_in_wherever_a_text_stands():
    """Lists and groups are gone through; numbers and names of fields stay."""
    given = {"a": ["{{ trigger.title }}", 3, ("x",)], "{{ b }}": {"c": "{{ latest_output }}"}, "n": None}
    expected = {"a": ["Invoice 7", 3, ["x"]], "{{ b }}": {"c": "done"}, "n": None}
    assert render(given, DATA) == expected


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ trigger.__class__ }}",
        "{{ trigger['__class__'] }}",
        "{{ trigger['__cla' ~ 'ss__'] }}",
        "{{ trigger[trigger.title] }}",
        "{{ trigger[0:2] }}",
        "{{ trigger[1.5] }}",
        "{{ trigger.tags[-1] }}",
        "{{ trigger | attr('__class__') }}",
        "{{ trigger.title.format() }}",
        "{{ '{0.__class__}'.format(1) }}",
        "{{ '%s' | format(1) }}",
        "{{ range(10) }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ self.__init__ }}",
        "{{ lipsum() }}",
        "{{ joiner() }}",
        "{{ namespace() }}",
        "{{ url_for.__globals__ }}",
        "{{ config['x']() }}",
        "{{ [].append(1) }}",
        "{{ {'a': 1} }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ 1 + 1 }}",
        "{{ 'a' ~ 'b' }}",
        "{{ 7 // 2 }}",
        "{{ -trigger.n }}",
        "{{ +1 }}",
        "{{ trigger.title is defined }}",
        "{{ trigger.title | map('upper') }}",
        "{{ trigger.title | upper(x=1) }}",
        "{{ trigger.title | truncate(*trigger.tags) }}",
        "{{ trigger.title | truncate(**trigger.of) }}",
        "{{ loop.__class__ }}",
        "{{ _private }}",
        "{{ open",
        "{{ }}",
        "{{ 'a }}",
        "{{.Names}}",
        "{{ 1 2 }}",
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        "{{ " + "not " * 5000 + "1 }}",
        "{{ " + "not " * 60 + "1 }}",
        "{{ trigger" + ".a" * 3000 + " }}",
        "{{ " + "9" * 5000 + " }}",
        "{{ now.date }}" * 75_000,
        "{{ [" + "1," * 250_000 + "] }}",
        "{{ 1" + " and 1" * 100_000 + " }}",
        "\0{% for x in y %}{{ x }}{% endfor %}\0",
        "\0{% include 'x' %}\0 {{ x }}",
        "\0{% set x = 1 %}\0 {{ x }}",
        "\0{% import 'os' as os %}\0 {{ os }}",
    ],
)
def test_what_could_reach_further_is_refused(text):
    """No calls, no hidden names, no loops, no arithmetic, no statements: the known ways out of a sandbox end here."""
    for asks in (lambda: render(text, DATA), lambda: check({"a": text}, KNOWN), lambda: reads_captured(text)):
        with pytest.raises(InvalidInputError):
            asks()


@pytest.mark.parametrize(
    "text",
    [
        "{{ trigger.missing }}",
        "{{ nothing }}",
        "{{ trigger.tags[9] }}",
        "{{ trigger.title.upper }}",
        "{{ trigger.missing | upper }}",
        "{{ 'a' if trigger.missing else 'b' }}",
        "{{ trigger.tags.first }}",
        "{{ (trigger.tags | first).x }}",
        "{{ trigger.title > 3 }}",
        "{{ 3 in 4 }}",
        "{{ trigger.title | round }}",
        "{{ trigger.title | truncate(0) }}",
        "{{ trigger.title | replace('a') }}",
        "{{ trigger.n | round(trigger.title) }}",
    ],
)
def test_what_is_not_known_this_time_is_an_error(text):
    """Nothing is left empty in silence, and values of the wrong kind are told."""
    with pytest.raises(InvalidInputError):
        render(text, DATA)


def test_an_unknown_name_is_told_by_name():
    """The error says which name it was, and how to do without it."""
    with pytest.raises(InvalidInputError, match=r"no trigger\.missing to fill in.*default"):
        render("{{ trigger.missing.deep }}", {"trigger": {}})


def test_nothing_grows_without_bounds():
    """A value is cut to 64 Ki characters; what grows beyond them is an error, before it is made."""
    assert len(render("{{ trigger.long }}", DATA)) == LONGEST
    for text in (
        "{{ trigger.long }}{{ trigger.long }}",
        "{{ trigger.long | replace('x', 'yyyyyyyyyyyyyyyy') | replace('y', 'zzzzzzzzzzzzzzzz') }}",
        "{{ trigger.long | join(trigger.long) }}",
        "{{ trigger.long | tojson }}",
    ):
        with pytest.raises(InvalidInputError, match="too long"):
            render(text, DATA)


def test_what_was_filled_in_is_never_read_again():
    """Captured text that looks like a template stays text."""
    hostile = {"trigger": {"title": "{{ secret.key }} {{ 1 }}"}}
    text = "{{ trigger.title }} {{ trigger.title | upper }}"
    expected = "{{ secret.key }} {{ 1 }} {{ SECRET.KEY }} {{ 1 }}"
    assert render(text, hostile) == expected
    assert reveal(text, hostile, pytest.fail) == (expected, {})


# ---------------------------------------------------------------- secrets


def test_secrets_stay_by_name_until_right_before_acting():
    """`render` keeps the reference; `reveal` fills in the secret and says which were used, each asked for once."""
    asked = []

    def secret_of(name):
        asked.append(name)
        return f"<{name}>"

    given = {
        "a": "Bearer {{ secret.api.key }}{{ secret['to-ken'] }}",
        "b": "{{ secret.api.key }}/{{ now.date }}",
    }
    assert render(given, DATA) == {
        "a": "Bearer {{ secret.api.key }}{{ secret.to-ken }}",
        "b": "{{ secret.api.key }}/2026-01-02",
    }
    revealed = {"a": "Bearer <api.key><to-ken>", "b": "<api.key>/2026-01-02"}
    assert reveal(given, DATA, secret_of) == (revealed, {"api.key": "<api.key>", "to-ken": "<to-ken>"})
    assert asked == ["api.key", "to-ken"]
    assert secrets_in(given) == {"api.key", "to-ken"}


def test_secrets_are_hidden_wherever_they_turn_up():
    """As they are, in URLs and in JSON, the longest first, in names of fields too; an empty one is nowhere."""
    secrets = {"a": "p/ä ss", "b": "p/ä ss and more", "c": "", "d": 'quo"te'}
    given = {
        "p/ä ss": ["x p/ä ss and more y", "https://h/?t=p%2F%C3%A4%20ss", 3],
        "j": json.dumps({"k": 'quo"te', "l": "p/ä ss"}),
        "s": "p/%C3%A4%20ss",
    }
    hidden = conceal(given, secrets)
    assert hidden == {
        "{{ secret.a }}": ["x {{ secret.b }} y", "https://h/?t={{ secret.a }}", 3],
        "j": '{"k": "{{ secret.d }}", "l": "{{ secret.a }}"}',
        "s": "{{ secret.a }}",
    }
    assert conceal("x", {}) == "x"


def test_a_hidden_secret_is_not_looked_through_again():
    """A secret that happens to be part of the word that replaces another one breaks nothing."""
    assert conceal("alpha e", {"one": "alpha", "two": "e"}) == "{{ secret.one }} {{ secret.two }}"


# ---------------------------------------------------------------- checked when saved


@pytest.mark.parametrize(
    "text",
    [
        "{{ trigger.title }} {{ trigger.n | int }} {{ steps.fetch.output }} {{ steps['fetch'].status }}",
        "{{ latest_output }} {{ state.anything }} {{ now.date }} {{ now.time }} {{ now.weekday }}",
        "{{ workflow.name }} {{ 'a' if trigger.n > 3 else trigger.title | default('x') }}",
    ],
)
def test_known_names_may_stand_anywhere(text):
    """What will be there can be used."""
    check({"a": {"b": [text]}, "to": "mailto://x:{{ secret.mail }}@y"}, KNOWN)


@pytest.mark.parametrize(
    "parameters, said",
    [
        ({"a": "{{ trigger.titel }}"}, r"no trigger\.titel to fill in.*Did you mean trigger\.title"),
        ({"a": "{{ triger.title }}"}, r"Did you mean trigger\.title"),
        ({"a": {"b": ["", "{{ now.dat }}"]}}, r"It stands in a\.b\[1\].*Did you mean now\.date"),
        ({"a": "{{ steps.fetsh.output }}"}, r"certainly come before it.*Did you mean steps\.fetch\.output"),
        ({"a": "{{ steps.fetch }}"}, r"no steps\.fetch to fill in"),
        ({"a": "{{ steps.fetch.text }}"}, r"Did you mean steps\.fetch"),
        ({"a": "{{ trigger }}"}, "no trigger to fill in"),
        ({"a": "{{ state }}"}, "no state to fill in"),
        ({"a": "{{ state.a.b }}"}, r"no state\.a\.b to fill in"),
        ({"a": "{{ latest_output.x }}"}, "latest_output"),
        ({"a": "{{ trigger.x | default('y') }}"}, r"no trigger\.x"),
        ({"a": "{{ 'x' | uper }}"}, "no filter called uper.*Did you mean upper"),
        ({"a": "{{ 'x' | truncate(length=3) }}"}, "takes values without names"),
        ({"a": "{{ secret.mail }}"}, "secret mail cannot stand in a.*It may stand in: to"),
        ({"to": "{{ secret.mail | upper }}"}, r"A secret has to stand alone.*to does more with secret\.mail"),
        ({"to": "{{ secret }}"}, "A secret has to stand alone"),
    ],
)
def test_a_wrong_name_is_told_with_the_nearest_right_one(parameters, said):
    """A typing mistake is found when the workflow is saved, and what was meant is named."""
    with pytest.raises(InvalidInputError, match=said):
        check(parameters, KNOWN)


def test_without_anything_before_there_is_no_output():
    """The first step has nothing to read from, and no parameter takes a secret unless its action says so."""
    with pytest.raises(InvalidInputError, match="latest_output"):
        check({"a": "{{ latest_output }}"}, Known())
    with pytest.raises(InvalidInputError, match="No parameter here may"):
        check({"a": "{{ secret.x }}"}, Known())


@pytest.mark.parametrize(
    "text, expected",
    [
        ("plain", False),
        ("{{ now.date }} {{ workflow.name }} {{ steps.a.status }} {{ secret.x }} {{ 'trigger' }}", False),
        ("{{ trigger.title }}", True),
        ("{{ 'a' if state.power == 'x' else 'b' }}", True),
        ("{{ steps.a.output | quote }}", True),
        ("{{ latest_output | default('x') }}", True),
    ],
)
def test_it_is_known_what_reads_the_words_of_others(text, expected):
    """Whatever was captured or put out counts, however it is used."""
    assert reads_captured({"a": [text]}) is expected


def test_names_are_listed():
    """Every name that is read, once."""
    assert names_in(["{{ trigger.a.b }} {{ x[0] }}", "{{ trigger.a.b }}"]) == {"trigger.a.b", "x.0"}
    assert (is_templated({"a": ["{{ x }}"]}), is_templated(["{", 3, None])) == (True, False)


@pytest.mark.parametrize("text", ["{{ x }}", "a {{{{ b", "{{{ }}}", "{{-", "-{{", "none", "{{ '{{' }}"])
def test_what_was_escaped_comes_back_as_it_was(text):
    """Learned texts may hold braces; they are no templates."""
    assert render(escaped({"a": [text]}), {}) == {"a": [text]}
    assert names_in(escaped(text)) == frozenset()


ODD = (
    "",
    "-f",
    "a b",
    "a;b",
    "$a",
    "`a`",
    "a\n",
    "é",
    "a=b",
    "~",
    "*",
    "'",
    '"',
    "a\\",
    "@f",
    "%a%",
    "a" * 201,
)


@pytest.mark.parametrize("text", ODD)
def test_a_word_is_one_that_every_shell_leaves_as_it_is(text):
    """Anything that a shell, also one called by another, or a program could read in another way is refused."""
    with pytest.raises(InvalidInputError, match="no plain word"):
        render("git checkout {{ trigger.id | word }}", {"trigger": {"id": text}})


def test_every_filter_has_an_example_above():
    """The list of filters is short, and this file shows each."""
    shown = {
        name for name in FILTERS if any(name in str(mark) for mark in test_names_are_filled_in.pytestmark)
    }
    assert shown == set(FILTERS)
