"""The paste box: a reader pastes an output and gets the entries that match it."""
