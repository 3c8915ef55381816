"""A Kargo Warehouse on the anchor's repository, as docs.md has it: which builds it takes, and what would be deployed."""

import re
import threading
import time

from images import Api

ALLOWED = re.compile(r"^verified-[0-9]{10}-[0-9a-f]{40}$")


class Warehouse:
    """`tested` is {tag: {repository: digest}}: what it may see once the tests have passed. Everything else that it
    sees is a fault. Looks come from several threads."""

    def __init__(self, case, address, names, anchor):
        self.api = Api(address)
        case.addCleanup(self.api.close)
        self.names, self.anchor = names, anchor
        self.tested, self.known, self.faults = {}, set(), []
        self.looks = 0
        self.lock = threading.Lock()

    def freight(self):
        """The tags that Kargo would take, the latest first."""
        return sorted(filter(ALLOWED.match, self.api.tags(self.anchor)), reverse=True)

    def deployed(self, tag):
        """What each image of a promotion would be: the chart has one tag for all."""
        return {name: self.digest(name, tag) for name in self.names}

    def digest(self, name, tag):
        """In the moment in which docker-registry writes a tag it lists it, and answers 500 to a question about it. Kargo's
        look fails then, and it looks again."""
        limit = time.monotonic() + 30
        while True:
            try:
                return self.api.digest(name, tag)
            except AssertionError as error:
                if ": 500 " not in str(error) or time.monotonic() > limit:
                    raise
            time.sleep(0.01)

    def judge(self, tag):
        images = self.deployed(tag)
        if tag not in self.tested:
            self.faults.append(f"{tag} was not tested: {images}")
        elif images != self.tested[tag]:
            wrong = {name: digest for name, digest in images.items() if digest != self.tested[tag][name]}
            self.faults.append(f"{tag} is not what was tested: {wrong}")

    def look(self):
        """Every build that can be seen; the tags."""
        with self.lock:
            self.looks += 1
            tags = self.freight()
            for tag in tags:
                self.judge(tag)
            self.known |= set(tags)
            return tags

    def glance(self):
        """What has come since the last look, for moments of which there are many."""
        with self.lock:
            self.looks += 1
            for tag in self.freight():
                if tag not in self.known:
                    self.judge(tag)
                    self.known.add(tag)
