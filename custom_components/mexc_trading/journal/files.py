"""Files that are there, whole, after a power cut, and that nobody else can read."""

from contextlib import suppress
import os
from pathlib import Path
from typing import Final

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600


def private_folder(folder: Path) -> None:
    """Make a folder and its missing parents with mode 0700, each entry synced into the folder above it.

    A folder that is there and belongs to us is tightened; the folders above it are somebody else's business.
    """
    if folder.is_dir():
        with suppress(PermissionError):
            folder.chmod(FOLDER_MODE)
        return
    _make(folder)


def _make(folder: Path) -> None:
    if not folder.parent.is_dir():
        _make(folder.parent)
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    sync_folder(folder.parent)


def private_file(path: Path) -> bool:
    """Make an empty file with mode 0600 and sync its folder; give False and only tighten the mode if it exists."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, FILE_MODE)
    except FileExistsError:
        path.chmod(FILE_MODE)
        return False
    os.close(descriptor)
    sync_folder(path.parent)
    return True


def sync_folder(folder: Path) -> None:
    """Make the folder's entries durable: created, renamed and removed names."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_durably(path: Path, content: bytes) -> None:
    """Write a file so that after a crash at any moment either the old or the new content is there, whole."""
    temporary = path.with_name(f"{path.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def write_over(path: Path, offset: int, content: bytes) -> None:
    """Write over bytes of a file that is there, and sync them: a crash in between may leave a part of them."""
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.pwrite(descriptor, content, offset)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
