"""Tests of the built site: what a page shows, contains and does."""
