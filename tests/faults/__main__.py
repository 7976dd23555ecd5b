"""``python -m tests.faults --storage once --network reset_after``: fails every call of the story in turn."""

import sys

from tests.simulation import in_virtual_time

in_virtual_time.repeatable()

from .tell import main  # noqa: E402  only now may anything take hold of a clock

sys.exit(main())
