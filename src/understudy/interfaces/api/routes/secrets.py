"""Secrets: names only; a value goes in and never comes out."""

from typing import Annotated

import msgspec

from understudy.core.value import Unshown, Value
from understudy.engine.cases.secrets import SecretsCard
from understudy.interfaces.api.routes.route import Id, Nothing, Route


class ByName(Value):
    """One secret."""

    name: Id


class SetSecret(Unshown):
    """A secret to keep."""

    name: Id
    value: Annotated[str, msgspec.Meta(min_length=1, max_length=65_536)]


ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/api/secrets",
        name="list_secrets",
        summary="The names of the secrets, and where they are kept.",
        takes=Nothing,
        gives=SecretsCard,
        call=lambda use, _, __: use.secrets(),
    ),
    Route(
        method="PUT",
        path="/api/secrets/{name}",
        name="set_secret",
        summary="Keep a secret under a name.",
        takes=SetSecret,
        gives=SecretsCard,
        call=lambda use, q, _: use.set_secret(q.name, q.value),
    ),
    Route(
        method="DELETE",
        path="/api/secrets/{name}",
        name="delete_secret",
        summary="Forget a secret.",
        takes=ByName,
        gives=SecretsCard,
        call=lambda use, q, _: use.delete_secret(q.name),
    ),
)
