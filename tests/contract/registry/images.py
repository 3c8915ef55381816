"""Tiny images, made and pushed through a registry's own API."""

import base64
import hashlib
import http.client
import json
import urllib.parse

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
TYPES = (OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST)
ACCEPT = ", ".join(TYPES)
REVISION = "org.opencontainers.image.revision"
PARTS = {  # manifest: (config, layer)
    OCI_MANIFEST: ("application/vnd.oci.image.config.v1+json", "application/vnd.oci.image.layer.v1.tar"),
    DOCKER_MANIFEST: ("application/vnd.docker.container.image.v1+json",
                      "application/vnd.docker.image.rootfs.diff.tar.gzip"),
}


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Document:
    """A manifest: its bytes and what they are."""

    def __init__(self, media_type, content):
        self.media_type, self.content = media_type, content
        self.body = json.dumps(content).encode()
        self.digest = digest_of(self.body)

    def descriptor(self, **more):
        return {"mediaType": self.media_type, "digest": self.digest, "size": len(self.body), **more}


class Image(Document):
    """An image of one platform, whose only layer is its seed."""

    def __init__(self, seed, labels=None, platform="linux/amd64", media_type=OCI_MANIFEST):
        system, architecture, *variant = platform.split("/")
        self.platform = {"os": system, "architecture": architecture} | ({"variant": variant[0]} if variant else {})
        layer = seed.encode()
        config = json.dumps(self.platform | {
            "config": {"Labels": labels or {}}, "rootfs": {"type": "layers", "diff_ids": [digest_of(layer)]}}).encode()
        self.blobs = [config, layer]
        config_type, layer_type = PARTS[media_type]
        super().__init__(media_type, {
            "schemaVersion": 2, "mediaType": media_type,
            "config": {"mediaType": config_type, "digest": digest_of(config), "size": len(config)},
            "layers": [{"mediaType": layer_type, "digest": digest_of(layer), "size": len(layer)}]})


class Index(Document):
    """An image for several platforms."""

    def __init__(self, images, media_type=OCI_INDEX):
        self.images = images
        super().__init__(media_type, {
            "schemaVersion": 2, "mediaType": media_type,
            "manifests": [image.descriptor(platform=image.platform) for image in images]})


class Api:
    """The registry's API, over one connection; every answer that is not the expected one is an error."""

    def __init__(self, address, user=None, password=None):
        self.connection = http.client.HTTPConnection(address, timeout=60)
        self.headers = {}
        if user is not None:
            self.headers["Authorization"] = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def ask(self, method, path, body=None, expect=(), **headers):
        """(status, headers, body)"""
        headers = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if expect and answer.status not in expect:
            raise AssertionError(f"{method} {path}: {answer.status} {body[:500]}")
        return answer.status, answer.headers, body

    def push_blob(self, name, data):
        _, headers, _ = self.ask("POST", f"/v2/{name}/blobs/uploads/", expect=(202,), Content_Length="0")
        to = urllib.parse.urlsplit(headers["Location"])
        query = to.query + "&" * bool(to.query) + urllib.parse.urlencode({"digest": digest_of(data)})
        self.ask("PUT", f"{to.path}?{query}", data, (201,), Content_Type="application/octet-stream")

    def push(self, name, tag, document):
        """Blobs, children, and then the manifest under the tag."""
        for child in getattr(document, "images", ()):
            self.push(name, child.digest, child)
        for blob in getattr(document, "blobs", ()):
            self.push_blob(name, blob)
        self.tag(name, tag, document)
        return document

    def tag(self, name, tag, document):
        self.ask("PUT", f"/v2/{name}/manifests/{tag}", document.body, (201,), Content_Type=document.media_type)

    def digest(self, name, tag):
        """What the tag means now; None where there is none."""
        status, headers, _ = self.ask("HEAD", f"/v2/{name}/manifests/{tag}", expect=(200, 404), Accept=ACCEPT)
        return headers["Docker-Content-Digest"] if status == 200 else None

    def tags(self, name):
        status, _, body = self.ask("GET", f"/v2/{name}/tags/list", expect=(200, 404))
        return json.loads(body)["tags"] or [] if status == 200 else []
