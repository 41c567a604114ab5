"""A small API server on this machine: lists of stored objects in pages, refusals, and a kubeconfig that names it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

Object = Mapping[str, Any]
TOKEN = "sesame"
PATHS = {
    "Pod": "/api/v1/pods",
    "Node": "/api/v1/nodes",
    "Namespace": "/api/v1/namespaces",
    "LimitRange": "/api/v1/limitranges",
    "ResourceQuota": "/api/v1/resourcequotas",
    "PersistentVolumeClaim": "/api/v1/persistentvolumeclaims",
    "PersistentVolume": "/api/v1/persistentvolumes",
    "StorageClass": "/apis/storage.k8s.io/v1/storageclasses",
    "CSINode": "/apis/storage.k8s.io/v1/csinodes",
    "PriorityClass": "/apis/scheduling.k8s.io/v1/priorityclasses",
    "PodDisruptionBudget": "/apis/policy/v1/poddisruptionbudgets",
    "HorizontalPodAutoscaler": "/apis/autoscaling/v2/horizontalpodautoscalers",
}


@dataclass
class ApiServer:
    """objects : by kind. forbidden : kinds that answer 403. page : the most objects of an answer. expired : whether what
    follows a first page is refused once with 410. asked : method, path and query of every request."""

    objects: Mapping[str, Sequence[Object]]
    forbidden: frozenset[str] = frozenset()
    page: int = 2
    expired: bool = False
    port: int = 0
    asked: list[tuple[str, str, dict[str, list[str]]]] = field(default_factory=list)

    def answer(self, path: str, query: dict[str, list[str]], token: str) -> tuple[int, Object]:
        """Status and body of a GET."""
        kind = next((kind for kind, known in PATHS.items() if known == path), "")
        if token != f"Bearer {TOKEN}":
            return 401, {"kind": "Status", "message": "Unauthorized"}
        if kind in self.forbidden:
            return 403, {"kind": "Status", "message": f"{kind} is forbidden: User cannot list it"}
        if not kind:
            return 404, {"kind": "Status", "message": "not found"}
        begin = int(query.get("continue", ["0"])[0])
        if begin and self.expired:
            self.expired = False
            return 410, {"kind": "Status", "message": "the continue parameter is too old"}
        end = begin + self.page if "limit" in query else len(self.objects.get(kind, ()))
        items = [
            {key: value for key, value in each.items() if key not in ("kind", "apiVersion")}
            for each in self.objects.get(kind, ())
        ]
        metadata = {"continue": str(end)} if end < len(items) else {}
        return 200, {"kind": f"{kind}List", "apiVersion": "v1", "metadata": metadata, "items": items[begin:end]}


@contextmanager
def served(server: ApiServer) -> Iterator[ApiServer]:
    """The server at a free port while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            query = parse_qs(url.query)
            server.asked.append((self.command, url.path, query))
            status, body = server.answer(url.path, query, self.headers.get("Authorization", ""))
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server.port = http.server_address[1]
        thread = Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


def kubeconfig(path: Path, port: int, user: Object | None = None) -> str:
    """A kubeconfig whose context ``here`` is the server, as its current one ``nowhere`` is not."""
    clusters = [
        {"name": "here", "cluster": {"server": f"http://127.0.0.1:{port}"}},
        {"name": "nowhere", "cluster": {"server": "http://127.0.0.1:1"}},
    ]
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": clusters,
        "users": [{"name": "me", "user": user or {"token": TOKEN}}],
        "contexts": [{"name": each["name"], "context": {"cluster": each["name"], "user": "me"}} for each in clusters],
        "current-context": "nowhere",
    }
    path.write_text(json.dumps(config))
    return str(path)
