"""Changes the risk and order code in small ways and looks whether a test notices: ``scripts/mutate [FOLDER…]``.

Runs mutmut in an environment of its own on a copy of the tree, so nothing here is changed while it works. Prints the
score of each folder and the changes that no test noticed; exit code 1 below the wanted score. See docs/mutation.md.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
import json
import os
from pathlib import Path
import shutil
import subprocess
import sys
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
WORK: Final = ROOT / ".bench" / "mutation"
PYTHON: Final = ROOT / ".bench" / "mutmut" / "bin" / "python"
PACKAGE: Final = "custom_components/mexc_trading"
FOLDERS: Final = ("risk", "orders")
MUTMUT: Final = "mutmut==3.8.1"
QUICK_FIRST: Final = Path(__file__).parent / "quick_first.py"

LEFT_OUT: Final = ("test_hundred.py", "test_no_way_around.py", "test_rule_page.py")
"""Tests with tasks and threads, which do not survive a fork, those of a minute's chance, and those of names."""

SETUP: Final = f"""\
[mutmut]
source_paths=custom_components
only_mutate=
{{changed}}
do_not_mutate=
    {PACKAGE}/risk/rule_page.py
    {PACKAGE}/risk/limit_table.py
also_copy=
    pytest.ini
pytest_add_cli_args=
    -p
    no:cacheprovider
    -p
    no:homeassistant
    -p
    no:xdist
    -p
    no:cov
pytest_add_cli_args_test_selection=
    tests/risk
    tests/orders
mutate_only_covered_lines=true
track_dependencies=false
use_git_change_detection=false
timeout_multiplier=12
"""

PYTEST: Final = "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n"

KILLED: Final = frozenset({"killed", "timeout", "segfault", "suspicious", "caught by type check"})


def prepare(folders: Sequence[str]) -> None:
    """Make the environment, which sees what lane A has installed, and the copy of the tree."""
    if not PYTHON.exists():
        uv = subprocess.check_output((ROOT / "scripts" / "_python", "--uv"), text=True).strip()
        python = subprocess.check_output((ROOT / "scripts" / "_python",), text=True).strip()
        folder = PYTHON.parent.parent
        subprocess.check_call((uv, "venv", "--no-config", "--quiet", "--no-project", "--python", python, folder))
        subprocess.check_call((uv, "pip", "install", "--no-config", "--quiet", "--python", PYTHON, MUTMUT))
    site = next((PYTHON.parent.parent / "lib").glob("python3.*")) / "site-packages"
    lane_a = next((ROOT / ".venv" / "lib").glob("python3.*")) / "site-packages"
    (site / "lane_a.pth").write_text(f"{lane_a}\n")
    shutil.rmtree(WORK, ignore_errors=True)
    ignored = shutil.ignore_patterns("__pycache__", "home_assistant", "demo", *LEFT_OUT)
    shutil.copytree(ROOT / "custom_components", WORK / "custom_components", ignore=ignored)
    shutil.copytree(ROOT / "tests", WORK / "tests", ignore=ignored)
    shutil.copy(QUICK_FIRST, WORK / "tests" / "conftest.py")
    changed = "\n".join(f"    {PACKAGE}/{folder}/*" for folder in folders)
    (WORK / "setup.cfg").write_text(SETUP.format(changed=changed))
    (WORK / "pytest.ini").write_text(PYTEST)


def results() -> dict[str, str]:
    """Read what became of each change."""
    output = subprocess.check_output((PYTHON, "-m", "mutmut", "results", "--all", "true"), cwd=WORK, text=True)
    pairs = (line.strip().partition(": ") for line in output.splitlines() if ": " in line)
    return {name: status for name, _, status in pairs}


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


def main() -> int:
    """Run, sum up, and say whether it is enough."""
    parser = argparse.ArgumentParser(prog="mutate", description=__doc__)
    parser.add_argument("folders", nargs="*", metavar="FOLDER", help=f"of {', '.join(FOLDERS)}; all without one")
    parser.add_argument("--least", type=float, default=90.0, help="percent of changes that tests must notice")
    parser.add_argument("--children", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", type=Path, help="write the scores and the survivors here")
    options = parser.parse_args()
    folders = options.folders or FOLDERS
    if unknown := sorted(set(folders) - set(FOLDERS)):
        parser.error(f"no folder {', '.join(unknown)}")
    prepare(folders)
    subprocess.run((PYTHON, "-m", "mutmut", "run", "--max-children", str(options.children)), cwd=WORK, check=False)
    found = results()
    scores: dict[str, dict[str, float]] = {}
    for folder in folders:
        counts = Counter(status for name, status in found.items() if f".mexc_trading.{folder}." in f".{name}")
        tried = sum(counts.values()) - counts["skipped"]
        killed = sum(counts[status] for status in KILLED)
        scores[folder] = {"tried": tried, "killed": killed, "percent": round(100 * killed / tried, 1) if tried else 0.0}
        say(f"{folder}: {killed} of {tried} noticed, {scores[folder]['percent']} %; {dict(counts)}")
    survivors = sorted(name for name, status in found.items() if status not in KILLED | {"skipped"})
    for name in survivors:
        say(f"  {found[name]}: {name}")
    if options.json is not None:
        options.json.write_text(json.dumps({"scores": scores, "survivors": survivors}, indent=2) + "\n")
    return int(any(score["percent"] < options.least for score in scores.values()))


if __name__ == "__main__":
    sys.exit(main())
