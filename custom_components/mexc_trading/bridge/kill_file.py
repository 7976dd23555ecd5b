"""The kill switch as a file: it holds when nothing else works, and anybody with a shell can make one.

``KILL`` in an account's folder stops that account; ``KILL`` one folder up stops every account.
"""

from pathlib import Path
from typing import Final

NAME: Final = "KILL"


class KillFile:
    """An account's kill files. Every method blocks: call them off the event loop."""

    def __init__(self, folder: Path) -> None:
        """Watch the account's folder and the one above."""
        self._own = folder / NAME
        self._everyone = folder.parent / NAME

    def present(self) -> bool:
        """Whether either file is there. A folder that cannot be read counts as no file."""
        return self._own.exists() or self._everyone.exists()

    def write(self, text: str) -> None:
        """Make the account's own file; raises OSError."""
        self._own.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._own.write_text(text + "\n", encoding="utf-8")

    def remove(self) -> None:
        """Take the account's own file away; the one for everyone is not ours to remove."""
        self._own.unlink(missing_ok=True)
