"""Every way to falsify a journal, and the tool that finds it."""

import ast
from contextlib import closing
import json
from pathlib import Path
import shutil
import sqlite3
import subprocess
import sys

import pytest

from custom_components.mexc_trading.engine.ports import Head
from custom_components.mexc_trading.journal import verify as verify_module
from custom_components.mexc_trading.journal.chain import record_hash
from custom_components.mexc_trading.journal.verify import EXIT_FOUND, EXIT_UNREADABLE, EXIT_VALID, main

from .books import appended, audit, closed_book, findings, opened, rebuild, tamper

_ROOT = Path(__file__).resolve().parents[2]
_COUNT = 20


@pytest.fixture
async def heads(book: Path) -> list[Head]:
    """Make a closed journal of twenty records and give the head after each."""
    return [Head(record.seq, record.hash) for record in await closed_book(book, _COUNT)]


async def test_a_sound_journal_is_valid(book: Path, heads: list[Head]) -> None:
    """With all witnesses and its exact end."""
    report = audit(book, *heads, head=heads[-1])
    assert report.valid
    assert (report.records, report.first_seq, tuple(report.head)) == (_COUNT, 1, tuple(heads[-1]))
    assert report.findings == ()


@pytest.mark.parametrize(
    "change",
    ["at_ns = at_ns + 1", "kind = 'fill'", "key = 'other'", "body = replace(body, '7', '8')", "hash = prev_hash"],
)
@pytest.mark.usefixtures("heads")
async def test_an_edit_is_found(book: Path, change: str) -> None:
    """Any column of any row, at its row."""
    tamper(book, f"UPDATE records SET {change} WHERE seq = 7")
    assert ("edited", 7) in findings(audit(book))


async def test_an_edit_with_its_hash_made_to_fit_is_found(book: Path, heads: list[Head]) -> None:
    """The next row still points to the old hash."""
    forged = record_hash((7, 1, b"fill", b"key", b"{}", heads[5].hash.encode()))
    tamper(
        book,
        f"UPDATE records SET at_ns = 1, kind = 'fill', key = 'key', body = '{{}}', hash = '{forged}' WHERE seq = 7",
    )
    assert findings(audit(book)) == {("unlinked", 8)}


@pytest.mark.usefixtures("heads")
async def test_a_deletion_is_found(book: Path) -> None:
    """As a gap; renumbering what follows makes it worse."""
    tamper(book, "DELETE FROM records WHERE seq = 7")
    assert findings(audit(book)) == {("gap", 8)}
    tamper(book, *(f"UPDATE records SET seq = {seq - 1} WHERE seq = {seq}" for seq in range(8, _COUNT + 1)))
    assert findings(audit(book)) == {("unlinked", 7), *(("edited", seq) for seq in range(7, _COUNT))}


@pytest.mark.usefixtures("heads")
async def test_a_missing_beginning_is_found(book: Path) -> None:
    """A journal that does not start at genesis has lost rows."""
    tamper(book, "DELETE FROM records WHERE seq <= 3")
    assert findings(audit(book)) == {("gap", 4)}


@pytest.mark.usefixtures("heads")
async def test_reordering_is_found(book: Path) -> None:
    """Two records that changed places, hashes and all."""
    tamper(
        book,
        "UPDATE records SET seq = 1000 WHERE seq = 7",
        "UPDATE records SET seq = 7 WHERE seq = 8",
        "UPDATE records SET seq = 8 WHERE seq = 1000",
    )
    assert findings(audit(book)) >= {("edited", 7), ("edited", 8), ("unlinked", 7)}


async def test_a_cut_end_is_found_by_a_witness(book: Path, heads: list[Head]) -> None:
    """The chain of what is left is sound: only somebody who saw more can tell."""
    tamper(book, "DELETE FROM records WHERE seq > 15")
    assert audit(book).valid
    assert findings(audit(book, heads[9], heads[17])) == {("truncated", 18)}


async def test_a_log_left_behind_is_found_by_a_witness(book: Path) -> None:
    """A copy of the main file without its log is a cut end."""
    journal = (await opened(book)).journal
    await appended(journal, 1, 3)
    await journal.checkpoint()
    head = await appended(journal, 4, 3)
    lost, kept = book.with_name("lost.db"), book.with_name("kept.db")
    for copy in (lost, kept):
        shutil.copy(book, copy)
    shutil.copy(book.with_name("live.db-wal"), kept.with_name("kept.db-wal"))
    await journal.close()
    assert findings(audit(lost, head)) == {("truncated", 6)}
    assert audit(kept, head).valid


async def test_an_appended_row_is_found(book: Path, heads: list[Head]) -> None:
    """With a made-up hash by the chain; with a proper one by the head at which the journal was left."""
    tamper(book, f"INSERT INTO records VALUES (21, 1, 'fill', 'key', '{{}}', '{heads[-1].hash}', '{'0' * 64}')")
    assert findings(audit(book)) == {("edited", 21)}
    proper = record_hash((21, 1, b"fill", b"key", b"{}", heads[-1].hash.encode()))
    tamper(book, f"UPDATE records SET hash = '{proper}' WHERE seq = 21")
    assert audit(book, heads[-1]).valid
    assert findings(audit(book, head=heads[-1])) == {("appended", 21)}


async def test_a_rebuilt_chain_is_found_by_a_witness(book: Path, heads: list[Head]) -> None:
    """Edited in the middle and every hash made anew: any witnessed head behind the edit contradicts."""
    rebuild(book, edited=7)
    assert audit(book, *heads[:6]).valid
    assert findings(audit(book, heads[6])) == {("rebuilt", 7)}
    assert findings(audit(book, head=heads[-1])) == {("rebuilt", _COUNT)}


