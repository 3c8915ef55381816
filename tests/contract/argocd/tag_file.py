"""What the tests of the write-back share: an Application whose tag is in a file of a real git repository, behind a
contents API; the stand-in for Argo CD renders what that repository has."""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "argocd-git"))
import contents_api  # noqa: E402
from contents_api import Hosting, first  # noqa: E402,F401

from argocd_case import ArgocdCase  # noqa: E402
from world import OLD, application, helm_source  # noqa: E402

FILE = "infra/helm/values-beta.yaml"
VALUES = f"# Values of beta.\nimage:\n  tag: \"{OLD}\"  # by the pipeline\nreplicas: 2\n"


class Tip:
    """For world.heads: every branch is the repository's."""

    def __init__(self, repository):
        self.repository = repository

    def get(self, _branch, _default=None):
        return self.repository.tip()


class Committed:
    """For world.committed: the tag in the values file of a revision."""

    def __init__(self, repository):
        self.repository = repository

    def tag(self, revision):
        values = self.repository.git("cat-file", "blob", f"{revision}:{FILE}", check=False)
        found = re.search(rb'tag: "?([^"\s]+)', values or b"")
        return found and found[1].decode()

    def __contains__(self, revision):
        return self.tag(revision) is not None

    def __getitem__(self, revision):
        return self.tag(revision)


class TagFileCase(ArgocdCase):
    def open(self, item=None, kind="gitea", **knobs):
        self.hosting = Hosting(kind)
        self.addCleanup(self.hosting.stop)
        self.repository = self.hosting.repository
        self.repository.commit({FILE: VALUES.encode(), "README.md": b"hello\n"}, "Start")
        self.world.heads = Tip(self.repository)
        self.world.committed = Committed(self.repository)
        source = helm_source(OLD)
        source["helm"].pop("parameters")
        return self.add(item or application(source=source), **knobs)

    def git(self, **more):
        """The settings of it."""
        self.environment["PLUGIN_GIT_TOKEN"] = contents_api.TOKEN
        return {"carrier": "git", "git_kind": self.hosting.kind, "git_api": self.hosting.url,
                "git_repo": contents_api.OWNER_AND_NAME, "git_file": FILE} | more

    def commit(self, tag, path=FILE):
        """Somebody else's."""
        values = re.sub(rb'tag: "?[^"\s]+"?', f'tag: "{tag}"'.encode(), self.repository.read(FILE))
        self.repository.commit({path: values}, f"Somebody sets {tag}")

    def tag_in_git(self):
        return Committed(self.repository).tag(self.repository.tip())
