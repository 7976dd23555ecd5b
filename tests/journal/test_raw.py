"""Raw records for other programs, and what each month added."""

import csv
import io
import json
from pathlib import Path
import subprocess
import sys

import pytest

from custom_components.mexc_trading.engine.ports import Draft
from custom_components.mexc_trading.journal import months, raw, verify

from .books import START_NS, opened

_SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "journal"

_MONTH_NS = 31 * 86_400 * 1_000_000_000


@pytest.fixture
async def files(book: Path) -> list[Path]:
    """Make a closed journal of four records over two months, with an archive in between. Gives its files."""
    journal = (await opened(book)).journal
    await journal.append([Draft(START_NS, "signal", "a", '{"price":1.50}'), Draft(START_NS + 1, "order", "b", "[]")])
    archive = await journal.archive()
    assert isinstance(archive, Path)
    late = START_NS + _MONTH_NS
    await journal.append([Draft(late, "order", 'c,"1"', '{"a":"å\\n"}'), Draft(late, "note", "d", "plain")])
    await journal.close()
    return [archive, book]


def _run(*arguments: str | Path) -> str:
    child = subprocess.run(
        [sys.executable, str(_SCRIPT), *map(str, arguments)], capture_output=True, check=True, encoding="utf-8"
    )
    return child.stdout


async def test_json_has_every_record_once_with_its_body(files: list[Path]) -> None:
    """One array over all files; numbers are not turned into floats; what is no JSON stays text."""
    exported = json.loads(_run("records", *files))
    assert [(line["seq"], line["kind"], line["key"], line["body"]) for line in exported] == [
        (1, "signal", "a", {"price": "1.50"}),
        (2, "order", "b", []),
        (3, "order", 'c,"1"', {"a": "å\n"}),
        (4, "note", "d", "plain"),
    ]
    assert exported[1]["time"] == "2026-09-21T14:13:20.000000001Z"
    assert exported[1]["at_ns"] == START_NS + 1
    assert len(exported[0]["hash"]) == 64


async def test_csv_reads_back_as_it_was(files: list[Path]) -> None:
    """Commas, quotes and line ends survive."""
    rows = list(csv.DictReader(io.StringIO(_run("records", "--format", "csv", *files), newline="")))
    assert [row["seq"] for row in rows] == ["1", "2", "3", "4"]
    assert (rows[2]["key"], rows[2]["body"]) == ('c,"1"', '{"a":"å\\n"}')
    assert list(rows[0]) == ["seq", "time", "at_ns", "kind", "key", "body", "hash"]


async def test_records_can_be_chosen(files: list[Path]) -> None:
    """By kind and by number; nothing found is an empty array."""
    orders = json.loads(_run("records", "--kind", "order", *files))
    assert [line["seq"] for line in orders] == [2, 3]
    assert [line["seq"] for line in json.loads(_run("records", "--kind", "order", "--after", "2", *files))] == [3]
    assert json.loads(_run("records", "--kind", "nothing", *files)) == []


async def test_months_are_counted_over_all_files(files: list[Path]) -> None:
    """The copied record counts once, in its month."""
    report = json.loads(_run("months", *files))
    assert [
        (month["month"], month["records"], month["first_seq"], month["last_seq"]) for month in report["months"]
    ] == [
        ("2026-09", 2, 1, 2),
        ("2026-10", 2, 3, 4),
    ]
    assert report["file_bytes"] == {str(file): file.stat().st_size for file in files}


async def test_a_month_in_two_files_is_one_month(book: Path) -> None:
    """Archiving in the middle of a month does not split it."""
    journal = (await opened(book)).journal
    for number in range(3):
        await journal.append([Draft(START_NS + number, "k", "y", "{}")] * 2)
        await journal.archive()
    (month,) = journal.months()
    assert (month.records, month.first_seq, month.last_seq) == (6, 1, 6)
    await journal.close()


async def test_both_formats_write_the_same_records(files: list[Path]) -> None:
    """Called from a program, without a process of their own."""
    as_json, as_csv, nothing = io.StringIO(), io.StringIO(newline=""), io.StringIO()
    raw.write_json(raw.lines(files), as_json)
    raw.write_csv(raw.lines(files), as_csv)
    raw.write_json(raw.lines(files, kind="nothing"), nothing)
    rows = list(csv.DictReader(io.StringIO(as_csv.getvalue(), newline="")))
    written = json.loads(as_json.getvalue())
    assert [row["hash"] for row in rows] == [line["hash"] for line in written]
    assert [row["time"] for row in rows] == [line["time"] for line in written]
    assert json.loads(nothing.getvalue()) == []


async def test_the_tools_run_from_a_program_too(files: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code and output are those of the command line."""
    paths = list(map(str, files))
    for tool in (verify.main, raw.main, months.main):
        assert tool(paths) == 0
    report, exported, counted = capsys.readouterr().out.replace("}\n[", "}\0[").replace("]\n{", "]\0{").split("\0")
    assert json.loads(report)["records"] == len(json.loads(exported)) == 4
    assert [month["records"] for month in json.loads(counted)["months"]] == [2, 2]


@pytest.mark.parametrize("tool", [raw.main, months.main, verify.main])
def test_a_file_that_cannot_be_read_is_an_exit_code(tmp_path: Path, tool: object) -> None:
    """Neither tool makes a file where there was none."""
    assert callable(tool)
    assert tool([str(tmp_path / "nothing.db")]) == 2
    assert list(tmp_path.iterdir()) == []
