"""Values that everything else speaks in: money, instruments, signals, decisions, orders, fills."""
