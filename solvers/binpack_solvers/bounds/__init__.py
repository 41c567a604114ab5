"""Lower bounds: each says in exact integers that no packing uses fewer bins, or costs less."""
