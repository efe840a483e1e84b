"""The look of the site: writing HTML and Markdown, filling in names, setting headers."""
