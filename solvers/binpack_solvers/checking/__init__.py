"""The independent checker's rules, one idea per file; ``binpack_solvers.check`` puts them together.

Nothing here imports a solver, a bound or the objective: what they say is counted again.
"""
