"""Names that Home Assistant and the integration share. Imports nothing, so that every module may import it."""

from typing import Final

DOMAIN: Final = "mexc_trading"

EVENT_NEWS: Final = f"{DOMAIN}_event"
"""What is fired on Home Assistant's bus with each piece of news, for the activity log."""

SUBENTRY_STRATEGY: Final = "strategy"
SUBENTRY_RULE_STRATEGY: Final = "rule_strategy"
"""The types of the config subentries, one strategy each: a sender of signals, or rules that are worked out here."""

REST_URL_DEFAULT: Final = "https://api.mexc.com"
STREAM_URL_DEFAULT: Final = "wss://wbs-api.mexc.com/ws"
QUOTE_DEFAULT: Final = "USDT"

# Keys of the config entry's data: what the account is.
CONF_REST_URL: Final = "rest_url"
CONF_STREAM_URL: Final = "stream_url"
CONF_API_KEY: Final = "api_key"
CONF_API_SECRET: Final = "api_secret"
CONF_CREDENTIALS: Final = "credentials"
CONF_INSTALL_SECRET: Final = "install_secret"
CONF_KILL_SECRETS: Final = "kill_secrets"
"""How many secrets the kill switch's webhook was given so far; the last one counts, for a while the one before too."""

CONF_KILL_FORMER_UNTIL: Final = "kill_former_until"
"""Until when the one before the last is valid, in s since the epoch."""

CONF_MODE: Final = "mode"
CONF_NAME: Final = "name"

MODE_PAPER: Final = "paper"
MODE_LIVE: Final = "live"
PAPER_BALANCE_DEFAULT: Final = "10000"

# Sections of the forms.
SECTION_LIMITS: Final = "limits"
SECTION_ADVANCED: Final = "advanced"

CONF_SYMBOLS: Final = "symbols"
"""Key in the options and in a strategy. The other limits are keyed as in the risk engine's table of limits."""

CONF_DAY_ZONE: Final = "day_zone"
DAY_ZONE_DEFAULT: Final = "UTC"
"""Where the trading day begins at midnight."""

CONF_PAPER_BALANCE: Final = "paper_balance"

# Keys of a strategy subentry's data.
OPTIONS_PROMOTION: Final = "promotion"
OPTIONS_DEMOTION: Final = "demotion"
"""Keys in the options: what evidence must show, and what a live strategy may not do."""

OPTIONS_PAPER: Final = "paper"
"""Key in the options: how the paper venue behaves."""

CONF_STAGE: Final = "stage"
"""The book that a strategy has reached in a live account; one that has none is on paper."""

CONF_WEBHOOK_ID: Final = "webhook_id"
CONF_SECRET: Final = "secret"
CONF_FORMER_SECRET: Final = "former_secret"
CONF_FORMER_UNTIL: Final = "former_until"
SECRET_OVERLAP_S: Final = 86_400
"""How long a replaced secret stays valid: a day to change the sender."""

CONF_UNSIGNED: Final = "unsigned"
CONF_ROTATE_SECRET: Final = "rotate_secret"

CONF_INTERVAL: Final = "interval"
CONF_ENTRY: Final = "entry"
CONF_EXIT: Final = "exit"
CONF_SIZE_BASIS: Final = "size_basis"
CONF_SIZE: Final = "size"
CONF_RULES_SINCE: Final = "rules_since"
"""Keys of a rule strategy besides: the width of its candles, its two expressions, what an entry asks for as a word and
its amount as text, and since when (seconds) the rules are as they are."""

SECTION_PROTECTION: Final = "protection"
CONF_STOP_LOSS_PERCENT: Final = "stop_loss_percent"
CONF_TRAILING_PERCENT: Final = "trailing_percent"
CONF_TAKE_PROFIT: Final = "take_profit"
CONF_BREAK_EVEN: Final = "break_even"
CONF_TIME_EXIT_S: Final = "time_exit_s"
"""Keys of a strategy's own exits: percentages of the entry price as text, seconds as numbers."""

CONF_CLAMP: Final = "clamp"
CONF_HEARTBEAT_S: Final = "heartbeat_s"
"""Keys among a strategy's own limits. The others are keyed as in the risk engine's table of limits."""

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Days as the options keep them; Monday is 0 for the risk engine."""
