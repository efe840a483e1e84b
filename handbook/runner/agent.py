"""What a run under Wine starts first and ends last; Windows' Python, standard library alone.

Wine's server begins with it, so it is behind the wall, and goes on until this ends. Then it writes down
what no file of a reader's holds: the Credential Manager's entries, as Windows' own interface gives them.
"""

from __future__ import annotations

import sys
from pathlib import Path

FOLDER = "session"  # on drive C
READY, STORES = "ready", "stores.json"
BEHIND, OUTSIDE = "behind the wall", "outside"
NOT_FOUND = 1168  # ERROR_NOT_FOUND: there is none


def reaches(port: int) -> bool:
    """Return whether a listener of the machine, outside the wall, is reached through Wine's server."""
    import socket

    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def stored() -> list[dict[str, str]]:
    """Return the Credential Manager's entries: target, user, and the secret in hexadecimal digits."""
    import ctypes
    from ctypes import wintypes

    class Credential(ctypes.Structure):
        _fields_ = (
            ("flags", wintypes.DWORD),
            ("type", wintypes.DWORD),
            ("target", wintypes.LPWSTR),
            ("comment", wintypes.LPWSTR),
            ("written", wintypes.FILETIME),
            ("size", wintypes.DWORD),
            ("secret", ctypes.c_void_p),
            ("persist", wintypes.DWORD),
            ("attributes", wintypes.DWORD),
            ("attribute", ctypes.c_void_p),
            ("alias", wintypes.LPWSTR),
            ("user", wintypes.LPWSTR),
        )

    library = ctypes.WinDLL("advapi32", use_last_error=True)
    count, found = wintypes.DWORD(), ctypes.POINTER(ctypes.POINTER(Credential))()
    if not library.CredEnumerateW(None, 0, ctypes.byref(count), ctypes.byref(found)):
        if ctypes.get_last_error() == NOT_FOUND:
            return []
        raise ctypes.WinError(ctypes.get_last_error())
    return [
        {"target": one.target, "user": one.user or "", "secret": ctypes.string_at(one.secret, one.size).hex()}
        for one in (found[number].contents for number in range(count.value))
    ]


def main(folder: Path, port: int) -> None:
    """Say that this runs, and where; wait until nobody writes to this any more; write down what is stored."""
    import json

    (folder / READY).write_text(OUTSIDE if reaches(port) else BEHIND, encoding="utf-8")
    sys.stdin.read()
    unfinished = folder / f"{STORES}.new"
    unfinished.write_text(json.dumps(stored()), encoding="utf-8")
    unfinished.replace(folder / STORES)


if __name__ == "__main__":
    main(Path("C:/") / FOLDER, int(sys.argv[1]))
