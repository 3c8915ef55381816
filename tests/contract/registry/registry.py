"""Debian's docker-registry on loopback, open or with passwords or tokens, each one with a folder of its own."""

import json
import pathlib
import re
import subprocess

import servers

USER, PASSWORD = "robot", "pass:word with spaces"


class Registry:
    """`auth` is None, "htpasswd", or a TokenServer of token_server.py."""

    def __init__(self, case, auth=None, folder=None, read_only=False):
        servers.need("docker-registry")
        self.case, self.auth = case, auth
        self.folder = pathlib.Path(folder or servers.temporary_folder(case))
        self.storage = self.folder / "storage"
        self.log = self.folder / "registry.log"
        self.address, self.process = None, None
        self.start(read_only)

    def start(self, read_only=False, address="127.0.0.1:0"):
        config = {
            "version": 0.1,
            "log": {"level": "info", "formatter": "json", "accesslog": {"disabled": True}},
            "storage": {
                "filesystem": {"rootdirectory": str(self.storage)},
                "delete": {"enabled": True},
                "maintenance": {"uploadpurging": {"enabled": False}, "readonly": {"enabled": read_only}},
            },
            "http": {"addr": address, "secret": "loopback"},
        }
        if self.auth == "htpasswd":
            config["auth"] = {"htpasswd": {"realm": "a \\\"quoted\\\" realm", "path": str(self.passwords())}}
        elif self.auth:
            config["auth"] = {"token": {"realm": self.auth.realm, "service": self.auth.service,
                                        "issuer": self.auth.issuer, "rootcertbundle": str(self.auth.certificate)}}
        path = self.folder / "config.yml"
        path.write_text(json.dumps(config))  # JSON is YAML
        with self.log.open("w") as log:
            self.process = servers.start(self.case, servers.find("docker-registry"), "serve", str(path),
                                         stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self.address = servers.until(self.listening, "docker-registry", process=self.process)

    def listening(self):
        """It chooses the port, and says which."""
        found = re.search(r"listening on ([0-9.]+:\d+)", self.log.read_text())
        return found and found[1]

    def stop(self):
        servers.end(self.process)

    def restart(self, read_only=False):
        """Under the same address, as after maintenance."""
        self.stop()
        self.start(read_only, self.address)

    def passwords(self):
        servers.need("htpasswd")
        path = self.folder / "htpasswd"
        subprocess.run([servers.find("htpasswd"), "-Bbc", str(path), USER, PASSWORD], check=True, capture_output=True)
        return path
