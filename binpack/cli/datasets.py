"""``binpack datasets``: what is built in, one data set in full, and instances of the published classes from a seed."""

from __future__ import annotations

import argparse
import csv
from typing import TYPE_CHECKING, Any

from binpack.cli import common

if TYPE_CHECKING:
    from binpack.builtin import Dataset

DATASETS_SCHEMA = "binpack.datasets/1"
CLASSES_SCHEMA = "binpack.classes/1"
ACTIONS = ("list", "show", "generate")


def add_parser(subparsers: argparse._SubParsersAction, summary: str) -> None:
    """Registers the command."""
    parser = subparsers.add_parser(
        "datasets",
        help=summary,
        description="Lists the built-in data sets; their names work wherever a file is taken.",
        epilog="binpack datasets show NAME; binpack datasets generate CLASS --seed 1 --count 5 -o FILE\n"
        "(FILE's ending chooses the format: .jsonl, .bpp, .vbp, .mvp; without CLASS: the classes)",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("action", nargs="?", choices=ACTIONS, default="list", metavar="ACTION", help="|".join(ACTIONS))
    parser.add_argument("name", nargs="?", metavar="NAME", help="show: a data set; generate: a class")
    parser.add_argument("--seed", type=common.natural, default=0, metavar="N", help="same seed, same file (default: 0)")
    parser.add_argument("--count", type=common.positive, default=10, metavar="N", help="instances (default: 10)")
    parser.add_argument(
        "--size", type=common.positive, metavar="N", help="items in each, in place of the published numbers"
    )
    common.add_output_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Runs the action."""
    from binpack.builtin import list_datasets, load_dataset
    from binpack.errors import input_error

    if args.action == "list":
        if args.name:
            raise input_error("binpack datasets list", f"the name {args.name!r}", "none", "use datasets show NAME")
        return _list(list_datasets(), args)
    if args.action == "show":
        if not args.name:
            raise input_error("binpack datasets show", "no name", "a name that `binpack datasets` lists")
        return _show(load_dataset(args.name), args)
    return _generate(args) if args.name else _classes(args)


def _object(dataset: Dataset) -> dict[str, Any]:
    """A data set as it stands in JSON and CSV."""
    return {
        "name": dataset.name,
        "kind": dataset.kind,
        "title": dataset.title,
        "files": [str(file) for file in dataset.files],
        "source": dataset.source,
        "licence": dataset.licence,
        "units": dataset.units,
        "notes": dataset.notes,
    }


def _list(datasets: list[Dataset], args: argparse.Namespace) -> int:
    with common.output(args) as stream:
        rows = [_object(dataset) for dataset in datasets]
        if args.format == "json":
            print(common.json_line({"schema": DATASETS_SCHEMA, "datasets": rows}), file=stream)
        elif args.format == "csv":
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(_object(datasets[0]) if datasets else ["name"])
            writer.writerows([";".join(v) if isinstance(v, list) else v for v in row.values()] for row in rows)
        else:
            width = max((len(dataset.name) for dataset in datasets), default=0)
            for dataset in datasets:
                print(f"{dataset.name:<{width}}  {dataset.kind:<9}  {dataset.title}", file=stream)
            print("\nIn full: binpack datasets show NAME. Published classes: binpack datasets generate", file=stream)
    return common.YES


def _show(dataset: Dataset, args: argparse.Namespace) -> int:
    changed = dataset.changed_files()
    with common.output(args) as stream:
        row = {**_object(dataset), "sha256": dataset.sha256, "changed_files": changed}
        if args.format == "json":
            print(common.json_line({"schema": DATASETS_SCHEMA, "datasets": [row]}), file=stream)
        elif args.format == "csv":
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(("file", "bytes", "sha256"))
            writer.writerows((file, file.stat().st_size, dataset.sha256[file.name]) for file in dataset.files)
        else:
            print(f"{dataset.name}: {dataset.title}", file=stream)
            for key in ("kind", "source", "licence", "units", "notes"):
                if row[key]:
                    print(f"  {key:<8} {' '.join(row[key].split())}", file=stream)
            for file in dataset.files:
                state = "differs from the manifest" if file.name in changed else "as published"
                print(f"  file     {file} ({state})", file=stream)
    return common.NO if changed else common.YES


def _classes(args: argparse.Namespace) -> int:
    from binpack_solvers.instances.generators import class_titles

    titles = class_titles()
    with common.output(args) as stream:
        if args.format == "json":
            rows = [{"name": name, "title": title} for name, title in titles.items()]
            print(common.json_line({"schema": CLASSES_SCHEMA, "classes": rows}), file=stream)
        elif args.format == "csv":
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(("name", "title"))
            writer.writerows(titles.items())
        else:
            for name, title in titles.items():
                print(f"{name:<{max(map(len, titles))}}  {title}", file=stream)
            print("\nbinpack datasets generate CLASS --seed 1 --count 5 -o FILE.jsonl", file=stream)
    return common.YES


def _generate(args: argparse.Namespace) -> int:
    from binpack_solvers.instances.generators import generate
    from binpack_solvers.instances.reading import format_of
    from binpack_solvers.instances.writing import write_instances

    kind = format_of(args.output or "-")
    with common.output(args) as stream:
        write_instances(generate(args.name, args.seed, args.count, args.size), stream, kind)
    return common.YES
