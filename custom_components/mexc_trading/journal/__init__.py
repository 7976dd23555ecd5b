"""Append-only SQLite journal with a hash chain. Implements the engine's journal port.

Two halves. What a book runs on: ``boot`` (open, verify, seal), ``sqlite`` (the port) and what stands behind it. What an
operator runs on a copy, by path, with the standard library only (Python 3.11 or later): ``verify``, which stands on
``chain`` and ``schema`` alone. This file imports nothing, so that either half can be loaded without the other.
"""
