"""Questions to a journal: what became of one id, what was earned, and whether it would be decided so again."""
