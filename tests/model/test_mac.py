"""Message authentication codes: the ones that everybody makes, made without a turn for other threads."""

import hmac
import sys
from threading import Event, Thread
import time

from custom_components.mexc_trading.model.mac import mac

MESSAGE = b"m" * 1500
"""Longer than nearly all that is signed here."""


def ran_meanwhile() -> bool:
    """Tell whether another thread that wants to run did so while codes were made and nothing else let it."""
    ran, switch_s = Event(), sys.getswitchinterval()

    def other() -> None:
        time.sleep(0.01)
        ran.set()

    sys.setswitchinterval(10)
    try:
        thread = Thread(target=other)
        thread.start()
        until_s = time.perf_counter() + 0.05
        while time.perf_counter() < until_s:
            pass
        assert not ran.is_set()
        for _ in range(5_000):
            mac(b"key", MESSAGE)
        return ran.is_set()
    finally:
        sys.setswitchinterval(switch_s)
        thread.join()


def test_is_the_code_that_everybody_makes() -> None:
    """Short and long."""
    for message in (b"", MESSAGE, MESSAGE * 9):
        assert mac(b"key", message) == hmac.digest(b"key", message, "sha256")


def test_no_other_thread_runs_meanwhile() -> None:
    """The event loop would get its turn back five milliseconds later."""
    assert not ran_meanwhile()
