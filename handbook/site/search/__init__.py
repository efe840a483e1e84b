"""The index that the search page reads."""
