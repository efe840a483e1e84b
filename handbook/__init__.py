"""The code of the handbook, in five rooms.

cases: what a case, an entry, a client, a name, a proof is: data read from files. feed: the stand-in for the
feed and its surroundings. runner: runs a case. site: prints. tools: what a maintainer calls.
tests/unit/test_rooms.py holds who may import whom.
"""
