"""``binpack check``: the independent checker alone, on what ``binpack solve --format json --solution`` printed."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from binpack.cli import common

if TYPE_CHECKING:
    from binpack_solvers.column_generation.certificate import Certificate
    from binpack_solvers.column_generation.tree import Tree
    from binpack_solvers.instances.instance import Instance

    from binpack.cli.solution_lines import Line
    from binpack.cli.tree_lines import LoggedTree

CHECK_SCHEMA = "binpack.check/1"


def add_parser(subparsers: argparse._SubParsersAction, summary: str) -> None:
    """Registers the command."""
    parser = subparsers.add_parser(
        "check",
        help=summary,
        description="Checks the lines of `binpack solve --format json --solution` against their instances.",
        epilog="exit status: 0 everything holds, 1 a rule is broken or, with --certificate or --tree, a bound is not "
        "proved again (one line each), 2 bad input",
    )
    parser.add_argument("instance", metavar="INSTANCE", help="the instance file, a built-in data set, or -")
    parser.add_argument("solution", metavar="SOLUTION", help="the lines that solve printed, or -")
    parser.add_argument(
        "--certificate", action="store_true", help="prove each bound again, from its certificate where it has one"
    )
    parser.add_argument(
        "--tree", metavar="LOG", help="replay the trees that solve --tree logged: prove their bounds again"
    )
    common.add_output_options(parser, ("table", "json"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Checks every line of the solution; 0 if all hold."""
    from binpack_solvers.instances.jsonl import Skipped
    from binpack_solvers.instances.reading import read_all

    from binpack.builtin import resolve
    from binpack.cli.solution_lines import read_lines
    from binpack.cli.tree_lines import read_trees
    from binpack.errors import input_error

    if [args.instance, args.solution, args.tree].count("-") > 1:
        raise input_error("standard input", "more than one of instance, solution and log", "all but one in files")
    trees = None if args.tree is None else read_trees(args.tree)
    lines: dict[str, list[Line]] = {}
    for line in read_lines(args.solution):
        lines.setdefault(line.instance, []).append(line)
    results = []
    for path in resolve(args.instance):
        for instance in read_all(path):
            if not lines:
                break
            if not isinstance(instance, Skipped):
                results += [_result(instance, line, args.certificate, trees) for line in lines.pop(instance.name, [])]
    for name in lines:
        results.append(_object(name, [f"no such instance in {args.instance}"], Proof("not compared")))
    with common.output(args) as stream:
        _print(results, stream, args)
    unproved = (args.certificate or args.tree) and any(result["bound"] != "proved" for result in results)
    return common.NO if unproved or not all(result["valid"] for result in results) else common.YES


class Proof(NamedTuple):
    """What became of a claimed bound, of its certificate and tree (None: not looked at, or there is none), and why in
    words."""

    bound: str
    certificate: str | None = None
    reason: str = ""
    tree: str | None = None


def _result(instance: Instance, line: Line, certificate: bool, trees: dict[str, LoggedTree] | None) -> dict[str, Any]:
    """The verdict on one line."""
    from binpack_solvers.instances.published import contradictions

    found = _violations(instance, line)
    found += contradictions(instance, line.bins, line.lower_bound, line.status == "infeasible")
    return _object(instance.name, found, _bound(instance, line, certificate, trees))


def _object(name: str, violations: list[str], proof: Proof) -> dict[str, Any]:
    return {
        "schema": CHECK_SCHEMA,
        "instance": name,
        "valid": not violations,
        "violations": violations,
        "bound": proof.bound,
        "certificate": proof.certificate,
        "tree": proof.tree,
        "reason": proof.reason,
    }


def _violations(instance: Instance, line: Line) -> list[str]:
    from binpack_solvers.check import check
    from binpack_solvers.errors import CheckError, SolutionError
    from binpack_solvers.objective import evaluate
    from binpack_solvers.solution import Solution

    packed = line.status in ("optimal", "feasible")
    if line.patterns is None:
        return [f"status {line.status} without patterns; print them with solve --solution"] if packed else []
    if not packed:
        return [f"status {line.status}, but there are patterns"]
    try:
        packing = instance.packing(line.patterns)
        value = evaluate(instance.problem, packing)
        found = [
            f"{name} is {claimed}, but the patterns add up to {true}"
            for name, claimed, true in (("bins", line.bins, value.bins), ("cost", line.cost, value.cost))
            if claimed != true
        ]
        solution = Solution(
            line.status,
            packing,
            value.bins,
            value.cost,
            line.lower_bound,
            line.cost_lower_bound,
        )
        check(instance.problem, solution)
    except SolutionError as error:
        return [str(error)]
    except CheckError as error:
        return found + error.violations
    return found + instance.position_violations(line.patterns)


