"""One module a grant; what all of them share is in `base`."""
