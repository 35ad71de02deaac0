"""Writes .desktop files, so that small windows count as applications of their own."""

from pathlib import Path


def write_desktop_file(folder: Path, name: str, command: str) -> Path:
    """Write `name.desktop` for windows of WM_CLASS `name`; `command` opens one."""
    lines = (
        "[Desktop Entry]",
        "Type=Application",
        f"Name={name}",
        f"Exec={command}",
        f"StartupWMClass={name}",
        "Categories=Utility;",
        "Terminal=false",
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.desktop"
    path.write_text("\n".join((*lines, "")))
    return path
