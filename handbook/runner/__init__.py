"""Run a case with the real client: sandbox, wall, observation, comparison. Start reading at `plugin`."""
