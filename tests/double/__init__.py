"""A double of MEXC spot: a real server on loopback, written from the fact sheet alone."""

from .server import FAKE_KEY, FAKE_SECRET, MexcDouble

__all__ = ["FAKE_KEY", "FAKE_SECRET", "MexcDouble"]
