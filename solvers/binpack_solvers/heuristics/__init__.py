"""Heuristics: one algorithm per file; each returns a packing that keeps every rule, or nothing."""
