"""Widgets of other services, which they register by the API. They are offered to everybody, under the service's name."""
