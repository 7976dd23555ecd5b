"""What the judge calls things, for those who must not load the integration to know it."""

from collections.abc import Mapping
from typing import Final

PLANTS: Final[Mapping[str, frozenset[str]]] = {
    "dedupe_removed": frozenset({"duplicate"}),
    "fence_shortened": frozenset({"lost", "duplicate"}),
    "fill_by_quantity": frozenset({"lost"}),
    "exits_unclamped": frozenset({"enlarge", "flip"}),
    "no_last_look": frozenset({"hold"}),
    "holds_are_advice": frozenset({"hold"}),
    "edits_ignored": frozenset({"limit"}),
    "working_forgotten": frozenset({"limit"}),
    "silence_is_failure": frozenset({"duplicate", "again"}),
    "throttle_is_refusal": frozenset({"lost"}),
    "target_forgets_its_slices": frozenset({"share"}),
    "stops_never_due": frozenset({"stop"}),
    "nothing_forgotten": frozenset({"table"}),
}
"""The faults that :mod:`.planted` can plant, and the words of what comes of each, any of which shows it."""
