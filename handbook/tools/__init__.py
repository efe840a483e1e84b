"""What a maintainer calls: set-up, lint, mutations, benchmark, serving. `commands` lists them."""
