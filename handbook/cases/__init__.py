"""What a case, an entry, a client, a name, a proof is: data, read from files and checked."""
