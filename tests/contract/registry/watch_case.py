"""What the tests of registry-tag-watch share: running it, and a project of images to run it on."""

import json
import os
import pathlib
import re
import subprocess
import unittest

import servers
from images import REVISION, Api, Image

PROGRAM = os.environ.get("REGISTRY_TAG_WATCH", "")
SHA = "3f2a91c0d4e5f60718293a4b5c6d7e8f90123456"
EPOCH = "1764000000"
VERIFIED = f"verified-{EPOCH}-{SHA}"
SERVICES = ("api-gateway", "query-api", "scheduler", "ingest", "risk", "pricing", "orders", "portfolio", "alerts",
            "reports", "auth", "worker", "dashboard", "superset")
NAMES = tuple(f"stonks-oracle/{name}" for name in SERVICES)
PATIENCE = 240  # seconds until a program that hangs fails its test


class Answer:
    """`result` is the result file: what `--output json` prints, too."""

    def __init__(self, code, out, err, result):
        self.code, self.out, self.err, self.result = code, out, err, result

    @property
    def text(self):
        return self.err + self.out


class WatchCase(unittest.TestCase):
    program = PROGRAM

    def setUp(self):
        self.folder = pathlib.Path(servers.temporary_folder(self))
        # Nothing of the caller's: neither settings nor proxies nor a docker configuration.
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder)}
        for name, value in os.environ.items():
            if name.endswith("SAN_OPTIONS"):
                self.environment[name] = value

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    def read_json(self, name):
        return json.loads((self.folder / name).read_text())

    def start(self, *words, env=None):
        process = subprocess.Popen([self.program, *words], env=self.environment | (env or {}), cwd=self.folder, text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(servers.end, process)
        return process

    def finish(self, process):
        out, err = process.communicate(timeout=PATIENCE)
        return Answer(process.returncode, out, err, None)

    def run_program(self, *words, env=None):
        (self.folder / "result.json").unlink(missing_ok=True)
        answer = self.finish(self.start(*words, "--result-file", "result.json", env=env))
        if (self.folder / "result.json").exists():
            answer.result = self.read_json("result.json")
            self.assertEqual(answer.result["exit_code"], answer.code, answer.text)
        return answer

    def expect(self, code, *words, sees=(), env=None):
        """A run that ends with this code and says these words."""
        answer = self.run_program(*words, env=env)
        self.assertEqual(answer.code, code, answer.text)
        for word in sees:
            self.assertIn(word, answer.text)
        self.assertNotRegex(answer.text, "Sanitizer|runtime error")
        return answer

    # Images

    def images(self, tag=SHA, seed="", names=NAMES, labels=None):
        """{repository: image} of one build."""
        labels = {REVISION: tag} if labels is None else labels
        return {name: Image(f"{name} {tag} {seed}", labels) for name in names}

    def push(self, address, images, tag=SHA, credential=()):
        with Api(address, *credential) as api:
            for name, image in images.items():
                api.push(name, tag, image)
        return images

    def asked_for(self, address, names=NAMES):
        """The settings that name the images."""
        return ["--registry", address, "--plain-http", "--repositories", ",".join(names), "--tag", SHA]

    def lock(self, address, images, tag=SHA, name="images.lock.json"):
        """A lock file as wait writes it."""
        return self.write(name, {
            "schema": 1, "tag": tag, "revision": tag, "locked_at": "2026-11-24T16:00:00Z",
            "images": [{"image": f"{address}/{repository}", "digest": image.digest, "media_type": image.media_type,
                        "size": len(image.body)} for repository, image in images.items()]})

    def locked(self, name="images.lock.json"):
        """{image: digest} of the lock file."""
        return {image["image"]: image["digest"] for image in self.read_json(name)["images"]}

    def assert_no_secret(self, answer, *secrets):
        for secret in secrets:
            self.assertNotIn(secret, answer.text + json.dumps(answer.result))


def verified_pattern():
    """The tags that the Warehouse takes."""
    return re.compile(r"verified-[0-9]{10}-[0-9a-f]{40}")
