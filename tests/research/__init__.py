"""Candles, strategies, backtests, promotion."""
