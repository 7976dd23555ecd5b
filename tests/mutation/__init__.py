"""Small changes to the risk and order code, of which a test has to notice nearly all: ``python -m tests.mutation``."""
