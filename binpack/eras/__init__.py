"""The eras of computing: each compiles applications and machines to a Problem and decodes the packing to a Plan."""
