"""Running it: times, updates without downtime, spares, load balancers."""
