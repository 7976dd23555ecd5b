"""Classify, retry, break, budget and clock: what every talk with a venue goes through."""
