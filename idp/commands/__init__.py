"""The command line, one module a group. Each command parses, calls one use case, prints: text for people, JSON with `--json`."""
