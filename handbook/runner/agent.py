"""The process that a run under Wine starts first and ends last; Python for Windows, standard library only.

It starts Wine's server, so the server is behind the wall too, and keeps it running until this process ends.
Before that, it writes down what is in none of the reader's files: the entries of the Credential Manager, as
Windows' own API returns them.
"""

from __future__ import annotations

import sys
from pathlib import Path

FOLDER = "session"  # on drive C
READY, STORES = "ready", "stores.json"
BEHIND, OUTSIDE = "behind the wall", "outside"
MANAGER = r"Software\Wine\Credential Manager"


def reaches(port: int) -> bool:
    """Return whether Wine's server can reach a listener of the machine outside the wall."""
    import socket

    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def stored() -> list[dict[str, str]]:
    """Return the Credential Manager's entries: target, and the secret in hexadecimal digits.

    The names come from Wine's registry, because its CredEnumerate fails as soon as there is an entry.
    """
    import ctypes
    import winreg
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
    found = []
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, MANAGER) as manager:
            keys = [winreg.EnumKey(manager, number) for number in range(winreg.QueryInfoKey(manager)[0])]
            kept = [(winreg.QueryValue(manager, key), _type(manager, key)) for key in keys]
    except FileNotFoundError:  # nothing was ever stored
        return []
    for target, kind in kept:
        one = ctypes.POINTER(Credential)()
        if not library.CredReadW(target, kind, 0, ctypes.byref(one)):
            raise ctypes.WinError(ctypes.get_last_error())
        secret = ctypes.string_at(one.contents.secret, one.contents.size).hex()
        found.append({"target": target, "secret": secret})
    return found


def _type(manager: object, key: str) -> int:
    import winreg

    with winreg.OpenKey(manager, key) as entry:
        return winreg.QueryValueEx(entry, "Type")[0]


def main(folder: Path, port: int) -> None:
    """Report readiness and whether the wall holds, wait until stdin closes, then write what is stored."""
    import json

    (folder / READY).write_text(OUTSIDE if reaches(port) else BEHIND, encoding="utf-8")
    sys.stdin.read()
    try:
        found = {"credentials": stored()}
    except OSError as error:
        found = {"fault": f"the Credential Manager cannot be asked: {error}"}
    unfinished = folder / f"{STORES}.new"
    unfinished.write_text(json.dumps(found), encoding="utf-8")
    unfinished.replace(folder / STORES)


if __name__ == "__main__":
    main(Path("C:/") / FOLDER, int(sys.argv[1]))
