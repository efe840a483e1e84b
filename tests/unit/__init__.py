"""Unit tests of the code in `handbook`."""
