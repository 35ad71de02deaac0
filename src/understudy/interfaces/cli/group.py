"""The tree of commands: loaded by name when asked for, listed in the order of what a person wants to do."""

import importlib
from typing import cast

import click

SECTIONS: dict[str, str] = {
    "Look": "status watch captures patterns suggestions workflows runs why why-not doctor",
    "Decide": "approve dismiss tier",
    "Act": "run-now undo pause resume stop",
    "Keep": "privacy settings import export purge",
    "Try out": "demo replay symbols predict",
    "Set up": "run autostart completion quit",
}
"""Heading -> its commands in order."""

MODULES: dict[str, str] = {
    "status": "status",
    **dict.fromkeys(("watch", "captures", "patterns", "suggestions", "doctor", "why", "why-not"), "look"),
    **dict.fromkeys(("runs", "run-now", "undo"), "runs"),
    "workflows": "workflows",
    **dict.fromkeys(("approve", "dismiss", "tier"), "decide"),
    **dict.fromkeys(("pause", "resume", "stop"), "status"),
    "privacy": "privacy",
    **dict.fromkeys(("settings", "import", "export", "purge"), "keep"),
    **dict.fromkeys(("replay", "symbols", "predict"), "replay"),
    **dict.fromkeys(("run", "demo", "autostart", "completion", "quit"), "set_up"),
}
"""Command -> the module it is in; only that one is imported to run it."""


class Understudy(click.Group):
    """The group of all commands; imports a command's module when the command is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every name, in order of the sections."""
        del ctx
        return " ".join(SECTIONS.values()).split()

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, None if there is none."""
        del ctx
        if cmd_name not in MODULES:
            return None
        module = importlib.import_module(f"understudy.interfaces.cli.{MODULES[cmd_name]}")
        return cast("click.Command", module.COMMANDS[cmd_name])

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands under their headings."""
        for heading, names in SECTIONS.items():
            with formatter.section(heading):
                formatter.write_dl([(name, self._short(ctx, name)) for name in names.split()])

    def _short(self, ctx: click.Context, name: str) -> str:
        command = self.get_command(ctx, name)
        return command.get_short_help_str(64) if command else ""
