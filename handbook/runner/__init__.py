"""Runs a case by the real client: sandbox, wall, observation, comparison. `plugin` is the way in."""
