"""Eras inside virtual machines: sizes of VMs, what is in them and where they stand."""
