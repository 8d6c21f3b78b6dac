"""How a conversation with the provider can fail: the two cases that a caller has to tell apart."""


class ProviderUnavailableError(Exception):
    """The provider can't be reached, or answers with something that isn't an answer. Trying again may help."""


class RefusedError(Exception):
    """The provider, or a check of what it sent, says no. The message is for the log."""
