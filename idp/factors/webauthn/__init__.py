"""Passkeys and security keys (Web Authentication Level 3): a key pair that never leaves its device and works only at our address.

`crypto` verifies what a browser sends, `attestation` judges what kind of authenticator it came from, `service` and `enrolment` are
the use cases. A person without JavaScript can't use the method, so no page may depend on it.
"""
