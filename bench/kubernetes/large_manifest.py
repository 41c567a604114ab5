"""What a large manifest costs to read and to plan: python bench/kubernetes/large_manifest.py --megabytes 50 read

Deployments of twenty settings each, in 40 namespaces, are written to a temporary file, and ``binpack`` is started on it with
the words given behind (``plan --zones a,b,c``, ``eras`` ...). Printed are its exit status, seconds and peak memory.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = 20
NAMESPACES = 40


def deployment(number: int) -> str:
    """One document of about 1.6 kB."""
    name = f"app-{number}"
    settings = "".join(f"        - {{name: SETTING_{k}, value: 'value {k} of {name}'}}\n" for k in range(SETTINGS))
    requests = f"{{cpu: {50 + number % 7 * 50}m, memory: {64 + number % 5 * 64}Mi}}"
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\n  namespace: team-{number % NAMESPACES}\n"
        f"spec:\n  replicas: {1 + number % 3}\n  selector:\n    matchLabels: {{app: {name}}}\n  template:\n"
        f"    metadata:\n      labels: {{app: {name}}}\n    spec:\n      containers:\n      - name: main\n"
        f"        image: registry.example.com/{name}:1.{number % 9}\n        env:\n{settings}"
        f"        resources:\n          requests: {requests}\n          limits: {{memory: 1Gi}}\n---\n"
    )


def write_manifest(path: Path, size: int) -> int:
    """Documents up to at least so many bytes; how many there are."""
    number = written = 0
    with path.open("w", encoding="utf-8") as stream:
        while written < size:
            written += stream.write(deployment(number))
            number += 1
    return number


def main(arguments: Sequence[str] | None = None) -> int:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--megabytes", type=float, default=50.0, metavar="MB")
    made.add_argument("command", metavar="COMMAND", help="of binpack: read, eras, plan ...")
    args, options = made.parse_known_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.yaml"
        count = write_manifest(path, int(args.megabytes * 10**6))
        started = time.monotonic()
        words = [sys.executable, "-m", "binpack", args.command, str(path), *options]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "solvers")])}
        status = subprocess.run(words, env=environment, stdout=subprocess.DEVNULL, check=False).returncode
        passed, used = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = used.ru_utime + used.ru_stime
    print(f"{count} Deployments: exit {status}, {seconds:.0f} s of CPU in {passed:.0f} s, {used.ru_maxrss // 1024} MiB")
    return 0 if status in (0, 1) else 1


if __name__ == "__main__":
    sys.exit(main())
