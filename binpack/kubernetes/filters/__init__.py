"""The filter plug-ins of the default scheduler profile, one to a file, each for all nodes at once."""
