"""Reports: they read a Plan or a Comparison and nothing else."""
