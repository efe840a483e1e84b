"""Facts about the feed: each test checks one statement, and is recorded."""
