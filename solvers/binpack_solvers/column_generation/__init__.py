"""The exact engine: the configuration LP by column generation, packings from it, and branch and price.

A *configuration* (pattern) is the content of one bin. The LP chooses how many bins of each configuration to open so that
every demand is covered (Gilmore & Gomory 1961); its value, rounded up, is the optimum or one less on almost every known
instance. Rules on the content of one bin live in the pricing alone; the master knows only rows.
"""
