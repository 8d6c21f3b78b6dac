"""The widgets of payments: Pay Summary and Current Account."""
