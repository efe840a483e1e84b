"""The checks: evidence, facts, cases, shape, mutations, site."""
