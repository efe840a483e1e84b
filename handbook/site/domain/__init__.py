"""Cases and entries on pages: directives, roles, links, and the statements about their proofs."""
