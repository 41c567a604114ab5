"""The objects of a running cluster through the official Python client, as ``kubectl get -o json`` prints them.

Lists alone are asked for, page by page; nothing is changed, and no Secret or ConfigMap is read. The client is an optional
package (``pip install 'binpack-eras[kubeconfig]'``), imported only when a cluster is asked for.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from binpack.errors import InputError, input_error
from binpack.kubernetes.cluster_reader import VOLUME_KINDS
from binpack.kubernetes.resource_list import Warn
from binpack.workload.documents import Node, SourceText, parse_documents

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

PAGE = 500
PATIENCE_SECONDS = (10.0, 120.0)
"""To connect, and for an answer."""
UNAUTHORIZED, FORBIDDEN, NOT_FOUND, GONE = 401, 403, 404, 410
INSTALL = "pip install 'binpack-eras[kubeconfig]'"


class Listed(NamedTuple):
    """A kind, and the client's method that lists it in all namespaces. without : what follows where that is not allowed;
    empty for what no plan can do without."""

    kind: str
    version: str
    api: str
    method: str
    without: str = ""


_VOLUMES = "claims and volumes are not judged"
KINDS = (
    Listed("Pod", "v1", "CoreV1Api", "list_pod_for_all_namespaces"),
    Listed("Node", "v1", "CoreV1Api", "list_node"),
    Listed("Namespace", "v1", "CoreV1Api", "list_namespace", "selectors of namespaces select by name alone"),
    Listed("LimitRange", "v1", "CoreV1Api", "list_limit_range_for_all_namespaces", "no defaults of containers"),
    Listed("ResourceQuota", "v1", "CoreV1Api", "list_resource_quota_for_all_namespaces", "no quota is looked at"),
    Listed("PersistentVolumeClaim", "v1", "CoreV1Api", "list_persistent_volume_claim_for_all_namespaces", _VOLUMES),
    Listed("PersistentVolume", "v1", "CoreV1Api", "list_persistent_volume", _VOLUMES),
    Listed("StorageClass", "storage.k8s.io/v1", "StorageV1Api", "list_storage_class", _VOLUMES),
    Listed("CSINode", "storage.k8s.io/v1", "StorageV1Api", "list_csi_node", _VOLUMES),
    Listed(
        "PriorityClass",
        "scheduling.k8s.io/v1",
        "SchedulingV1Api",
        "list_priority_class",
        "pods to be created have the priority 0",
    ),
    Listed(
        "PodDisruptionBudget",
        "policy/v1",
        "PolicyV1Api",
        "list_pod_disruption_budget_for_all_namespaces",
        "no budget of disruptions is looked at",
    ),
    Listed(
        "HorizontalPodAutoscaler",
        "autoscaling/v2",
        "AutoscalingV2Api",
        "list_horizontal_pod_autoscaler_for_all_namespaces",
        "no autoscaler is looked at",
    ),
)
"""Pods before nodes: of a node that goes meanwhile there are pods, which are left out."""


def live_objects(kubeconfig: str | None, context: str | None, warn: Warn) -> list[Node]:
    """A List of the cluster's objects that plans look at, as a document.

    kubeconfig : the file; None: what ``KUBECONFIG`` says, or ~/.kube/config. context : None: the current one.
    InputError, in a line, for a missing client, a kubeconfig that does not do, a server that does not answer and for
    pods or nodes that may not be listed; of other kinds that may not, ``warn`` says what follows.
    """
    place = kubeconfig or "kubeconfig"
    with _silence() as said, _client(place, kubeconfig, context, said) as client:
        found, refused = _all_lists(client, place)
    for words in dict.fromkeys(each.without for each in refused):
        kinds = ", ".join(each.kind for each in refused if each.without == words)
        warn(f"{place} may not list {kinds}: {words}")
    if any(each.kind in VOLUME_KINDS for each in refused):
        # some kinds without the others would refuse pods whose volumes are there
        found = {kind: items for kind, items in found.items() if kind not in VOLUME_KINDS}
    found["Pod"] = _with_nodes(found["Pod"], {node["metadata"]["name"] for node in found["Node"]}, warn)
    items = [item for kind in found for item in found[kind]]
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": items}, ensure_ascii=False)
    return parse_documents(SourceText(place, text))


def _all_lists(client: ApiClient, place: str) -> tuple[dict[str, list[dict[str, Any]]], list[Listed]]:
    """The objects of each kind, and the kinds that may not be listed, or that the server does not know."""
    from kubernetes import client as apis
    from kubernetes.client.exceptions import ApiException
    from urllib3.exceptions import HTTPError

    found: dict[str, list[dict[str, Any]]] = {}
    refused = []
    for listed in KINDS:
        try:
            found[listed.kind] = _objects(listed, getattr(getattr(apis, listed.api)(client), listed.method))
        except ApiException as error:
            if not (listed.without and error.status in (FORBIDDEN, NOT_FOUND)):
                raise _refused(place, listed, error) from None
            refused.append(listed)
        except HTTPError as error:
            server = client.configuration.host
            raise input_error(place, f"no answer of {server} ({_last(error)})", "a server that answers") from None
        except (ValueError, LookupError, TypeError, AttributeError):
            found_text = f"an answer of {client.configuration.host} that is no list of {listed.kind} objects"
            raise input_error(place, found_text, "the API of a cluster") from None
    return found, refused


def _objects(listed: Listed, method: Callable[..., Any]) -> list[dict[str, Any]]:
    """All objects of a kind, each with its kind, which lists of one kind leave out, and without the managed fields, which
    kubectl leaves out as well."""
    found = [{"apiVersion": listed.version, "kind": listed.kind, **item} for item in _items(method)]
    for item in found:
        item["metadata"].pop("managedFields", None)
    return found


def _items(method: Callable[..., Any]) -> list[dict[str, Any]]:
    """The items of all pages. A list that has become too old to go on with is asked for again in one piece."""
    from kubernetes.client.exceptions import ApiException

    items: list[dict[str, Any]] = []
    options: dict[str, Any] = {"limit": PAGE}
    while True:
        try:
            page = _page(method, options)
        except ApiException as error:
            if error.status != GONE or "_continue" not in options:
                raise
            items, options = [], {}
            continue
        items += page["items"] or ()
        if not page["metadata"].get("continue"):
            return items
        options["_continue"] = page["metadata"]["continue"]


def _page(method: Callable[..., Any], options: dict[str, Any]) -> dict[str, Any]:
    """The answer as the server has written it: models of the client would leave out what they do not know."""
    answer = method(**options, _preload_content=False, _request_timeout=PATIENCE_SECONDS)
    page: dict[str, Any] = json.loads(answer.data)
    return page


def _with_nodes(pods: list[dict[str, Any]], nodes: set[str], warn: Warn) -> list[dict[str, Any]]:
    """The pods whose node is there, or that have none yet."""
    kept = [pod for pod in pods if pod["spec"].get("nodeName", "") in nodes | {""}]
    if len(kept) < len(pods):
        warn(f"pods left out as their node is gone: {len(pods) - len(kept)}")
    return kept


def _refused(place: str, listed: Listed, error: Any) -> InputError:
    """What the server said, as one line."""
    try:
        said = str(json.loads(error.body)["message"])
    except (ValueError, LookupError, TypeError):
        said = _last(error.reason or error)
    if error.status == UNAUTHORIZED:
        return input_error(place, f"credentials that the server refuses ({said})", "valid ones", "log in again")
    return input_error(place, f"{said} ({error.status})", f"a user who may list objects of the kind {listed.kind}")


@contextmanager
def _client(place: str, kubeconfig: str | None, context: str | None, said: list[str]) -> Iterator[ApiClient]:
    """The client that the kubeconfig describes, whose file is left as it is. said : what the package reports by the way."""
    try:
        from kubernetes import client as apis
        from kubernetes import config
        from yaml import YAMLError
    except ImportError as error:
        raise input_error("--nodes kubeconfig", f"no package {error.name}", "the official client", INSTALL) from None
    settings = apis.Configuration()
    settings.retries = False
    try:
        config.load_kube_config(kubeconfig, context, settings, persist_config=False)
    except (config.ConfigException, YAMLError, ValueError, TypeError, AttributeError) as error:
        fix = "name the file: --nodes kubeconfig:FILE, and its context: --context NAME"
        raise input_error(place, f"no use in it ({_last(error)})", "a kubeconfig with that context", fix) from None
    if said:  # credentials of a plug-in, without which the client would go on
        raise input_error(place, f"no credentials ({said[0]})", "a plug-in that gives some", "log in again")
    with apis.ApiClient(settings) as client:
        yield client


@contextmanager
def _silence() -> Iterator[list[str]]:
    """Errors that the client's packages log are collected, in place of being printed."""
    said: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield said
    finally:
        root.removeHandler(handler)


def _last(error: object) -> str:
    """An error's own words; urllib3 puts the object that it happened to before them."""
    return str(error).strip().rpartition("): ")[2] or type(error).__name__
