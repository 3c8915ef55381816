"""The Kubernetes API as argocd-sync meets it in core mode: the stand-in cluster of tests/contract/kube, with the kinds
of Argo CD and Argo Rollouts.

What comes on top: what is stored is held against the CRDs, and what they have against it is a fault of whoever sent it
(422, and kept in `violations`); who asks for PartialObjectMetadata gets no more than that, in lists and watches too; the
log of a pod; and the world is told of each change, and of each Application that somebody was shown.

What it is not: see cluster.py. A log is of one container, whatever is asked for, and is not followed."""

import pathlib
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "kube"))
import cluster  # noqa: E402

import schema  # noqa: E402

METADATA_ONLY = "as=PartialObjectMetadata;g=meta.k8s.io;v=v1"


def metadata_only(item):
    meta = {"apiVersion": "meta.k8s.io/v1"}
    if "items" in item:
        return meta | {"kind": "PartialObjectMetadataList", "metadata": item["metadata"],
                       "items": [metadata_only(one) for one in item["items"]]}
    return meta | {"kind": "PartialObjectMetadata", "metadata": item["metadata"]}


class ArgoCluster(cluster.Cluster):
    """`denied` holds pairs as ("patch", "applications") or ("get", "pods/log")."""

    SCHEMAS = {}  # Kargo's are not needed

    def __init__(self, world):
        super().__init__()
        self.world = world
        self.violations = []
        self.bodies = []  # (verb, resource, name, content type, body) of what was created or patched
        self.logs = {}  # (namespace, pod): text

    @staticmethod
    def handler():
        return Handler

    def check(self, resource, item):
        wrong = schema.object_faults(resource, item)
        if wrong:
            self.violations += wrong
            raise cluster.Refused(422, "Invalid", f"{resource} is invalid: {wrong}")

    def store(self, resource, item, change):
        with self.lock:
            stored = super().store(resource, item, change)
            self.world.noticed(resource, stored, change)
            return stored


class Handler(cluster.Handler):
    def do(self, verb, match, resource, query, body):
        if match["sub"] == "log":
            self.permit(verb, match["group"], "pods/log", match["ns"])
            self.do_log(match, query)
            return
        if verb in ("create", "patch"):
            self.cluster.bodies.append((verb, resource, match["name"], self.headers["Content-Type"], body))
        super().do(verb, match, resource, query, body)

    def do_log(self, match, query):
        self.find(match, "pods")
        lines = self.cluster.logs.get((match["ns"], match["name"]), "").splitlines(keepends=True)
        data = "".join(lines[-int(query.get("tailLines", len(lines) or 1)):]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_patch(self, match, resource, query, body):
        if self.headers["Content-Type"] not in ("application/merge-patch+json", "application/json-patch+json"):
            raise cluster.Refused(415, "UnsupportedMediaType", "the body of the request was in an unknown format - "
                                  "accepted media types include: application/json-patch+json, "
                                  "application/merge-patch+json, application/apply-patch+yaml")
        super().do_patch(match, resource, query, body)

    def shown(self, item):
        """What of it is sent; the world is told of it."""
        self.cluster.world.saw(item)
        if METADATA_ONLY in urllib.parse.unquote(self.headers.get("Accept") or ""):
            return metadata_only(item)
        return item

    def answer(self, code, body, headers=()):
        super().answer(code, self.shown(body) if code == 200 else body, headers)

    def event(self, kind, item):
        super().event(kind, self.shown(item) if kind in ("ADDED", "MODIFIED", "DELETED") else item)
