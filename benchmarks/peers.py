"""Environments for peers: each its own, so that nothing of theirs meets what Home Assistant asks for."""

from pathlib import Path
import subprocess
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
_FOLDER: Final = ROOT / ".bench"
_TOOL: Final = str(ROOT / "scripts" / "_python")


def environment(name: str, *requirements: str) -> Path:
    """Make the peer's environment if it is missing, and give its interpreter."""
    python = _FOLDER / name / "bin" / "python"
    if not python.exists():
        uv = subprocess.check_output((_TOOL, "--uv"), cwd=ROOT, text=True).strip()
        interpreter = subprocess.check_output((_TOOL,), cwd=ROOT, text=True).strip()
        subprocess.check_call(
            (uv, "venv", "--no-config", "--quiet", "--no-project", "--python", interpreter, str(_FOLDER / name)),
            cwd=ROOT,
        )
        subprocess.check_call(
            (uv, "pip", "install", "--no-config", "--quiet", "--python", str(python), *requirements), cwd=ROOT
        )
    return python


def version(python: Path, package: str) -> str:
    """Say which version of a peer is installed."""
    code = f"from importlib.metadata import version; print(version({package!r}))"
    return subprocess.check_output((str(python), "-c", code), text=True).strip()
