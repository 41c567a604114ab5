"""read(): files, directories, standard input or built-in data sets; each format found out by its content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from binpack.builtin import STANDARD_INPUT, dataset_names, load_dataset, resolve
from binpack.errors import InputError, InputProblem, input_error
from binpack.listing import listed
from binpack.workload.application import Application, Resources
from binpack.workload.calls import at_load
from binpack.workload.compose import is_compose
from binpack.workload.compose_files import ComposeFile, read_compose_files
from binpack.workload.curve_tables import is_companion, is_curve_table, read_curves
from binpack.workload.documents import parse_documents
from binpack.workload.image import merged as merged_images
from binpack.workload.interpolation import environment_of
from binpack.workload.kubernetes import is_kubernetes, read_kubernetes
from binpack.workload.native import is_native, looks_native, read_native
from binpack.workload.node import Node
from binpack.workload.percent_series import is_percent_series, read_percent_series
from binpack.workload.source_text import SourceText, read_text
from binpack.workload.tables import is_table, read_table
from binpack.workload.vm_parquet import is_parquet, read_vm_parquet
from binpack.workload.workload import Workload

TABLES = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
TEXTS = (".yaml", ".yml", ".json", ".yaml.gz", ".yml.gz", ".json.gz", *TABLES)
VARIABLES = ".env"
FORMATS = "Kubernetes manifests, Compose files, CSV, traces, or YAML with a list of 'applications'"
_SHOWN = 3  # files, or names, that a note lists


class ForeignFileError(InputError):
    """A file that is whole, but of no format that is read here."""


@dataclass
class _Contents:
    """What files hold: Kubernetes objects and Compose files wait until all are there, as they belong together."""

    kubernetes: list[Node] = field(default_factory=list)
    parts: list[Workload | ComposeFile] = field(default_factory=list)
    parquet: list[Path] = field(default_factory=list)
    curves: list[SourceText] = field(default_factory=list)
    companions: list[SourceText] = field(default_factory=list)  # tables that belong to curves
    variables: Mapping[str, str] | None = None  # of .env files that are named; None: of those beside each Compose file
    columns: Mapping[str, tuple[str, str]] | None = None
    foreign: int = 0
    broken: list[InputProblem] = field(default_factory=list)
    faulty: list[InputProblem] = field(default_factory=list)  # of a directory's files in our own format

    def take(self, other: _Contents) -> None:
        self.kubernetes += other.kubernetes
        self.parts += other.parts
        self.curves += other.curves
        self.companions += other.companions

    def workloads(self, name: str) -> list[Workload]:
        """In the order of the files, Kubernetes last."""
        stacks = read_compose_files(
            [part for part in self.parts if isinstance(part, ComposeFile)], self.broken, self.variables
        )
        read_already = (stacks.get(id(part)) if isinstance(part, ComposeFile) else part for part in self.parts)
        found = [workload for workload in read_already if workload is not None]
        found += self._of_curves()
        found += [read_vm_parquet(self.parquet, self.columns, _stem(self.parquet[0]))] if self.parquet else []
        return [*found, read_kubernetes(self.kubernetes, name)] if self.kubernetes else found

    def _of_curves(self) -> list[Workload]:
        """The trace that a table of curves and its companions are; companions alone are tables without a header."""
        if len(self.curves) > 1:
            raise input_error(self.curves[1].name, "a second table of curves", "one trace at a time")
        if self.curves:
            return [read_curves(self.curves[0], self.companions, _stem(self.curves[0].name))]
        return [read_table(source, _stem(source.name)) for source in self.companions]

    def notes(self) -> list[str]:
        notes = [f"{self.foreign} files of the directory are of no known format"] if self.foreign else []
        if self.broken:
            shown = "; ".join(map(str, self.broken[:_SHOWN])) + ("; ..." if len(self.broken) > _SHOWN else "")
            notes.append(f"{len(self.broken)} files of the directory do not read and are left out: {shown}")
        return notes


def read(
    *paths: str | Path,
    columns: Mapping[str, tuple[str, str]] | None = None,
    percent_of: Resources | None = None,
) -> Workload:
    """One workload from all of ``paths``; Kubernetes objects of all files are read together.

    columns : of tables, what columns mean whose headers do not say it (``table_columns.named_columns``). percent_of : of a
    trace of percentages, the size of a VM.

    InputError if there is nothing to place, or if a file named is of no known format. Of a directory all files are read,
    those in its folders too; what is of no known format there, or broken, is left out, counted and named in a note; but a
    broken file of our own format is an error there too, as it can only be meant to be counted. Files that end in ``.env``
    hold variables of the Compose files, in place of those beside them (``--env-file``).
    """
    if not paths:
        raise input_error("read()", "no file", FORMATS)
    contents = _Contents(columns=columns)
    named = [path for path in paths if str(path).endswith(VARIABLES)]
    if 0 < len(named) < len(paths):
        contents.variables = environment_of(named)
        paths = tuple(path for path in paths if path not in named)
    for path in paths:
        if str(path) != STANDARD_INPUT and is_percent_series(Path(path)):
            contents.parts.append(read_percent_series(Path(path), percent_of, _stem(path)))
        elif str(path) != STANDARD_INPUT and is_parquet(Path(path)):
            contents.parquet.append(Path(path))
        elif str(path) != STANDARD_INPUT and Path(path).is_dir():
            for file in files_in(Path(path)):
                try:
                    contents.take(_read_file(file, in_directory=True, columns=columns))
                except ForeignFileError:
                    contents.foreign += 1
                except InputError as error:
                    if _is_ours(file):
                        contents.faulty += error.problems
                    else:
                        contents.broken.append(error.problems[0])
        else:
            _refuse_other_data(path)
            for file in resolve(path):
                contents.take(_read_file(file, columns=columns))
    if contents.faulty:
        raise InputError(contents.faulty)
    name = title(paths)
    workload = _merged(contents.workloads(name), name, tuple(map(str, paths)))
    workload = replace(workload, notes=(*workload.notes, *contents.notes()))
    if not workload.placed:
        found = f"nothing to place ({len(workload.agents)} agents, {len(workload.applications)} applications)"
        where, said = ", ".join(map(str, paths)), "; ".join(workload.notes)
        raise input_error(where, found, "at least one application with a copy", said)
    return workload


def _refuse_other_data(path: str | Path) -> None:
    """A built-in data set that holds no applications is named by what it holds."""
    if (
        str(path) in dataset_names()
        and not Path(path).exists()
        and (kind := load_dataset(str(path)).kind) != "workload"
    ):
        raise input_error(str(path), f"a data set of {kind}", "one of applications", "binpack datasets lists them")


def title(paths: Sequence[str | Path]) -> str:
    """What a report calls the workload: the data set's title, or the files' names."""
    names = dataset_names()
    shown = [load_dataset(str(p)).title if str(p) in names and not Path(p).exists() else _stem(p) for p in paths]
    return listed(shown, _SHOWN)


def _stem(path: str | Path) -> str:
    """A file's or folder's name without its endings; that of standard input is ``-``."""
    name = Path(path).name or Path(path).resolve().name  # "." and ".." have no name of their own
    return (name if name != ".." else Path(path).resolve().name).split(".")[0] or name


def scaled(workload: Workload, copies: int) -> Workload:
    """Every application, and every component with copies of its own, with so many times its copies, and so many times the
    calls; agents and jobs stay."""

    def times(application: Application) -> Application:
        if application.agent or application.job:
            return application
        parts = tuple(
            at_load(c if c.replicas is None else replace(c, replicas=c.replicas * copies), copies)
            for c in application.components
        )
        lives = tuple(life._replace(copies=life.copies * copies) for life in application.lives)
        return replace(application, replicas=application.replicas * copies, components=parts, lives=lives)

    return replace(workload, applications=tuple(map(times, workload.applications)))


def files_in(folder: Path) -> list[Path]:
    """The files with a suffix of ours, hidden folders left out."""
    files = [
        file
        for file in sorted(folder.rglob("*"))
        if file.name.lower().endswith(TEXTS)
        and file.is_file()
        and not any(part.startswith(".") for part in file.relative_to(folder).parts[:-1])
    ]
    if not files:
        raise input_error(str(folder), "no YAML, JSON or CSV file", "a directory with manifests in it")
    return files


def _read_file(
    path: Path, in_directory: bool = False, columns: Mapping[str, tuple[str, str]] | None = None
) -> _Contents:
    """All that one file holds. ForeignFileError where its format is none of ours."""
    source = read_text(path)
    stem = Path(source.name).name.split(".")[0].strip("<>")
    if is_curve_table(source):
        return _Contents(curves=[source])
    if source.name.lower().endswith(TABLES) and not in_directory and is_companion(source):
        return _Contents(companions=[source])
    if is_table(source, columns) or (source.name.lower().endswith(TABLES) and not in_directory):
        return _Contents(parts=[read_table(source, stem, columns)])
    if source.name.lower().endswith(TABLES):
        raise ForeignFileError(InputProblem(source.place_of(0), "a table of something else", FORMATS))
    contents = _Contents()
    for document in _documents(source):
        if is_kubernetes(document):
            contents.kubernetes.append(document)
        elif is_native(document):
            contents.parts.append(read_native(document, stem))
        elif is_compose(document):
            contents.parts.append(ComposeFile(stem, document, in_directory))
        else:
            shown = ", ".join([key for key, _ in document.items()][:5]) if document.is_mapping else document.describe()
            raise ForeignFileError(InputProblem(document.place, f"a document with {shown}", FORMATS))
    return contents


def _is_ours(file: Path) -> bool:
    """Whether a file that does not read is of our own format, as far as its text tells."""
    try:
        return looks_native(read_text(file).text)
    except InputError:
        return False


def _documents(source: SourceText) -> list[Node]:
    """The documents of a text that is no table."""
    if source.name.endswith(VARIABLES):
        fix = "name it together with the Compose file that takes its variables from it"
        raise input_error(source.place_of(0), "a file of variables (.env)", FORMATS, fix)
    documents = parse_documents(source)
    if not documents:
        raise ForeignFileError(InputProblem(source.place_of(0), "nothing but comments", FORMATS))
    return documents


def _merged(workloads: Sequence[Workload], name: str, sources: tuple[str, ...]) -> Workload:
    """All workloads as one. Names that stand in several files are different applications, told apart by a number."""
    own = workloads[0].name if len(workloads) == 1 else name
    taken: set[str] = set()
    again: list[str] = []
    applications: list[Application] = []
    for workload in workloads:
        renamed: dict[str, str] = {}
        for a in workload.applications:
            key, number = a.key, 1
            while key in taken:
                number += 1
                key = f"{a.key}-{number}"
            taken.add(key)
            if key != a.key:
                renamed[a.key] = key
        again += renamed
        applications += [_renamed(a, renamed) for a in workload.applications]
    notes = [note for w in workloads for note in w.notes]
    if again:
        notes.append(f"names that stand in several files are counted for each of them: {listed(again, _SHOWN)}")
    return Workload(
        own,
        tuple(applications),
        tuple(dict.fromkeys(notes)),
        tuple(assumption for w in workloads for assumption in w.assumptions),
        {key: amount for w in workloads for key, amount in w.overheads.items()},
        sources,
        merged_images(w.images for w in workloads),
    )


def _renamed(application: Application, renamed: Mapping[str, str]) -> Application:
    """The application, and those that its rules name, by their new names."""
    if not renamed:
        return application
    rules = application.placement
    placement = replace(
        rules,
        apart_from=tuple(renamed.get(key, key) for key in rules.apart_from),
        most_beside={renamed.get(key, key): most for key, most in rules.most_beside.items()},
        together_with=tuple(renamed.get(key, key) for key in rules.together_with),
    )
    key = renamed.get(application.key, application.key)
    return replace(application, name=key.removeprefix(f"{application.group}/"), placement=placement)
