"""The Customer CA: people ask for a certificate, an officer approves it, and their browser makes the key and keeps it."""
