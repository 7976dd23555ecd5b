"""The reference page says what Home Assistant shows."""

from .reference import PAGE, document


def test_the_reference_is_up_to_date() -> None:
    """Given the integration's texts, then the page is what they give."""
    assert PAGE.read_text() == document()
