"""The three searches: a box that opens a public database, and the searches that a person has saved."""
