"""Widgets: what one is (`contract`), which there are, and the built-in ones, a folder each."""
