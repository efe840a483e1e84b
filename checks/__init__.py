"""The checks of the handbook: what runs the cases, builds the site, and sets up what both need."""
