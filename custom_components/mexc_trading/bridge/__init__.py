"""Between Home Assistant and the engine: intake, assembly of an account's books, read model."""
