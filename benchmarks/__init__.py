"""What it costs, beside what others pay for the same: one module for each part, each gives rows of one table."""
