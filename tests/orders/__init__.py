"""Tests of orders/."""
