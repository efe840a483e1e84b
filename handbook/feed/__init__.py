"""The model of the feed and of the hosts around it: relay, recording, reference feed, public index.

This package knows nothing of snippets, pages or pytest.
"""
