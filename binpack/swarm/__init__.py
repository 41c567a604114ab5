"""Docker Swarm's rules: what a task asks, which nodes its scheduler refuses and chooses, managers, updates."""
