"""Settings that make sense, what the environment decides of them, and the words for those that do not."""

import msgspec
import pytest

from tests.fakes.engine_rig import EngineRig
from understudy.config import Settings, read_overrides, with_overrides
from understudy.engine.setting_rules import check_settings
from understudy.errors import ConflictError, InvalidInputError

GOOD = Settings(
    executor_autorun=True,
    executor_interval=5,
    executor_kinds=("workflow", "prompt"),
    assistant_command=("llm", "--no-stream"),
    task_folder="/home/ann/tasks",
    addresses={
        "phone": "ntfy://my-topic",
        "mail": "mailto://ann:{{ secret.mail_password }}@example.org",
        "chat": "slack://{{secret.a}}/{{secret.b}}/#general",
    },
    failure_channel="phone",
    escalate_after_minutes=1440,
    activitywatch_port=5600,
    extension_origins=("chrome-extension://nglaklhklhcoonedhgnpgddginnjdadi", "moz-extension://1-2-3"),
)


@pytest.mark.parametrize("settings", [Settings(), GOOD])
def test_settings_that_make_sense_are_taken(settings):
    """The ones at first, and one of each kind."""
    check_settings(settings)


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"executor_interval": 4}, "executor_interval cannot be 4. Use 5 to 86400"),
        ({"executor_interval": 86_401}, "executor_interval cannot be 86401"),
        ({"executor_kinds": ("note",)}, "'note' cannot run by themselves"),
        ({"assistant_command": (" ", "x")}, "no program"),
        ({"assistant_command": ("a\0b",)}, "NUL"),
        ({"task_folder": "tasks"}, "'tasks' is not the full path"),
        ({"task_folder": "/a\0b"}, "not the full path"),
        ({"failure_channel": "phone"}, "no address called phone. Addresses are: none yet"),
        ({"escalate_after_minutes": -1}, "escalate_after_minutes cannot be -1"),
        ({"activitywatch_port": 80}, "Use 1024 to 65535"),
        ({"extension_origins": ("https://example.org",)}, "not the origin of an extension"),
        ({"extension_origins": ("chrome-extension://abc/page",)}, "not the origin of an extension"),
        ({"addresses": {"my phone": "ntfy://x"}}, "no name for an address"),
        ({"addresses": {"phone": "hello"}}, "The address phone is not one"),
        ({"addresses": {"phone": "x://[1"}}, "The address phone is not one"),
    ],
)
def test_settings_that_make_none_are_refused(changes, words):
    """With what can be used instead."""
    with pytest.raises(InvalidInputError) as caught:
        check_settings(msgspec.structs.replace(Settings(), **changes))
    assert words in str(caught.value)


def test_a_password_written_out_is_refused_and_not_repeated():
    """It belongs into the keyring; the message says how, without it."""
    settings = Settings(addresses={"mail": "mailto://ann:hunter2@example.org"})
    with pytest.raises(InvalidInputError, match="password written out") as caught:
        check_settings(settings)
    assert "understudy secrets set mail_password" in caught.value.fix
    assert "hunter2" not in str(caught.value)


# --- the environment -----------------------------------------------------------------------------


def test_the_environment_decides_until_the_next_start():
    """What it says holds, and is shown as such."""
    found = read_overrides({"UNDERSTUDY_EXECUTOR_AUTORUN": "1", "UNDERSTUDY_EXECUTOR_INTERVAL": " 60 "})
    settings = with_overrides(Settings(retention_days=3), found)
    assert (settings.executor_autorun, settings.executor_interval) == (True, 60)
    assert (settings.retention_days, settings.overridden) == (3, ("executor_autorun", "executor_interval"))


@pytest.mark.parametrize("environment", [{}, {"UNDERSTUDY_EXECUTOR_AUTORUN": " "}])
def test_an_environment_that_says_nothing_decides_nothing(environment):
    """Empty is as good as not there."""
    assert with_overrides(Settings(), read_overrides(environment)) == Settings()


@pytest.mark.parametrize("word, expected", [("yes", True), ("ON", True), ("off", False), ("0", False)])
def test_a_switch_is_on_or_off(word, expected):
    """In the usual words."""
    assert read_overrides({"UNDERSTUDY_EXECUTOR_AUTORUN": word}) == {"executor_autorun": expected}


@pytest.mark.parametrize(
    "environment",
    [
        {"UNDERSTUDY_EXECUTOR_AUTORUN": "perhaps"},
        *({"UNDERSTUDY_EXECUTOR_INTERVAL": value} for value in ("soon", "4", "86401", "-5", "1" * 5000, "²")),
    ],
)
def test_an_environment_that_makes_no_sense_is_said_aloud(environment):
    """The agent does not start with something else than what was meant."""
    with pytest.raises(InvalidInputError, match="UNDERSTUDY_EXECUTOR"):
        read_overrides(environment)


def test_what_the_environment_decides_is_neither_stored_nor_changed():
    """It is gone with the variable; what the person had set comes back."""
    rig = EngineRig()
    rig.context.overrides = {"executor_interval": 60}
    rig.begin()
    changed = rig.ask(lambda use: use.change_settings({"executor_kinds": ["prompt"]}))
    assert (changed.executor_interval, changed.overridden) == (60, ("executor_interval",))
    with pytest.raises(ConflictError, match="decided by the environment") as caught:
        rig.ask(lambda use: use.change_settings({"executor_interval": 90}))
    assert caught.value.fix == "Start Understudy without UNDERSTUDY_EXECUTOR_INTERVAL"
    with pytest.raises(InvalidInputError, match="no setting called overridden"):
        rig.ask(lambda use: use.change_settings({"overridden": []}))
    assert rig.restart().context.settings == Settings(executor_kinds=("prompt",))
