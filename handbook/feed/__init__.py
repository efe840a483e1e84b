"""The stand-in for the feed and its surroundings: relay, recording, reference feed, public index.

Nothing in here knows of snippets, pages or pytest.
"""
