"""The journal against real files, real SQLite, real threads and real kills."""
