"""The forms: what a person is asked, how the answers are read, and how they are checked against the venue."""
