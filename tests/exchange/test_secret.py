"""A secret does not come out by accident."""

import copy
import json
import logging
import pickle
from typing import override

import pytest

from custom_components.mexc_trading.exchange.redaction import Redaction
from custom_components.mexc_trading.exchange.secret import Secret

CANARY = "canary-not-a-real-secret"


@pytest.fixture
def secret() -> Secret:
    """Give a secret that would be noticed anywhere."""
    return Secret(CANARY)


def test_no_way_of_writing_shows_it(secret: Secret) -> None:
    """Every way in which Python writes an object gives asterisks."""
    assert repr(secret) == str(secret) == f"{secret}" == f"{secret:>40}" == f"{secret!r}" == "%s" % secret == "***"  # noqa: UP031
    assert CANARY not in repr({"key": [secret]})


def test_it_is_given_when_asked_for(secret: Secret) -> None:
    """The text is there for the one place that needs it."""
    assert secret.reveal() == CANARY
    assert secret
    assert not Secret("")


@pytest.mark.parametrize("attempt", [pickle.dumps, json.dumps, hash, vars, lambda secret: secret.__getstate__()])
def test_nothing_serialises_it(secret: Secret, attempt: object) -> None:
    """Serialising is an error, so a secret cannot slip into a file."""
    assert callable(attempt)
    with pytest.raises(TypeError):
        attempt(secret)


def test_copies_are_the_same_object(secret: Secret) -> None:
    """Copying settings copies no text."""
    assert copy.copy(secret) is secret
    assert copy.deepcopy({"key": secret})["key"] is secret


def test_equality_is_by_text(secret: Secret) -> None:
    """Two secrets with one text are equal, and a secret equals no plain text."""
    assert secret == Secret(CANARY)
    assert secret != Secret("other")
    assert secret != CANARY
    assert Secret("\ud800") == Secret("\ud800")


class _Lines(logging.Handler):
    """Keeps what would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def written() -> _Lines:
    """Give a handler that keeps lines."""
    return _Lines()


def _logger(handler: logging.Handler) -> logging.Logger:
    logger = logging.getLogger("probe")
    logger.handlers[:] = [handler]
    return logger


def _raise_with(text: str) -> None:
    raise ValueError(text)


def test_the_filter_masks_wherever_the_text_stands(secret: Secret, written: _Lines) -> None:
    """Messages, arguments, tracebacks and stacks lose the secret, and keep the rest."""
    redaction = Redaction()
    redaction.register(secret)
    redaction.attach([written])
    logger = _logger(written)

    logger.warning("plain %s", CANARY)
    logger.warning(f"inline {CANARY} end")  # noqa: G004
    try:
        _raise_with(f"inside {CANARY}")
    except ValueError:
        logger.exception("failed")
    logger.warning("stack", stack_info=True)
    logger.warning("nothing to hide: %d", 7)

    text = "\n".join(written.lines)
    assert CANARY not in text
    assert "plain ***" in text
    assert "inline *** end" in text
    assert "inside ***" in text
    assert "nothing to hide: 7" in text


def test_what_is_forgotten_or_detached_is_not_masked(secret: Secret, written: _Lines) -> None:
    """Registering and attaching both end."""
    redaction = Redaction()
    forget = redaction.register(secret)
    detach = redaction.attach([written])
    logger = _logger(written)

    forget()
    logger.warning("a %s", CANARY)
    redaction.register(secret)
    detach()
    logger.warning("b %s", CANARY)

    assert [CANARY in line for line in written.lines] == [True, True]


def test_short_texts_are_left_alone() -> None:
    """A secret of a few characters would blot out the whole log."""
    redaction = Redaction()
    redaction.register(Secret("a"))
    assert redaction.mask("a banana") == "a banana"
