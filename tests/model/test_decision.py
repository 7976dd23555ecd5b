"""What the rules found reads the same before and after it was written down, and weighs nothing after."""

import gc

from custom_components.mexc_trading.model.codec import from_plain, to_plain
from custom_components.mexc_trading.model.decision import Decision, Findings, RuleName
from tests.risk.pictures import ENTRY, decided

OBJECTS_MAX = 30
"""Of a decision in memory, so that the latest hundreds of them are nothing to a garbage collection of the process."""


def fresh() -> Decision:
    """Make a decision that nobody has written yet."""
    return decided(ENTRY)


def tracked(decision: Decision) -> int:
    """Count what the garbage collector goes through for a decision, classes apart."""
    found = dict[int, object]()
    left: list[object] = [decision]
    while left:
        each = left.pop()
        if id(each) not in found and gc.is_tracked(each) and not isinstance(each, type):
            found[id(each)] = each
            left += gc.get_referents(each)
    return len(found)


def test_reads_the_same_once_it_is_written() -> None:
    """Every rule, every figure, one by one and together."""
    one, other = fresh(), fresh()
    rows = one.results.as_plain()
    assert one == other
    assert hash(one.results) == hash(other.results)
    assert [result.as_plain() for result in one.results] == rows == other.results.as_plain()
    assert one.results.as_plain() == rows
    assert {result.rule for result in one.results} == set(RuleName)
    assert one.denials == other.denials
    assert (len(one.results), one.results[0], one.results[1:]) == (len(rows), other.results[0], other.results[1:])


def test_differs_by_any_figure() -> None:
    """Also from one that is still fresh."""
    decision = fresh()
    others = Findings(decision.results[1:])
    assert decision.results != others
    others.as_plain()
    decision.results.as_plain()
    assert decision.results != others


def test_is_read_from_its_document() -> None:
    """What the journal keeps gives the same decision."""
    decision = fresh()
    assert from_plain(Decision, to_plain(decision)) == decision


def test_weighs_little_once_it_is_written() -> None:
    """The figures of forty rules are one text then."""
    decision = fresh()
    before = tracked(decision)
    to_plain(decision)
    assert tracked(decision) <= OBJECTS_MAX < len(RuleName) < before
