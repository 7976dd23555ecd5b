"""Runs benchmarks, each in a process of its own, and puts their rows into one table: ``scripts/bench [NAME…]``."""

import argparse
from collections.abc import Mapping
import json
from pathlib import Path
import subprocess
import sys
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent

INTERPRETERS: Final[Mapping[str, str]] = dict.fromkeys(
    ("burst", "day", "footprint", "kill", "recorder", "webhook"), ".venv-demo"
)
"""Benchmarks that need another environment than lane A's."""

type Row = dict[str, Any]  # As the module's process printed it.


def names() -> list[str]:
    """Name all benchmarks: the public modules of this folder that can be run."""
    files = sorted(Path(__file__).parent.glob("[a-z]*.py"))
    return [file.stem for file in files if '__name__ == "__main__"' in file.read_text(encoding="utf-8")]


def run(name: str) -> list[Row]:
    """Run one benchmark; its output lines that are JSON objects are its rows."""
    python = ROOT / INTERPRETERS.get(name, ".venv") / "bin" / "python"
    command = (str(python), "-m", f"benchmarks.{name}")
    rows = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            if line.startswith("{"):
                rows.append(json.loads(line))
                print(_line(rows[-1]), flush=True)
    if not rows:
        raise SystemExit(f"bench: {name} printed no row (exit code {process.returncode})")
    return rows


def _line(row: Row) -> str:
    """Write a row for a person."""
    peer = f"{row['peer']} {row['peer_version'] or ''}: {row['peer_value']}" if row["peer"] else "no peer"
    ratio = f"ratio {row['ratio']}" if row["ratio"] is not None else ""
    verdict = {True: "holds", False: "DOES NOT HOLD", None: ""}[row["holds"]]
    bound = f"[{row['bound']}: {verdict}]" if row["bound"] else ""
    return f"{row['name']:<56} {row['ours']:>12} {row['unit']:<10} {peer:<44} {ratio:<12} {bound}"


def main() -> int:
    """Run what was asked for; exit code 1 if a bound does not hold."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names())}; all without one")
    parser.add_argument("--json", type=Path, help="write the rows here")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(names()))
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(names())}")
    rows = [row for name in options.names or names() for row in run(name)]
    if options.json is not None:
        options.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    return int(any(row["holds"] is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())
