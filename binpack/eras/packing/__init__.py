"""What every era compiles to, how it is solved, and what the answer is in machines."""
