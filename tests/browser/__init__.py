"""A person at Home Assistant's pages: a real browser, clicks and typing, from an empty house to a backtest."""
