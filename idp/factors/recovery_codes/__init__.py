"""Recovery codes: printed, kept in a drawer, each good for once (look-up secrets, NIST SP 800-63B-4 section 3.1.2)."""
