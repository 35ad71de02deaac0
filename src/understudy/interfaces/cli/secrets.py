"""The command `secrets`: which there are, setting and removing one. A secret is never an argument, nor shown."""

import sys
from collections.abc import Iterator

import click

from understudy.core.value import Millis
from understudy.engine.cases.secrets import SecretsCard
from understudy.errors import InvalidInputError
from understudy.interfaces.cli.client import LONG_TIME, segment
from understudy.interfaces.cli.command import answers, client
from understudy.interfaces.cli.group import Verbs
from understudy.interfaces.cli.layout import Line, facts, plain

name_argument = click.argument("name")
LARGEST_INPUT = 1 << 20


def lines(card: SecretsCard, now: Millis) -> Iterator[Line]:
    """The names, and where the secrets are."""
    del now
    yield from facts([("secrets", ", ".join(card.names) or "none"), ("kept", card.place)])
    if card.names:
        yield plain(f"In a workflow, write {{{{ secret.{card.names[0]} }}}} where it is to stand.")


@click.group(cls=Verbs)
def secrets() -> None:
    """Passwords and tokens that workflows use by name."""


@secrets.command("list")
@answers(lines)
def list_secrets() -> SecretsCard:
    """List their names, and say where they are kept."""
    return client().get("/api/secrets", SecretsCard)


@secrets.command("set")
@name_argument
@answers(lines)
def set_secret(name: str) -> SecretsCard:
    """Keep a secret; it is asked for without being shown, or read from standard input."""
    return client().send("PUT", f"/api/secrets/{segment(name)}", SecretsCard, {"value": read_secret(name)})


@secrets.command()
@name_argument
@answers(lines)
def remove(name: str) -> SecretsCard:
    """Forget a secret."""
    return client().send("DELETE", f"/api/secrets/{segment(name)}", SecretsCard, timeout=LONG_TIME)


def read_secret(name: str) -> str:
    """Return what is typed, or piped in without its last line end. Raises InvalidInputError when that is nothing."""
    if sys.stdin.isatty():
        value = str(click.prompt(f"Secret {name}", hide_input=True, confirmation_prompt=True, err=True))
    else:
        value = sys.stdin.read(LARGEST_INPUT).removesuffix("\n").removesuffix("\r")
    if not value:
        raise InvalidInputError("No secret was given", "Standard input was empty", "Type or pipe it in")
    return value


COMMANDS: dict[str, click.Command] = {"secrets": secrets}
