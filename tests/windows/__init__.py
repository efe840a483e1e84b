"""Tests that need the Windows clients: only `make windows` runs them."""
