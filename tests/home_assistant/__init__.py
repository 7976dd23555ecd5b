"""Tests of everything that Home Assistant looks for by name, in a real Home Assistant against the MEXC double."""
