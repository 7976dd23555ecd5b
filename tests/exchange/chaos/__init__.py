"""Chaos: random fault schedules over real sockets, the engine and the client as they are, time passing faster.

``python -m tests.exchange.chaos --seeds 0:500`` plays five hundred; ``--seeds 37`` plays one again.
"""
