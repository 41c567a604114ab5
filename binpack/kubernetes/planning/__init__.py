"""Planning of nodes for pods: the scheduler's rules as a Problem, and packings replayed through its filters."""
