"""Facts about the feed: each test asks one thing, and is a recording."""
