"""The journal's file format: one strict table that refuses to change what it holds.

Standard library only and Python 3.11 syntax: ``verify`` loads this file by path, outside the package.
"""

from collections.abc import Iterator
from sqlite3 import Connection
from typing import Final

APPLICATION_ID: Final = 0x4D455843
"""``MEXC`` in ASCII, in the file's header: tells a journal from any other SQLite file."""

FORMAT: Final = 1
"""Version of this layout, in the header's ``user_version``. A file with a higher one is left alone."""

TABLE: Final = """\
CREATE TABLE records (
  seq INTEGER PRIMARY KEY,
  at_ns INTEGER NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  body TEXT NOT NULL,
  prev_hash TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT"""

NO_UPDATE: Final = """\
CREATE TRIGGER records_are_never_updated BEFORE UPDATE ON records
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"""

NO_DELETE: Final = """\
CREATE TRIGGER records_are_never_deleted BEFORE DELETE ON records
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"""

OBJECTS: Final = {
    "records": TABLE,
    "records_are_never_updated": NO_UPDATE,
    "records_are_never_deleted": NO_DELETE,
}
"""Everything that a journal's schema holds, by name, and nothing else."""

COLUMNS: Final = "seq, at_ns, kind, key, body, prev_hash, hash"
INSERT: Final = f"INSERT INTO records ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
AFTER: Final = f"SELECT {COLUMNS} FROM records WHERE seq > ? ORDER BY seq"
LAST_ROW: Final = f"SELECT {COLUMNS} FROM records ORDER BY seq DESC LIMIT 1"
LAST: Final = "SELECT seq, hash FROM records ORDER BY seq DESC LIMIT 1"


class NotAJournal(Exception):
    """The file is an SQLite database, but its schema is not a journal's, or no longer."""


class UnknownFormat(Exception):
    """The file was written by a later version of this integration. Nothing is wrong with it; it must not be touched."""


def is_blank(connection: Connection) -> bool:
    """Whether the file holds nothing at all yet: new, or a crash came before its first transaction."""
    (objects,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return objects == 0 and _header(connection) == (0, 0)


def create(connection: Connection, first: tuple[int, int, str, str, str, str, str] | None) -> None:
    """Lay the schema into a blank file, and the record that it begins with if it goes on behind an archive.

    One transaction. The connection must be in autocommit mode.
    """
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {FORMAT}")
    for sql in OBJECTS.values():
        connection.execute(sql)
    if first is not None:
        connection.execute(INSERT, first)
    connection.execute("COMMIT")


def check(connection: Connection) -> None:
    """Raise :class:`UnknownFormat` or :class:`NotAJournal` unless the file has exactly this schema."""
    for fault in faults(connection):
        raise NotAJournal(fault)


def faults(connection: Connection) -> Iterator[str]:
    """Say in which ways the schema is not a journal's. Raises :class:`UnknownFormat` for a later version's file."""
    application, version = _header(connection)
    if application == APPLICATION_ID and version > FORMAT:
        raise UnknownFormat(f"format {version}; this version reads up to {FORMAT}")
    if (application, version) != (APPLICATION_ID, FORMAT):
        yield f"application id {application:#x}, format {version}"
    found = dict(connection.execute("SELECT name, sql FROM sqlite_schema"))
    for name in sorted(OBJECTS.keys() | found.keys()):
        if found.get(name) != OBJECTS.get(name):
            yield f"schema object {name} is missing, changed or foreign"


def _header(connection: Connection) -> tuple[int, int]:
    """Read application id and format from the file's header."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return application, version
