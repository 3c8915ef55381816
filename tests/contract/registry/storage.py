"""A registry's storage, written directly: 10,000 tags through the API would take most of a minute."""

import pathlib


def tags_folder(registry, name):
    return pathlib.Path(registry.storage, "docker/registry/v2/repositories", name, "_manifests/tags")


def add_tags(registry, name, tags, digest):
    """Tags of a manifest that is in the repository already."""
    for tag in tags:
        folder = tags_folder(registry, name) / tag / "current"
        folder.mkdir(parents=True)
        (folder / "link").write_text(digest)
