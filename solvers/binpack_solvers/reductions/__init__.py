"""Equivalent smaller problems: what some best packing does anyway is done, and what none needs is left out."""
