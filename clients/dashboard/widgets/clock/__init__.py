"""World Clock: the time in the cities that a person works with."""
