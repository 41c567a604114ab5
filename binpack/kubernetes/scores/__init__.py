"""The score plug-ins of the default scheduler profile, one to a file, each for all feasible nodes at once."""
