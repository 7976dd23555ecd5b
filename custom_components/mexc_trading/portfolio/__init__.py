"""Positions, profit and loss, drawdown, trading day. Pure: values in, values out."""
