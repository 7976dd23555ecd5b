"""The demonstration: the MEXC double and a real Home Assistant on loopback, for a person or for a check."""
