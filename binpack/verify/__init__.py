"""Adds plans up again from their JSON and the overhead data. Knows no era's code, no report, no solver."""

from binpack.verify.plans import verify_comparison, verify_plan, verify_row

__all__ = ["verify_comparison", "verify_plan", "verify_row"]
