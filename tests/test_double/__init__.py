"""The double does what the fact sheet says; these tests keep it honest."""
