"""The look of the site: how HTML and Markdown are written, names filled in, headers set."""
