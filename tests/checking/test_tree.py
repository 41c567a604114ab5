"""Trees of branch and price: replayed as proved where the search proved its bound, and refuted wherever they show less."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from random import Random

import naive
import pytest
import strategies
from binpack_solvers.checking.tree import replay_fewest_bins, replay_tree
from binpack_solvers.column_generation.dominance import search_what_is_left
from binpack_solvers.column_generation.tree import Decision, Tree, TreeNode
from binpack_solvers.context import Context
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from forced_branching import forced_branching, logged
from hypothesis import assume, given, settings
from hypothesis import strategies as st

OF_ONE_BIN = ("demands", "cost", "available", "compatible", "alternatives", "exclusive", "limits", "setups")
LISTED = 4000

ONE_SIZE = Problem([18, 37, 44, 57, 52, 48], 100, demands=[2, 3, 1, 3, 1, 3])
TWO_TYPES = Problem([23, 14, 28, 23, 5], [[45], [58]], demands=[3, 1, 2, 3, 1], cost=[6, 8])
CONFLICTS = Problem(
    [2, 4, 5, 4, 3, 4, 5, 4],
    10,
    demands=[1, 1, 2, 2, 2, 2, 2, 1],
    limits=[(2, 0, 0), (2, 1, 0), (3, 1, 0), (5, 0, 0), (5, 2, 0), (6, 2, 0), (7, 4, 0), (7, 5, 0), (7, 6, 0)],
)
ALTERNATIVES = Problem(
    [[26, 3], [3, 28], [11, 18], [11, 9], [25, 22], [14, 17]],
    [[55, 40], [59, 40]],
    demands=[3, 3, 1, 3, 2, 2],
    cost=[7, 7],
    alternatives=[0, 0, -1, -1, -1, -1],
)
FEW_BINS = Problem([18, 37, 44, 57, 52, 48], 100, demands=[2, 3, 1, 3, 1, 3], available=[5])


def below_the_root(tree: Tree) -> Tree:
    """The tree without what its root shows by itself, so that the leaves have to prove everything."""
    bare = tuple(replace(node, certificate=None) if node.outcome == "branched" else node for node in tree.nodes)
    return replace(tree, nodes=bare)


@cache
def searched(name: str, most_listed: int = 0) -> tuple[Context, Tree]:
    """The search of one of the problems above."""
    context, tree = logged(globals()[name], start=name != "FEW_BINS", most_listed=most_listed)
    return context, below_the_root(tree)


@pytest.mark.parametrize("most_listed", [0, LISTED])
@settings(max_examples=60)
@given(problem=strategies.problems(max_items=5, max_copies=7, rules=(*OF_ONE_BIN, "minimum_bins")), start=st.booleans())
def test_what_the_tree_proves_is_proved_again(most_listed, problem, start):
    """A search that left nothing undecided is proved, at its cost or that there is no packing; never at a higher cost."""
    context, tree = logged(problem, start, most_listed)
    assume(tree.nodes and not tree.reason and all(node.outcome != "left" for node in tree.nodes))
    cost = None if context.value is None else context.value.cost
    verdict = replay_tree(problem, below_the_root(tree), cost)
    assert (verdict.result, verdict.reason) == ("proved", "")
    expected = naive.optimum(problem)
    full = expected is not None and not any(expected.unplaced)
    assert cost == (expected.cost if full else None)
    if full:
        assert replay_tree(problem, tree, expected.cost + 1).result != "proved"
        assert replay_tree(problem, tree, None).result != "proved"


def test_marks_are_no_more_than_the_bins_asked_for():
    """A tree whose root marks bins is proved where the problem asks for so many, and refuted where it asks for fewer."""
    problem = Problem([23, 14, 28], [[45], [58]], demands=[1, 1, 1], cost=[6, 8], minimum_bins=4)
    context, tree = logged(problem, start=True)
    assert (tree.marks, context.value.cost) == (4, 24)
    assert replay_tree(problem, tree, 24).result == "proved"
    assert replay_tree(problem.replace(minimum_bins=3), tree, 24).result == "refuted"


@settings(max_examples=60)
@given(problem=strategies.problems(max_items=4, max_copies=6), data=st.data())
def test_no_log_proves_too_much(problem, data):
    """Whatever is changed in a log, under whatever rules: a cost above the least is not proved."""
    _, tree = logged(problem, start=data.draw(st.booleans()))
    expected = naive.optimum(problem)
    assume(tree.nodes and expected is not None and not any(expected.unplaced))
    changed = replace(tree, nodes=tuple(data.draw(_changes(node, expected.cost + 1)) for node in tree.nodes))
    assert replay_tree(problem, changed, expected.cost + 1).result != "proved"


@st.composite
def _changes(draw, node: TreeNode, bound: int) -> TreeNode:
    outcome = draw(st.sampled_from([node.outcome, "bound", "listed", "branched"]))
    certificate = node.certificate
    if certificate is not None:
        certificate = replace(certificate, bound=draw(st.sampled_from([certificate.bound, bound])))
        times = draw(st.sampled_from([1, 1, 2, 3]))
        certificate = replace(certificate, duals=tuple(times * dual for dual in certificate.duals))
    decision = node.decision
    if decision is not None and decision.bins is not None:
        decision = replace(decision, bins=max(0, decision.bins + draw(st.integers(-1, 1))))
    elif decision is not None:
        decision = replace(decision, parts=draw(st.sampled_from([decision.parts, decision.parts[::-1], (0, 0), (0,)])))
    return replace(node, outcome=outcome, certificate=certificate, decision=decision)


@pytest.mark.parametrize("name", ["ONE_SIZE", "TWO_TYPES", "CONFLICTS", "ALTERNATIVES"])
def test_trees_of_several_nodes(name):
    """Every kind of decision is replayed: what meets, bins of a type, copies in a place."""
    context, tree = searched(name)
    assert len(tree.nodes) >= 9
    assert replay_tree(globals()[name], tree, context.value.cost).result == "proved"
    verdict = replay_tree(globals()[name], tree, context.value.cost + 1)
    assert verdict.result == "refuted"
    assert f"and {context.value.cost + 1} is needed" in verdict.reason


def test_that_nothing_can_be_packed():
    """Without a packing the leaves cost more than all bins together."""
    context, tree = searched("FEW_BINS")
    assert context.value is None
    assert len(tree.nodes) > 1 or tree.nodes[0].outcome == "bound"
    assert replay_tree(FEW_BINS, tree, None).result == "proved"
    assert replay_tree(ONE_SIZE, searched("ONE_SIZE")[1], None).result == "refuted"


def last_leaf(tree: Tree) -> TreeNode:
    """The leaf of the highest number."""
    return [node for node in tree.nodes if node.outcome == "bound"][-1]


def put(tree: Tree, node: TreeNode) -> Tree:
    """The tree with another node in place of that of the number."""
    return replace(tree, nodes=tuple(node if old.number == node.number else old for old in tree.nodes))


def without(tree: Tree, *numbers: int) -> Tree:
    """The tree without some nodes."""
    return replace(tree, nodes=tuple(node for node in tree.nodes if node.number not in numbers))


def a_leaf_removed(tree):
    """One child is gone."""
    return without(tree, last_leaf(tree).number)


def a_bound_raised_at_a_leaf(tree):
    """A certificate claims one more."""
    leaf = last_leaf(tree)
    return put(tree, replace(leaf, certificate=replace(leaf.certificate, bound=leaf.certificate.bound + 1)))


def a_subtree_dropped(tree):
    """The first child of the root and all below it are gone."""
    dropped = {1}
    for node in tree.nodes:
        dropped |= {node.number} if node.parent in dropped else set()
    return without(tree, *dropped)


def a_decision_changed(tree):
    """A child decides on something else than its sibling."""
    leaf = last_leaf(tree)
    decision = (
        replace(leaf.decision, bins=7) if leaf.decision.bins is not None else replace(leaf.decision, parts=(0, 2))
    )
    return put(tree, replace(leaf, decision=decision))


def a_kind_changed(tree):
    """Two siblings decide alike."""
    leaf = last_leaf(tree)
    other = {"together": "apart", "apart": "together", "at_most": "at_least", "at_least": "at_most"}
    return put(tree, replace(leaf, decision=replace(leaf.decision, kind=other[leaf.decision.kind])))


def certificates_swapped(tree):
    """Of the first leaf and the last, which are of different problems."""
    first, last = next(node for node in tree.nodes if node.outcome == "bound"), last_leaf(tree)
    tree = put(tree, replace(first, certificate=last.certificate))
    return put(tree, replace(last, certificate=first.certificate))


def a_cycle(tree):
    """A leaf's parent is below the leaf."""
    leaf = last_leaf(tree)
    return put(tree, replace(tree.nodes[leaf.parent], parent=leaf.number))


