"""Processes that run cases at the same time for a tool."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process


def pool(number: int | None = None) -> ProcessPoolExecutor:
    """Return a pool of processes; by default, one for each core."""
    return ProcessPoolExecutor(number or os.cpu_count(), get_context("spawn"), _start)


def _start() -> None:
    """Leave Ctrl-C to the main process, and end when it ends, for whatever reason."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=lambda: (parent_process().join(), os._exit(1)), daemon=True).start()
