"""MEXC's spot streams: protobuf over WebSocket. Hints that trigger earlier reads; REST stays the authority."""
