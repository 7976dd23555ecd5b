"""The sensors as tables: one row each, gathered by what they tell."""
