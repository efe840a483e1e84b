"""The handbook's Python code, in five packages: cases, feed, runner, site and tools.

cases: defines a case, an entry, a client, a name and a proof, which are data read from files. feed: a model
of the Azure Artifacts feed and the hosts around it. runner: runs a case. site: builds the pages. tools: the
commands that a maintainer calls. tests/unit/test_rooms.py defines which package may import which.
"""
