"""Names of images as registries know them, so that ``nginx`` and ``docker.io/library/nginx:latest`` are one.

Source: the grammar of the distribution project's ``reference`` package (``ParseNormalizedNamed``, ``TagNameOnly``).
"""

from __future__ import annotations

HUB, OFFICIAL, TAG = "docker.io", "library", "latest"
OLD_HUB = "index.docker.io"


def names_of(reference: str) -> tuple[str, ...]:
    """The full names that a reference stands for, the surest first: by digest where it has one, and by tag.

    Without either the tag is ``latest``. An empty reference has no name.
    """
    name, _, digest = reference.strip().partition("@")
    if not name:
        return ()
    repository, tag = _tagged(name)
    full = _full(repository)
    by_digest = (f"{full}@{digest}",) if digest else ()
    by_tag = (f"{full}:{tag or TAG}",) if tag or not digest else ()
    return (*by_digest, *by_tag)


def _tagged(name: str) -> tuple[str, str]:
    """Repository and tag; a colon before the last slash belongs to a port."""
    at = name.rfind(":")
    return (name[:at], name[at + 1 :]) if at > name.rfind("/") else (name, "")


def _full(repository: str) -> str:
    """With the registry, and with ``library`` for what Docker's own registry keeps at its top."""
    host, slash, path = repository.partition("/")
    if not slash or not ("." in host or ":" in host or host == "localhost" or host != host.lower()):
        host, path = HUB, repository
    if host in (HUB, OLD_HUB):
        host, path = HUB, path if "/" in path else f"{OFFICIAL}/{path}"
    return f"{host}/{path}"
