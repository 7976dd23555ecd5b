"""Import this first in a process that must start fast: our packages then load without Home Assistant.

The integration's root imports ``homeassistant``; the packages below it do not. A bare package stands in for the root.
"""

from pathlib import Path
import sys
from types import ModuleType

_NAME = "custom_components.mexc_trading"

_package = ModuleType(_NAME)
_package.__path__ = [str(Path(__file__).resolve().parents[2] / "custom_components" / "mexc_trading")]
sys.modules[_NAME] = _package
