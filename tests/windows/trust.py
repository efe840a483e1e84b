"""Put a certificate into Windows' store of trusted roots, as a company's administrator does; runs in Wine."""

import ctypes
import ssl
import sys
from ctypes import wintypes
from pathlib import Path

PROVIDER, ENCODING = 10, 0x00010001  # a store of the system; X.509
MACHINE, ALWAYS = 0x00020000, 3  # of the local machine; replace what is there


def trust(file: str) -> None:
    """Add the certificate in a PEM file, and see it among the trusted roots; or raise OSError."""
    library = ctypes.WinDLL("crypt32", use_last_error=True)
    library.CertOpenStore.restype = wintypes.HANDLE
    content = ssl.PEM_cert_to_DER_cert(Path(file).read_text(encoding="ascii"))
    store = library.CertOpenStore(ctypes.c_void_p(PROVIDER), 0, None, MACHINE, ctypes.c_wchar_p("Root"))
    added = store and library.CertAddEncodedCertificateToStore(
        wintypes.HANDLE(store), ENCODING, content, len(content), ALWAYS, None
    )
    if not added:
        raise ctypes.WinError(ctypes.get_last_error())
    library.CertCloseStore(wintypes.HANDLE(store), 0)
    if content not in [one for one, _, _ in ssl.enum_certificates("ROOT")]:
        raise OSError("the certificate is not among the trusted roots")
    print("trusted")


if __name__ == "__main__":
    trust(sys.argv[1])