def a_number_twice(tree):
    """A leaf is listed again."""
    return replace(tree, nodes=(*tree.nodes, last_leaf(tree)))


def a_leaf_left(tree):
    """A leaf was not decided."""
    return put(tree, replace(last_leaf(tree), outcome="left"))


def no_certificate(tree):
    """A leaf says nothing."""
    return put(tree, replace(last_leaf(tree), certificate=None))


def no_root(tree):
    """The first node is gone."""
    return without(tree, 0)


def a_part_that_is_not_there(tree):
    """Siblings decide on an item that nobody knows."""
    leaf = last_leaf(tree)
    sibling = next(node for node in tree.nodes if node.parent == leaf.parent and node is not leaf)
    for node in (leaf, sibling):
        tree = put(tree, replace(node, decision=Decision(node.decision.kind, (0, 99))))
    return tree


def another_dual(tree):
    """Copies are worth twice as much."""
    leaf = last_leaf(tree)
    duals = tuple(2 * dual for dual in leaf.certificate.duals)
    return put(tree, replace(leaf, certificate=replace(leaf.certificate, duals=duals)))


@pytest.mark.parametrize("name", ["ONE_SIZE", "CONFLICTS"])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (a_leaf_removed, "its children are"),
        (a_bound_raised_at_a_leaf, "node"),
        (a_subtree_dropped, "its children are"),
        (a_decision_changed, "its children decide on different meetings"),
        (a_kind_changed, "its children are"),
        (certificates_swapped, "node"),
        (a_cycle, "node"),
        (a_number_twice, "node"),
        (a_leaf_left, "it was left undecided"),
        (no_certificate, "it has no certificate"),
        (no_root, "0 roots"),
        (a_part_that_is_not_there, "no such item type"),
        (another_dual, "is worth more than"),
    ],
)
def test_a_broken_log_is_refuted(name, change, words):
    """Each break alone: refuted, with the node and what is wrong."""
    context, tree = searched(name)
    verdict = replay_tree(globals()[name], change(tree), context.value.cost)
    assert verdict.result == "refuted"
    assert words in verdict.reason


