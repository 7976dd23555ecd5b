"""The paper venue: fills only on evidence."""
