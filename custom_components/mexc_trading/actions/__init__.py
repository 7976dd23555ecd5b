"""Home Assistant's actions, by what they are about: signals, orders, holds."""
