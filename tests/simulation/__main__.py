"""``python -m tests.simulation --seed 7 --days 1``: plays days of an account and looks whether anything is wrong."""

import sys

from . import in_virtual_time

in_virtual_time.repeatable()

from .run import main  # noqa: E402  only now may anything take hold of a clock

sys.exit(main())
