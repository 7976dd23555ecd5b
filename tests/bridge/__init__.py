"""Tests of the bridge between Home Assistant and the engine."""
