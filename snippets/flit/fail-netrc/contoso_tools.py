"""Tools of all teams."""
