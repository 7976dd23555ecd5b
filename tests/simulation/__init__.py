"""Whole days of a live account in virtual time: real engine, journal, client, sockets; random trouble."""
