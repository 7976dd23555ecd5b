"""Message authentication codes that are made in one go, without letting go of the interpreter."""

import hmac


def mac(key: bytes, message: bytes) -> bytes:
    """Give the HMAC-SHA256 of a message.

    ``hmac.digest`` lets other threads run meanwhile, however short the message: beside a busy one, such as Home
    Assistant's recorder, two microseconds of work end up to five milliseconds later, and the event loop stands still.
    This way that is so only from 2 KiB on.
    """
    return hmac.new(key, message, "sha256").digest()
