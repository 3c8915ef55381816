"""A registry's storage, written directly: 10,000 tags through the API would take most of a minute."""

import pathlib
import shutil

from images import digest_of


def tags_folder(registry, name):
    return pathlib.Path(registry.storage, "docker/registry/v2/repositories", name, "_manifests/tags")


def add_tags(registry, name, tags, digest):
    """Tags of a manifest that is in the repository already."""
    for tag in tags:
        folder = tags_folder(registry, name) / tag / "current"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "link").write_text(digest)


def add_image(registry, name, tag, image):
    """An image of one platform, as if pushed."""
    root = pathlib.Path(registry.storage, "docker/registry/v2")

    def add(path, content):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for content in (*image.blobs, image.body):
        number = digest_of(content).removeprefix("sha256:")
        add(root / "blobs/sha256" / number[:2] / number / "data", content)
        kind = "_manifests/revisions" if content is image.body else "_layers"
        add(root / "repositories" / name / kind / "sha256" / number / "link", digest_of(content).encode())
    add_tags(registry, name, [tag], image.digest)


def forget_tag(registry, name, tag):
    shutil.rmtree(tags_folder(registry, name) / tag)
