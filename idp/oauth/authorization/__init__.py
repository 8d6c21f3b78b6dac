"""The authorization endpoint without its pages: what a request says (`request`), whether it may (`checks`, `assurance`), the answer (`response`)."""
