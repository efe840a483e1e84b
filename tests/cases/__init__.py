"""Every case, run as printed."""
