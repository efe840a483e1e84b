"""The command line: ``python3 -m handbook COMMAND``. This file checks only the Python version.

An old Python must be able to parse this file to report that it is too old, so keep to Python 2.7's syntax.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this is the check that makes the rule true
    found = "handbook: Python {}.{} is too old: install Python 3.11 or newer, then: make PYTHON=python3.11\n"
    sys.stderr.write(found.format(*sys.version_info[:2]))
    sys.exit(2)

try:
    from handbook.tools.commands import main  # may use newer syntax than the lines above
except Exception as error:
    if type(error).__name__ != "ClientError":  # a broken list of clients: report it in one line
        raise
    sys.stderr.write("handbook: " + str(error) + "\n")
    sys.exit(2)

sys.exit(main(sys.argv[1:]))
