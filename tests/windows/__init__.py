"""What needs the clients for Windows: run by `make windows`, and by nothing else."""
