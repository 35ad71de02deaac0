"""One ground for all proofs with strace: places with a prepared store each, and the points counted there."""

import pytest

from tests.proof.kill_sweep import all_points, ground


@pytest.fixture(scope="session")
def places():
    with ground() as made:
        yield made


@pytest.fixture(scope="session")
def points(places):
    return all_points(places)
