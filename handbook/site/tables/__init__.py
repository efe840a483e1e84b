"""Tables and charts generated from cases, proofs and data files."""