def _bound(instance: Instance, line: Line, certificate: bool, trees: dict[str, LoggedTree] | None) -> Proof:
    """Whether the claimed bound is proved again by the elementary bounds or, if asked for, by its certificate or tree."""
    from binpack_solvers.bounds.lower_bounds import bins_of, lower_bounds

    again = lower_bounds(instance.problem)
    logged = None if trees is None else trees.get(instance.name)
    tree = None if logged is None else logged.tree(instance)
    replayed, told = (None, "") if trees is None else _replayed(instance, line, tree)
    if line.status == "infeasible":
        shown = replayed == "proved" or (again.infeasible and replayed is None)
        if shown:
            return Proof("proved", None, "", replayed)
        return Proof("not proved again", None, told or "no elementary bound shows it", replayed)
    bins, cost, found = again.bins, again.cost, None
    reason = "no elementary bound gives it, and it has no certificate"
    if certificate and line.certificate is not None:
        found, reason = _proved_again(instance, line, line.certificate)
    shows = {"tree": line.cost_lower_bound} if replayed == "proved" else {}
    if line.certificate is not None and found == "proved":
        shows["certificate"] = line.certificate.bound
    for what, least in shows.items():
        bins, cost = max(bins, bins_of(instance.problem, least)), max(cost, least)
        reason = f"the {what} shows a cost of {least}, the rest was proved by another search"
    if trees is not None and replayed in (None, "proved") and bins < line.lower_bound and cost >= line.cost_lower_bound:
        replayed, told = _fewest_bins(instance, line, tree, replayed)
        bins = bins if told else line.lower_bound
    if bins >= line.lower_bound and cost >= line.cost_lower_bound and {found, replayed} <= {None, "proved"}:
        return Proof("proved", found, "", replayed)
    return Proof("not proved again", found, reason if found not in (None, "proved") else told or reason, replayed)


def _replayed(instance: Instance, line: Line, tree: Tree | None) -> tuple[str | None, str]:
    """The verdict on a tree, None if there is nothing to replay, and why."""
    from binpack_solvers.checking.tree import replay_tree

    if tree is None:
        return None, "the log has no tree of it"
    if tree.reason:
        return None, f"nothing to replay: {tree.reason}"
    bound = None if line.status == "infeasible" else line.cost_lower_bound
    verdict = replay_tree(instance.problem, tree, bound)
    return verdict.result, f"tree {verdict.result}: {verdict.reason}" if verdict.reason else ""


def _fewest_bins(instance: Instance, line: Line, found: Tree | None, before: str | None) -> tuple[str | None, str]:
    """The same for the search for the fewest bins at the least cost, after what became of the other tree."""
    from binpack_solvers.checking.tree import replay_fewest_bins

    tree = None if found is None else found.fewest_bins
    if tree is None or line.cost != line.cost_lower_bound:
        return before, "the log has no tree of the fewest bins"
    if tree.reason:
        return before, f"nothing to replay for bins: {tree.reason}"
    verdict = replay_fewest_bins(instance.problem, tree, line.cost_lower_bound, line.lower_bound)
    return verdict.result, f"tree of the fewest bins {verdict.result}: {verdict.reason}" if verdict.reason else ""


def _proved_again(instance: Instance, line: Line, certificate: Certificate) -> tuple[str, str]:
    """The verdict on a certificate, and why."""
    from binpack_solvers.checking.certificate import check_certificate
    from binpack_solvers.errors import SolutionError

    try:
        duals = instance.by_item_type(certificate.duals)
    except SolutionError as error:
        raise SolutionError(f"{line.instance}: certificate, duals: {error}") from error
    verdict = check_certificate(instance.problem, replace(certificate, duals=tuple(duals)))
    return verdict.result, f"certificate {verdict.result}: {verdict.reason}"


def _print(results: list[dict[str, Any]], stream: TextIO, args: argparse.Namespace) -> None:
    if args.format == "json":
        for result in results:
            print(common.json_line(result), file=stream)
        return
    for result in results:
        for violation in result["violations"]:
            print(f"{result['instance']}: {violation}", file=stream)
        if (args.certificate or args.tree) and result["bound"] == "not proved again":
            print(f"{result['instance']}: bound not proved again: {result['reason']}", file=stream)
        if args.verbose:
            common.remark(args, f"{result['instance']}: bound {result['bound']}")
    valid = sum(result["valid"] for result in results)
    proved = sum(result["bound"] == "proved" for result in results)
    common.remark(args, f"{valid} of {len(results)} answers keep every rule; {proved} bounds proved again from scratch")
