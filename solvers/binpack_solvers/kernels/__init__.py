"""numba kernels: integer arrays in, integer arrays out; no objects, no input or output."""
