"""What the component and the benchmarks must agree on."""

from typing import Final

BARE_WEBHOOK: Final = "bare_webhook_that_reads_and_answers"
