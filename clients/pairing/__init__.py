"""Pairing: joins a person's account to the office they work for."""
