"""Notepad: a page of a person's own that saves by itself."""
