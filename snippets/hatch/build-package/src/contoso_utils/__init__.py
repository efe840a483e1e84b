"""Utilities of all teams."""
