"""Money: what a plan costs, and what is sought where that is the objective."""
