"""The offset lies within its stated error."""

from hypothesis import given, strategies as st

from custom_components.mexc_trading.exchange.resilience.clock import ClockSample, measured

MS = 1_000_000


def _sample(offset_ms: int, out_ms: int, back_ms: int, at_ms: int = 1_000_000) -> ClockSample:
    """Ask at ``at_ms`` a venue whose clock is ``offset_ms`` ahead, over ways of these lengths."""
    return ClockSample(
        sent_at_ns=at_ms * MS,
        received_at_ns=(at_ms + out_ms + back_ms) * MS,
        venue_ms=at_ms + out_ms + offset_ms,
    )


def test_an_even_way_gives_the_offset() -> None:
    """With equal ways the middle is right."""
    offset = measured([_sample(437, 20, 20)])
    assert abs(offset.offset_ms - 437) <= 1
    assert 20 <= offset.error_ms <= 23


def test_two_slow_answers_of_five_do_not_matter() -> None:
    """The median shrugs off outliers, and quick samples tighten the bound."""
    offset = measured(
        [_sample(-200, 5, 5), _sample(-200, 900, 5), _sample(-200, 6, 4), _sample(-200, 5, 6), _sample(-200, 5, 800)]
    )
    assert abs(offset.offset_ms + 200) <= 2
    assert offset.error_ms < 10


def test_a_clock_that_was_set_in_between_widens_the_bound() -> None:
    """Samples that exclude each other are all believed."""
    offset = measured([_sample(0, 1, 1), _sample(5000, 1, 1), _sample(5000, 1, 1)])
    assert offset.offset_ms - offset.error_ms <= 0
    assert offset.offset_ms + offset.error_ms >= 5000


@given(
    st.integers(-100_000, 100_000),
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), min_size=1, max_size=9),
)
def test_the_truth_is_inside(offset_ms: int, ways: list[tuple[int, int]]) -> None:
    """However lopsided the ways are, the bound holds."""
    offset = measured([_sample(offset_ms, out, back) for out, back in ways])
    assert offset.offset_ms - offset.error_ms <= offset_ms <= offset.offset_ms + offset.error_ms
