"""The tests: run cases, recorded facts, unit tests, and checks of the built pages."""
