"""Machines: the built-in catalogue, a user's own, and what they cost in money, power and space."""
