"""A fuzz test of every route of every program: requests that nobody would send, from a seed, so that each can be sent again."""
