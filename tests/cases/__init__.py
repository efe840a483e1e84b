"""Runs of every case, as printed."""
