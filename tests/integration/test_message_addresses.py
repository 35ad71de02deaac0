"""Every service that Apprise documents: a key written out in its address is seen, one by name is not."""

import json
import random
import re
import string
import subprocess
import sys

import pytest

from understudy.core.secret_addresses import secret_part

ASK = """
import json, apprise
told = apprise.Apprise().details()["schemas"]
print(json.dumps([
    (str(protocol), [str(each) for each in service["details"]["templates"]],
     [name for name, token in service["details"]["tokens"].items() if token.get("private")])
    for service in told for protocol in [*(service["protocols"] or ()), *(service["secure_protocols"] or ())]
]))
"""
NOT_MARKED = {"auth_id", "token", "webhook"}
"""What services are reached by, though Apprise does not always call it private."""
PLAIN = {
    "schema": "",
    "host": "host.example",
    "port": "8443",
    "user": "kim",
    "path": "/sub/",
    "targets": "general",
}
PLAIN |= {"from_email": "kim@mail.example", "email": "kim@mail.example", "from_addr": "kim@mail.example"}
PLAIN |= {"from_phone": "15551234567", "source": "15551234567", "botname": "helper", "fullpath": "sub/dir"}


@pytest.fixture(scope="module")
def services():
    """(scheme, templates of addresses, private parts), asked of Apprise in a process of its own."""
    asked = subprocess.run([sys.executable, "-c", ASK], capture_output=True, check=True, timeout=120)
    return json.loads(asked.stdout)


def made(scheme, template, private, key):
    """An address with made-up parts, and how many of them are keys."""
    keys = []

    def part(place):
        name = place[1]
        if name not in private and name not in NOT_MARKED:
            return PLAIN.get(name, "plain") or scheme
        keys.append(name)
        return key()

    return re.sub(r"\{(\w+)\}", part, template), len(keys)


def addresses(services, key):
    """Yield (scheme, address, number of keys) for every form of every service."""
    for scheme, templates, private in services:
        for template in templates:
            yield scheme, *made(scheme, template, private, key)


def test_a_key_written_out_is_seen_in_the_address_of_every_service(services):
    """Keys as long as they really are: 24 letters and digits."""
    dice = random.Random(5)
    key = lambda: "".join(dice.choice(string.ascii_letters + string.digits) for _ in range(24))  # noqa: E731
    every = [(address, secret_part(address)) for _, address, keys in addresses(services, key) if keys]
    missed = [address for address, part in every if not part]
    print(f"\nseen: {len(every) - len(missed)} of {len(every)} addresses, {len(services)} schemes")
    assert (missed, len(every) > 500) == ([], True)


def test_an_address_with_its_key_by_name_is_taken(services):
    """Nobody is kept from what they want."""
    every = [address for _, address, keys in addresses(services, lambda: "{{ secret.key }}") if keys]
    assert [address for address in every if secret_part(address)] == []
