"""A secret: a text that can be used but not shown."""

import hmac
from typing import Never, Self, override

MASK = "***"
"""What stands wherever a secret would have been written."""


class Secret:
    """A key, token or password. Printing, formatting or logging one gives ``***``; serialising one is an error.

    Equality takes constant time. ``reveal`` is the one way to the text; call it where the text is used, and keep
    nothing of it.
    """

    __slots__ = ("__text",)
    __hash__ = None  # type: ignore[assignment]  # A hash of the text would be a fingerprint of it.

    def __init__(self, text: str) -> None:
        """Take the text."""
        self.__text = text

    def reveal(self) -> str:
        """Give the text."""
        return self.__text

    def __bool__(self) -> bool:
        """Tell whether there is any text at all."""
        return bool(self.__text)

    @override
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(
            self.__text.encode("utf-8", "surrogatepass"), other.__text.encode("utf-8", "surrogatepass")
        )

    @override
    def __repr__(self) -> str:
        return MASK

    @override
    def __str__(self) -> str:
        return MASK

    @override
    def __format__(self, spec: str) -> str:
        return MASK

    def __copy__(self) -> Self:
        """Give the same object: it never changes."""
        return self

    def __deepcopy__(self, memo: object) -> Self:
        """Give the same object: it never changes."""
        return self

    @override
    def __reduce_ex__(self, protocol: object) -> Never:
        raise TypeError("a secret is never serialised")

    @override
    def __getstate__(self) -> Never:
        raise TypeError("a secret is never serialised")
