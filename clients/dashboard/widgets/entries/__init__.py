"""What people put into widgets themselves: short lists of their own, of cities, links and searches."""
