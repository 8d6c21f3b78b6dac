"""The widget "My services": the way to every service that the person can use."""
