"""The built site: what a page shows, holds and does."""
