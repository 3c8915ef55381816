"""A Kargo Warehouse on the anchor's repository, as docs.md has it: which builds it takes, and what would be deployed.

docker-registry 2.8 writes its files in place. While a manifest is put under one more tag, every look at these bits, by
whatever tag, may be answered 500 ("invalid checksum digest format"): one in eight was, in a loop of puts. And a tag is in
the list a moment before it can be asked for. Kargo's discovery fails then and is repeated."""

import re
import threading
import time

from images import ACCEPT, Api

ALLOWED = re.compile(r"^verified-[0-9]{10}-[0-9a-f]{40}$")


class Warehouse:
    """`tested` is {tag: {repository: digest}}: what it may see once the tests have passed. Everything else that it
    sees is a fault. Looks come from several threads."""

    def __init__(self, case, address, names, anchor):
        self.api = Api(address)
        case.addCleanup(self.api.close)
        self.names, self.anchor = names, anchor
        self.tested, self.known, self.faults = {}, set(), []
        self.lock = threading.Lock()

    def freight(self):
        """The tags that Kargo would take, the latest first."""
        return sorted(filter(ALLOWED.match, self.api.tags(self.anchor)), reverse=True)

    def digest(self, name, tag):
        """What the tag means; None where there is none."""
        limit = time.monotonic() + 60
        while time.monotonic() < limit:
            status, headers, _ = self.api.ask("HEAD", f"/v2/{name}/manifests/{tag}", expect=(200, 404, 500),
                                              Accept=ACCEPT)
            if status != 500:
                return headers["Docker-Content-Digest"] if status == 200 else None
        raise AssertionError(f"{name}:{tag} is answered 500 for ever")

    def deployed(self, tag):
        """What each image of a promotion would be: the chart has one tag for all. Nothing, where the anchor cannot
        be had."""
        found = self.digest(self.anchor, tag)
        return found and {name: found if name == self.anchor else self.digest(name, tag) for name in self.names}

    def judge(self, tag):
        """Whether it can be had already; what is wrong with it is kept."""
        images = self.deployed(tag)
        if images is None:
            return False
        if tag not in self.tested:
            self.faults.append(f"{tag} was not tested: {images}")
        elif images != self.tested[tag]:
            wrong = {name: digest for name, digest in images.items() if digest != self.tested[tag][name]}
            self.faults.append(f"{tag} is not what was tested: {wrong}")
        return True

    def look(self):
        """Every build that can be had; the tags."""
        with self.lock:
            return [tag for tag in self.freight() if self.judge(tag)]

    def glance(self):
        """What has come since the last glance, for moments of which there are many."""
        with self.lock:
            self.known |= {tag for tag in self.freight() if tag not in self.known and self.judge(tag)}
