"""Append-only SQLite journal with a hash chain. Implements the engine's journal port."""
