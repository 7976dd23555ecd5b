"""Questions to a journal that a real account has written at the double."""
