"""A greeting, the smallest private package."""
