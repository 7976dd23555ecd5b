"""What a forked process does first: choose its life, and tell what becomes of it."""

import json
import logging
import os
from typing import cast

from tests.exchange.chaos.fast_time import run_hurried

from .life import live
from .nursery import Json
from .trading import trade


def begin(spec: Json, channel: int, heard: int) -> None:
    """Live one life, of one wish or of many, in a process of its own."""
    logging.disable(logging.ERROR)

    def tell(told: dict[str, object]) -> None:
        os.write(channel, f"{json.dumps(told)}\n".encode())

    run_hurried(lambda: live(spec, tell) if "wish" in spec else trade(spec, heard, tell), cast("int", spec["speed"]))
    tell({"done": True})
