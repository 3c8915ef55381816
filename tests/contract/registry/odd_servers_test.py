"""A registry that lies, dawdles and babbles ends in a clear error each, in time, and gets no credential for others."""

import unittest

import watch_case
from odd_registry import OddRegistry

SECRET = "hunter2-of-the-odd-registry"
# What the registry does -> the exit code of a look for one image, and what is said about it.
LOOKS = {
    "fine": (0, ()), "no-digest": (0, ()), "odd-digest": (0, ()), "many-challenges": (0, ()), "many-headers": (0, ()),
    "loose-challenge": (0, ()), "no-service": (0, ()), "relative-realm": (0, ()), "elsewhere": (0, ()),
    "false-type": (3, ("is no image", "application/vnd.example.surprise")),
    "html": (3, ("is no image", "text/html")), "half-json": (3, ("is no image",)),
    "html-error": (3, ("500",)), "plain-error": (3, ("403", "no right")), "huge-error": (3, ("403",)),
    "unavailable": (3, ("503",)), "busy-seconds": (3, ("429",)), "busy-date": (3, ("429",)), "busy": (3, ("429",)),
    "storm": (3, ("429",)), "long-storm": (3, ("429",)), "loop": (3, ("redirected more than",)),
    "gzip-bomb": (3, ("timed out",)), "endless": (3, ("longer than allowed",)), "drip": (3, ("timed out",)),
    "silent": (3, ("timed out",)), "cut": (3, ("broke",)),
    "basic-without-realm": (3, ("401", "bob")), "unknown-scheme": (3, ("401", "bob")), "no-challenge": (3, ("401", "bob")),
    "never-enough": (3, ("401", "repository:never-enough/app:pull,push")),
    "link-local-realm": (3, ("link-local",)), "file-realm": (3, ("is no address",)),
    "odd-token": (3, ("token server", "no JSON")),
}
# What only a look at the manifest itself finds out.
READS = {"false-digest": (4, ("what came has the digest",)), "false-body": (4, ("what came has the digest",))}


class OddServersTestCase(watch_case.WatchCase):
    def setUp(self):
        super().setUp()
        self.server = OddRegistry(self)
        self.environment["PLUGIN_PASSWORD"] = SECRET

    def look(self, kind, code, sees, *words):
        with self.subTest(kind=kind):
            answer = self.expect(code, "check", "--registry", self.server.address, "--plain-http", "--repositories",
                                 f"{kind}/app", "--tag", "abc", "--username", "bob", "--request-timeout", "2s",
                                 "--timeout", "20s", *words, sees=sees)
            self.assertNotIn(SECRET, answer.text)
            self.assertLess(len(answer.text), 3000)

    def test_each_way_to_answer_wrongly_has_words(self):
        for kind, (code, sees) in LOOKS.items():
            self.look(kind, code, sees)

    def test_a_manifest_that_is_not_what_was_asked_for_is_a_conflict(self):
        for kind, (code, sees) in READS.items():
            self.look(kind, code, sees, "--require-revision", "--revision", "abc")

    def test_nobody_else_gets_the_credential(self):
        for kind in ("elsewhere", "loop", "link-local-realm"):
            self.look(kind, *LOOKS[kind])
        for _, _, headers in self.server.stranger.requests:
            self.assertNotIn("authorization", headers)


if __name__ == "__main__":
    unittest.main()
