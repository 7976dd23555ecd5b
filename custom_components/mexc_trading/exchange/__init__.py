"""Venues behind the engine's port: MEXC spot and paper, and what makes talking to a venue safe."""
