"""Instances: readers and writers of the standard formats, generators of the published classes."""
