"""How an inquiry ends: the exit codes of its process, for those who start it and need nothing else of it."""

from typing import Final

EXIT_DONE: Final = 0
EXIT_DIFFERENT: Final = 1
EXIT_UNREADABLE: Final = 2
