"""The command line: ``python3 -m handbook COMMAND``. Only the Python version is looked at here.

An old Python must be able to read this file to say that it is too old: keep its syntax at Python 2.7's.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this is the check that makes the rule true
    found = "handbook: Python {}.{} is too old: install Python 3.11 or newer, then: make PYTHON=python3.11\n"
    sys.stderr.write(found.format(*sys.version_info[:2]))
    sys.exit(2)

try:
    from handbook.tools.commands import main  # newer syntax than the lines above may use
except Exception as error:
    if type(error).__name__ != "ClientError":  # a list of clients that cannot be read is one line, too
        raise
    sys.stderr.write("handbook: " + str(error) + "\n")
    sys.exit(2)

sys.exit(main(sys.argv[1:]))
