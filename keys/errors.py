"""What can go wrong with a key, a token or a seal. None of the messages contains any of them."""


class BadToken(Exception):  # noqa: N818 - a verdict on what somebody sent, not a fault of ours
    """The token wasn't signed by this ring for this purpose."""


class BadSealError(Exception):
    """The text wasn't sealed with a key that is here, for this purpose, or it was changed."""


class NoKeyError(Exception):
    """The ring has no key that signs with this algorithm now."""
