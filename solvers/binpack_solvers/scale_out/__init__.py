"""Many problems, or one very large one, on the workers of any ``concurrent.futures.Executor``."""
