"""Whether what a program sends is what the schemas say: Argo CD's swagger file for its REST API, the CRDs for objects.
Unknown fields are faults too, which a real server drops in silence. Without STAGEGATE_DATA nothing is held against
anything, and that is said once.

The swagger file is wrong about 64-bit integers: it calls them strings, and the server wants numbers (and says 400 to
strings). Here they are numbers. And it shows what Go embeds as a member of its own; here that is a part of the whole."""

import functools
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "kube"))
import cluster  # noqa: E402

EMBEDDED = "syncStrategyApply"
CRDS = {"applications": "argocd/application-crd.yaml", "appprojects": "argocd/appproject-crd.yaml",
        "rollouts": "rollouts/rollout-crd.yaml", "analysisruns": "rollouts/analysis-run-crd.yaml"}


@functools.lru_cache(None)
def data():
    """The folder of the schemas, or None."""
    folder = os.environ.get("STAGEGATE_DATA", "")
    if folder and pathlib.Path(folder, "schemas").is_dir():
        return pathlib.Path(folder)
    print("schemas: skipped: no data", file=sys.stderr, flush=True)
    return None


@functools.lru_cache(None)
def definitions():
    return json.loads((data() / "schemas/argocd-swagger.json").read_text())["definitions"]


@functools.lru_cache(None)
def crd(resource):
    import yaml
    text = (data() / "crds" / CRDS[resource]).read_text()
    versions = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["spec"]["versions"]
    return versions[0]["schema"]["openAPIV3Schema"]


@functools.lru_cache(None)
def definition(name):
    return plain(definitions()[name], (name,))


def plain(schema, above):
    """A schema of the swagger file without references to others. `above`: what it is a part of."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return {} if name in (*above, "v1FieldsV1") else plain(definitions()[name], (*above, name))
    if schema.get("format") == "int64":
        return {"type": "integer"}
    found = {name: schema[name] for name in ("type", "enum") if name in schema}
    properties = {name: plain(part, above) for name, part in schema.get("properties", {}).items()}
    for part in schema.get("allOf", []):
        properties |= plain(part, above).get("properties", {})
    properties |= properties.pop(EMBEDDED, {}).get("properties", {})
    if properties:
        found["properties"] = properties
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            found[name] = plain(schema[name], above)
    if found == {"type": "object"}:
        return {}  # whatever it may be
    return found


def body_faults(name, body):
    """What the swagger file has against this body of a request or an answer."""
    if data() is None:
        return []
    return list(cluster.faults(definition(name), body, name))


def object_faults(resource, item):
    """What the CRD has against this object."""
    if resource not in CRDS or data() is None:
        return []
    known = crd(resource)["properties"]
    return [fault for name, part in item.items() if name not in ("apiVersion", "kind", "metadata")
            for fault in cluster.faults(known.get(name, {"type": "null"}), part, name)]
