"""Definitions of cases, entries, clients, names and proofs: data that is read from files and checked."""
