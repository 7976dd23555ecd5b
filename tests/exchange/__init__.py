"""The exchange client, against tables, fake transports and the double's real sockets."""
