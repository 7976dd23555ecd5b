"""MEXC spot over the injected session."""
