"""Blanks by name: what may be handed on from one thing to the next."""

import pytest

from understudy.core.blanks import named, names_of
from understudy.core.redaction import SECRET


@pytest.mark.parametrize(
    "kinds, names",
    [
        ((), ()),
        (("id", "n"), ("id", "n")),
        (("n", "n", "n"), ("n", "n2", "n3")),
        (("n2", "n", "n"), ("n2", "n", "n3")),
        (("*", "filter[kind]", "_x", "2fa", "größe"), ("part", "filter_kind", "x", "part2fa", "gr_e")),
    ],
)
def test_each_blank_has_a_name_of_its_own(kinds, names):
    """One that can stand in a template, whatever a site calls it."""
    assert names_of(kinds) == names


@pytest.mark.parametrize(
    "template, parameters, found",
    [
        ("url:t.example/{id}", (("id", "OPS-12"),), {"id": "OPS-12"}),
        ("url:t.example/{*}?q", (("*", "a%20b"), ("q", "%C3%BC")), {"part": "a b", "q": "ü"}),
        ("url:t.example/{id}", (("id", SECRET), ("n", "7")), {"n": "7"}),
        ("cmd:git checkout {word}", (("word", "OPS-12"),), {"word": "OPS-12"}),
        ("cmd:git commit -m {text}", (("text", '"OPS-12"'),), {"text": "OPS-12"}),
        ("cmd:git commit -m {text}", (("text", "'a b'"),), {}),
        ("cmd:cd {path}", (("path", "~/x"),), {}),
        ("cmd:cd {path}", (("path", "$HOME"), ("n", "7")), {"n": "7"}),
        ("file:/home/{file}.md", (("file", "plan b.md"),), {"file": "plan b.md"}),
        ("file:/home/{file}.md", (("file", f"{SECRET}.md"),), {}),
        ("app:mail", (("title", "Inbox"),), {}),
        ("", (), {}),
    ],
)
def test_only_what_is_plain_has_a_name(template, parameters, found):
    """Addresses are decoded; what is secret, or could be read by a shell in another way, is left out."""
    assert named(template, parameters) == found
