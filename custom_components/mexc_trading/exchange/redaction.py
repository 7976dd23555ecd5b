"""A logging filter that masks registered secrets, whoever logs them."""

from collections.abc import Callable, Iterable
import logging
from typing import Final, override

from .secret import MASK, Secret

LENGTH_MIN: Final = 6
"""Shorter texts are not masked: they would turn every log line into asterisks and protect nothing."""


class Redaction(logging.Filter):
    """Masks every registered secret in messages, arguments and tracebacks.

    A filter on a logger does not see its children's records, so it goes on handlers: ``attach(logging.root.handlers)``.
    """

    def __init__(self) -> None:
        """Start with nothing to mask."""
        super().__init__()
        self._secrets: list[Secret] = []

    def register(self, secret: Secret) -> Callable[[], None]:
        """Mask this secret from now on, until the returned callable is called."""
        self._secrets.append(secret)

        def forget() -> None:
            self._secrets[:] = [known for known in self._secrets if known is not secret]

        return forget

    def attach(self, handlers: Iterable[logging.Handler]) -> Callable[[], None]:
        """Stand in front of these handlers, until the returned callable is called."""
        chosen = tuple(handlers)
        for handler in chosen:
            handler.addFilter(self)

        def detach() -> None:
            for handler in chosen:
                handler.removeFilter(self)

        return detach

    def mask(self, text: str) -> str:
        """Write the text with every registered secret replaced by ``***``."""
        for secret in self._secrets:
            shown = secret.reveal()
            if len(shown) >= LENGTH_MIN and shown in text:
                text = text.replace(shown, MASK)
        return text

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        if not self._secrets:
            return True
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text and (masked := self.mask(record.exc_text)) != record.exc_text:
            # The traceback object still holds the text, so it goes.
            record.exc_text, record.exc_info = masked, None
        if record.stack_info:
            record.stack_info = self.mask(record.stack_info)
        message = record.getMessage()
        if (masked := self.mask(message)) != message:
            record.msg, record.args = masked, None
        return True
