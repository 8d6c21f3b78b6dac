"""Filing: a small stand-in for the service in which applications are filed. It keeps drafts, and demands strong authentication."""
