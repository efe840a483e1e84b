"""Cases and entries on pages: directives, roles, links, and what a page says of their proofs."""
