"""The one error of configuration."""


class ConfigError(Exception):
    """A program can't start with these settings. The message is for the operator: it says what to do."""
