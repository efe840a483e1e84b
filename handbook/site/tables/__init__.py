"""Tables and charts that are made from cases, proofs and data files."""
