"""The box: paste an output, get the entries that know it."""