def test_numbers_of_bins_leave_none_out():
    """At most one bin and at least three of a type leave out two."""
    context, tree = searched("TWO_TYPES")
    more = next(node for node in tree.nodes if node.decision is not None and node.decision.kind == "at_least")
    broken = put(tree, replace(more, decision=replace(more.decision, bins=more.decision.bins + 1)))
    verdict = replay_tree(TWO_TYPES, broken, context.value.cost)
    assert verdict.result == "refuted"
    assert "no child has" in verdict.reason


@pytest.mark.parametrize("name", ["TWO_TYPES", "CONFLICTS", "ALTERNATIVES", "ONE_SIZE"])
def test_listed_leaves(name):
    """Configurations are listed and decided again; not for a higher cost, nor by duals that are worth too much."""
    context, tree = searched(name, LISTED)
    leaves = tuple(replace(node, outcome="listed") for node in tree.nodes if node.outcome != "branched")
    tree = put(tree, leaves[0])
    problem, cost = globals()[name], context.value.cost
    assert replay_tree(problem, tree, cost).result == "proved"
    assert replay_tree(problem, tree, cost + 1).result == "refuted"
    worth = replace(leaves[0].certificate, duals=tuple(2 * dual for dual in leaves[0].certificate.duals))
    verdict = replay_tree(problem, put(tree, replace(leaves[0], certificate=worth)), cost)
    assert verdict.result == "refuted"
    assert "is worth more than such a bin costs" in verdict.reason


