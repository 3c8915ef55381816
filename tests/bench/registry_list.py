#!/usr/bin/python3
"""Reading a long list of tags, beside skopeo and a curl loop: registry_list.py PROGRAM [RUNS]

Against Debian's docker-registry on loopback, with 10,000 and 50,000 tags in one repository, in turns. PROGRAM is
registry-tag-watch as released."""

import pathlib
import subprocess
import sys

from registry_bench import Bench, Command, compare

import storage
from images import Image
from registry import Registry

# All pages, as the registry cuts them; what is in them is not looked at, in curl's favour.
LOOP = """url=http://$0/v2/app/tags/list
while [ -n "$url" ]; do
  curl -sS --fail -D headers "$url"
  next=$(sed -n 's/^[Ll]ink: <\\([^>]*\\)>; rel="next".*/\\1/p' headers)
  url=${next:+http://$0$next}
done"""


def main(program, runs=30):
    has_new = "new" in subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout.split()
    for count in (10_000, 50_000):
        with Bench() as bench:
            registry = Registry(bench)
            image = Image("one")
            storage.add_image(registry, "app", "v1", image)
            storage.add_tags(registry, "app", (f"{number:040x}" for number in range(count)), image.digest)
            state = bench.folder / "state.json"
            new = [program, "new", "--registry", registry.address, "--plain-http", "--repositories", "app",
                   "--state-file", state]
            commands = [
                Command("skopeo list-tags", ["skopeo", "list-tags", "--tls-verify=false",
                                             f"docker://{registry.address}/app"]),
                Command("curl loop", ["sh", "-ec", LOOP, registry.address]),
            ]
            if has_new:
                commands += [Command("`new`, first run", new, lambda state=state: state.unlink(missing_ok=True)),
                             Command("`new`, nothing new", new)]
            print(f"\n{count} tags, {runs} runs of each")
            if not has_new:
                print("(this registry-tag-watch has no verb new yet)")
            compare(bench.folder, commands, runs)


if __name__ == "__main__":
    main(str(pathlib.Path(sys.argv[1]).resolve()), *map(int, sys.argv[2:]))
