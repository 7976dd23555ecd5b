"""Tests of portfolio/."""
