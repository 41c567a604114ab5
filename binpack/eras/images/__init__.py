"""Layers of images: stored once, fetched once, and placed for it."""
