"""The single writer: one mailbox, one pure step, one journal, one venue for each book."""
