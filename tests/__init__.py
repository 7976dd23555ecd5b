"""Tests of mexc_trading. The folders mirror the packages."""
