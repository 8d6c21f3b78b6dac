"""The authorization endpoint without its pages: reading a request (`checks`), answering it (`response`)."""
