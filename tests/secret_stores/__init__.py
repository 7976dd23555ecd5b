"""Servers that speak the protocols of secret stores, over real sockets on the loopback."""
