"""Lets the test package, made for an older Home Assistant, load beside a newer one: ``pytest -p tests.ha_preload``.

Home Assistant 2026.11 gives its own HTTP client and schema library the names of those they replace, and has to be
imported before anything asks for these. One function of its ``logger`` has moved. The test package's next release
will need neither.
"""

from homeassistant.components import logger
from homeassistant.components.logger import helpers

if not hasattr(logger, "_clear_logger_overwrites"):
    logger._clear_logger_overwrites = helpers._clear_logger_overwrites  # type: ignore[attr-defined]
