"""The commands that a maintainer calls: set-up, lint, mutations, benchmark, serving; see `commands`."""
