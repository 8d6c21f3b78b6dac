"""The widget "Messages": the newest of what services have written."""