@pytest.mark.usefixtures("heads")
async def test_a_missing_trigger_is_found(book: Path) -> None:
    """Somebody who meant to change something left a trace, and what was changed is still located."""
    with closing(sqlite3.connect(book)) as connection:
        connection.execute("DROP TRIGGER records_are_never_updated")
        connection.execute("UPDATE records SET body = '{}' WHERE seq = 5")
        connection.commit()
    assert findings(audit(book)) == {("schema", 0), ("edited", 5)}


async def test_a_loosened_table_is_found(book: Path, heads: list[Head]) -> None:
    """A table without types, with nulls and numbers in it, is reported row by row and does not stop the tool."""
    with closing(sqlite3.connect(book)) as connection:
        connection.execute("CREATE TABLE loose (seq INTEGER PRIMARY KEY, at_ns, kind, key, body, prev_hash, hash)")
        connection.execute("INSERT INTO loose SELECT * FROM records")
        connection.execute("DROP TABLE records")
        connection.execute("ALTER TABLE loose RENAME TO records")
        connection.execute("UPDATE records SET body = NULL WHERE seq = 5")
        connection.execute("UPDATE records SET hash = 12 WHERE seq = 9")
        connection.commit()
    assert findings(audit(book, heads[8])) >= {("schema", 0), ("edited", 5), ("edited", 9), ("rebuilt", 9)}


@pytest.mark.usefixtures("heads")
async def test_a_later_format_is_named(book: Path) -> None:
    """A tool that is too old says so instead of guessing."""
    with closing(sqlite3.connect(book)) as connection:
        connection.execute("PRAGMA user_version = 99")
    (finding,) = audit(book).findings
    assert finding.detail == "format 99; this version reads up to 1"


async def test_flipped_bytes_on_the_medium_are_found(book: Path) -> None:
    """Wherever a page with records rots, something is found."""
    await closed_book(book, 300)
    whole = book.read_bytes()
    for place in range(5 * 4096 + 17, len(whole), 4096 + 271):
        copy = book.with_name("rotten.db")
        copy.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        assert not audit(copy).valid or _same_content(copy, book), place


def _same_content(copy: Path, original: Path) -> bool:
    """Whether a flipped byte hit unused space."""
    with closing(sqlite3.connect(copy)) as one, closing(sqlite3.connect(original)) as other:
        return one.execute("SELECT * FROM records").fetchall() == other.execute("SELECT * FROM records").fetchall()


async def test_findings_are_counted_but_not_all_listed(book: Path) -> None:
    """A journal that is wrong everywhere gives a hundred findings and the number of them."""
    await closed_book(book, 150)
    tamper(book, "UPDATE records SET at_ns = 0")
    report = audit(book)
    assert (report.found, len(report.findings)) == (150, 100)


def _tool(*arguments: str) -> tuple[int, dict[str, object]]:
    """Run the tool as its own process, with the standard library only."""
    script = Path(verify_module.__file__)
    child = subprocess.run(
        [sys.executable, "-S", "-E", str(script), *arguments], capture_output=True, text=True, check=False, cwd="/"
    )
    return child.returncode, json.loads(child.stdout) if child.stdout else {}


async def test_the_tool_runs_alone(book: Path, heads: list[Head]) -> None:
    """By path, without site packages, from another folder: JSON out, exit code tells."""
    seen = f"{heads[9].seq}:{heads[9].hash}"
    code, report = _tool(str(book), "--witness", seen, "--head", f"{heads[-1].seq}:{heads[-1].hash}")
    assert (code, report["valid"], report["records"]) == (EXIT_VALID, True, _COUNT)
    tamper(book, "UPDATE records SET body = '{}' WHERE seq = 5")
    code, report = _tool(str(book), "--witness", seen)
    assert (code, report["valid"]) == (EXIT_FOUND, False)
    assert report["findings"] == [{"kind": "edited", "seq": 5, "detail": "fields do not give the stored hash"}]
    assert _tool(str(book.with_name("nothing.db"))) == (EXIT_UNREADABLE, {})


@pytest.mark.parametrize("name", ["chain.py", "schema.py", "verify.py"])
def test_the_tool_keeps_to_the_syntax_of_python_3_11(name: str) -> None:
    """An operator's machine may have an older Python than Home Assistant's."""
    source = Path(verify_module.__file__).with_name(name).read_text()
    ast.parse(source, feature_version=(3, 11))


@pytest.mark.usefixtures("heads")
async def test_the_script_hands_over_to_the_tool(book: Path) -> None:
    """``scripts/journal verify`` is the same thing under a short name."""
    script = _ROOT / "scripts" / "journal"
    child = subprocess.run(
        [sys.executable, str(script), "verify", str(book)], capture_output=True, text=True, check=False
    )
    assert (child.returncode, json.loads(child.stdout)["records"]) == (EXIT_VALID, _COUNT)
    child = subprocess.run([sys.executable, str(script), "explode"], capture_output=True, text=True, check=False)
    assert child.returncode == EXIT_UNREADABLE
    assert "verify" in child.stderr


@pytest.mark.parametrize("text", ["", "5", "5:", "x:" + "0" * 64, "5:" + "g" * 64, "5:" + "0" * 63, "-5:" + "0" * 64])
def test_a_witness_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    """A mistyped witness must not pass for one that agreed."""
    with pytest.raises(SystemExit):
        main([str(tmp_path / "live.db"), f"--witness={text}"])