def test_without_budget_the_verdict_is_open():
    """No search steps: neither proved nor refuted, be the leaf certified or listed."""
    context, tree = searched("ONE_SIZE")
    assert replay_tree(ONE_SIZE, tree, context.value.cost, budget=0).result == "not re-proved"
    listed = put(tree, replace(last_leaf(tree), outcome="listed"))
    assert "were not listed" in replay_tree(ONE_SIZE, listed, context.value.cost, budget=0).reason


def test_a_bin_type_left_out_is_worse_than_the_one_that_stands_for_it():
    """The log says which bin types were left out; one that has its use is not to be left out."""
    problem = Problem([18, 37, 44, 57, 52, 48], [[100], [90]], demands=[2, 3, 1, 3, 1, 3], cost=[2, 2])
    context, tree = logged(problem)
    assert tree.dominated == {1: 0}
    assert replay_tree(problem, tree, context.value.cost).result == "proved"
    cheaper = problem.replace(cost=[2, 1])
    assert "cannot stand for it" in replay_tree(cheaper, tree, context.value.cost).reason
    assert "left out as well" in replay_tree(problem, replace(tree, dominated={0: 1, 1: 0}), 1).reason


def test_the_fewest_bins_at_the_least_cost():
    """Their tree is proved for the bins of a best packing; never for more of them, nor without its last node."""
    random, found = Random(1), 0
    for _ in range(60):
        cost = [random.randint(1, 4) for _ in range(2)]
        problem = Problem([random.randint(2, 7) for _ in range(6)], [[random.randint(7, 14)] for _ in cost], cost=cost)
        context, tree = logged(problem)
        expected = naive.optimum(problem)
        assert (context.bounds.cost, context.bounds.bins) == (expected.cost, expected.bins)
        if tree.fewest_bins is None:
            continue
        found += 1
        shows = partial(replay_fewest_bins, problem, cost=expected.cost)
        assert shows(tree.fewest_bins, bins=expected.bins).result == "proved"
        assert shows(tree.fewest_bins, bins=expected.bins + 1).result == "refuted"
        root, *others = tree.fewest_bins.nodes  # whole bins counted by the root's certificate may be enough
        less = (replace(root, certificate=None), *others)[:-1]
        assert shows(replace(tree.fewest_bins, nodes=less), bins=expected.bins).result == "refuted"
        assert shows(replace(tree.fewest_bins, weight=0), bins=expected.bins).result == "refuted"
    assert found


def test_the_tree_is_one_of_the_whole_problem():
    """Also where dominance would leave a smaller problem to search: leaves have duals for all items."""
    pairs = ONE_SIZE.replace(sizes=[[90], [10], [44], [57], [52], [48]], demands=[9, 9, 1, 3, 1, 3])
    context, tree = logged(pairs)
    assert all(len(node.certificate.duals) >= 6 for node in tree.nodes if node.certificate is not None)
    assert replay_tree(pairs, below_the_root(tree), context.value.cost).result == "proved"
    assert search_what_is_left(Context(pairs, context.deadline)) is not None


def test_solve_hands_it_over():
    """``solve`` logs the tree where it is asked to, and says so where something else proved the bound."""
    with forced_branching():
        assert solve(TWO_TYPES, method="exact").tree is None
        solution = solve(TWO_TYPES, method="exact", time_limit=100, tree=True)
    assert solution.statistics.cost_bound_by == "branch and price"
    assert replay_tree(TWO_TYPES, solution.tree, solution.cost_lower_bound).result == "proved"
    easy = solve(Problem([6, 4, 5, 5], 10), tree=True)
    assert easy.tree.nodes == ()
    assert easy.tree.reason.startswith("not the tree but this proved it: ")
    verdict = replay_tree(Problem([6, 4, 5, 5], 10), easy.tree, 2)
    assert verdict.result == "not re-proved"
    assert verdict.reason.startswith("nothing to replay")
