"""``kill -9`` at every named step and at random moments: real processes, real sockets, one journal on disk."""
