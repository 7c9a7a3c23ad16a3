"""The report of a launch: a page, Markdown, pictures, and JSON for programs."""
