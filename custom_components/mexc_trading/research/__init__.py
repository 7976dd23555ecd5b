"""Backtests and promotion: the same engine on another venue, clock and journal."""
