"""The tools as somebody types them: exit codes, files, and what is said when something is wrong."""

import csv
from decimal import Decimal
import json
from pathlib import Path
import shutil
import sqlite3
import subprocess
import sys

import pytest

from custom_components.mexc_trading.inquiry.__main__ import main
from custom_components.mexc_trading.inquiry.accounts import COLUMNS, Table

from .life import Life

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "journal"


async def test_the_script_runs_from_anywhere(life: Life, tmp_path: Path) -> None:
    """On a copy, in a folder that is not the clone's; verify with the standard library alone."""
    copy = tmp_path / "copy" / "live.db"
    shutil.copytree(life.journal.parent, copy.parent)
    for arguments, code in (
        (("verify", "live.db"), 0),
        (("replay", "live.db"), 0),
        (("incident", "live.db", "lost"), 0),
        (("incident", "live.db", "nobody"), 1),
        (("export", "live.db", "--table", "fills"), 0),
        (("export", "nowhere.db", "--table", "fills"), 2),
        (("nonsense", "live.db"), 2),
    ):
        program = [sys.executable, str(SCRIPT), *arguments]
        done = subprocess.run(program, cwd=copy.parent, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == code, done.stderr
        assert (done.stdout if code == 0 else done.stderr) != ""


async def test_a_replay_says_what_it_found(life: Life, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Equal: exit code 0 with the snapshot; under other limits: 1, and the rules."""
    assert main(["replay", str(life.journal)]) == 0
    said = capsys.readouterr().out
    assert "5 decisions, 0 of them different" in said
    assert "equal" in said
    limits = tmp_path / "limits.json"
    limits.write_text('{"max_notional_per_order": 85}')
    assert main(["replay", str(life.journal), "--limits", str(limits)]) == 1
    assert "max_notional_per_order: 2" in capsys.readouterr().out
    assert main(["replay", str(life.journal), "--limits", str(limits), "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["different"], found["listed"][0]["signal_id"]) == (2, "lost")
    limits.write_text('{"max_everything": 1}')
    assert main(["replay", str(life.journal), "--limits", str(limits)]) == 2
    assert "no such limit: max_everything" in capsys.readouterr().err


async def test_the_tables_add_up(life: Life, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Fills, episodes and days tell the same profit, fees and volume; orders tell what was executed."""
    assert main(["export", str(life.journal), "--out", str(tmp_path / "out")]) == 0
    tables = {}
    for table in Table:
        with (tmp_path / "out" / f"live-{table}.csv").open(newline="") as file:
            tables[table] = list(csv.DictReader(file))
    counts = json.loads(capsys.readouterr().out)
    assert counts == {f"live-{table}.csv": len(found) for table, found in tables.items()}
    for name in ("realized_quote", "fees_quote"):
        column = "fee_quote" if name == "fees_quote" else name
        fills = sum(Decimal(row[column]) for row in tables[Table.FILLS])
        assert sum(Decimal(row[name]) for row in tables[Table.EPISODES]) == fills
        assert sum(Decimal(row[name]) for row in tables[Table.DAYS]) == fills
    executed = {row["order_id"]: Decimal(row["executed_base"]) for row in tables[Table.ORDERS]}
    for row in tables[Table.FILLS]:
        assert executed[row["order_id"]] == Decimal(row["quantity_base"])
    assert {row["state"] for row in tables[Table.ORDERS]} == {"filled", "canceled", "unknown"}


async def test_json_has_the_same_rows_and_days_can_be_chosen(life: Life, capsys: pytest.CaptureFixture[str]) -> None:
    """By the first and last day; none is an empty array."""
    assert main(["export", str(life.journal), "--table", "fills", "--format", "json"]) == 0
    fills = json.loads(capsys.readouterr().out)
    assert [tuple(row) for row in fills] == [COLUMNS[Table.FILLS]] * 3
    day = fills[0]["traded_utc"][:10]
    assert main(["export", str(life.journal), "--table", "fills", "--from", day, "--to", day]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + len(fills)
    assert main(["export", str(life.journal), "--table", "fills", "--format", "json", "--to", "2020-01-01"]) == 0
    assert json.loads(capsys.readouterr().out) == []


async def test_what_is_no_journal_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing there, something else, another database, a cut file: file and problem, exit code 2."""
    other, text = tmp_path / "other.db", tmp_path / "text.db"
    sqlite3.connect(other).execute("CREATE TABLE t (x)").connection.close()
    text.write_text("no database at all, but long enough to be looked at" * 100)
    for path, problem in ((tmp_path / "no.db", "no such file"), (other, "not a journal"), (text, "not a database")):
        for command in (["replay", str(path)], ["incident", str(path), "x"], ["export", str(path), "--table", "days"]):
            assert main(command) == 2
            complaint = capsys.readouterr().err
            assert str(path) in complaint
            assert problem in complaint
    assert sorted(file.name for file in tmp_path.iterdir()) == ["other.db", "text.db"]


async def test_a_journal_that_differs_is_told(life: Life, capsys: pytest.CaptureFixture[str]) -> None:
    """A price that was changed on disk: the chain breaks, and the decision comes out otherwise."""
    with sqlite3.connect(life.journal) as connection:
        connection.execute("DROP TRIGGER records_are_never_updated")
        connection.execute(
            'UPDATE records SET body = replace(body, \'"verdict":"deny"\', \'"verdict":"allow"\')'
            " WHERE kind = 'signal_decided'"
        )
        connection.execute(
            "CREATE TRIGGER records_are_never_updated BEFORE UPDATE ON records\n"
            "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
        )
    connection.close()
    assert main(["replay", str(life.journal)]) == 1
    said = capsys.readouterr().out
    assert "verdict: allow -> deny" in said
    assert "signal denied" in said


async def test_one_of_table_and_folder_is_wanted(life: Life, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither or both is a mistake."""
    assert main(["export", str(life.journal)]) == 2
    assert main(["export", str(life.journal), "--table", "days", "--out", str(life.journal.parent)]) == 2
    assert "either" in capsys.readouterr().err
