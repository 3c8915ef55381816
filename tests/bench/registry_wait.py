#!/usr/bin/python3
"""14 images at a registry that is far away, beside curl: registry_wait.py PROGRAM [RUNS] [ROUND_TRIP_MS]

The registry is Debian's docker-registry behind nginx with TLS and HTTP/2, and in front of that what makes it far: 50 ms
from a byte to the answer to it, and as long for a connection to be made. PROGRAM is registry-tag-watch as released."""

import asyncio
import logging
import pathlib
import sys
import threading

from registry_bench import Bench, Command, compare

import storage
from front import Front
from images import ACCEPT, Image
from registry import PASSWORD, USER, Registry
from token_server import TokenServer

logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # of connections that are cut at the end
NAMES = [f"stonks-oracle/service-{number:02}" for number in range(14)]
TAG = "3f2a91c0d4e5f60718293a4b5c6d7e8f90123456"


class Distance:
    """Passes bytes on after half a round trip each way, in their order."""

    def __init__(self, bench, port, round_trip):
        self.port, self.half = port, round_trip / 2
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()
        threading.Thread(target=self.run, args=(ready,), daemon=True).start()
        bench.callback(self.loop.call_soon_threadsafe, self.loop.stop)
        ready.wait()

    def run(self, ready):
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(asyncio.start_server(self.serve, "127.0.0.1", 0))
        self.address = "localhost:%d" % server.sockets[0].getsockname()[1]
        ready.set()
        self.loop.run_forever()

    async def serve(self, reader, writer):
        # Whoever connects here has not waited for an answer to that: its first bytes do.
        connected = self.loop.time() + 2 * self.half
        there, back = await asyncio.open_connection("127.0.0.1", self.port)
        await asyncio.gather(self.carry(reader, back, connected), self.carry(there, writer, 0))

    async def carry(self, reader, writer, not_before):
        under_way = asyncio.Queue()

        async def deliver():
            while True:
                moment, data = await under_way.get()
                await asyncio.sleep(moment - self.loop.time())
                if not data:
                    writer.close()
                    return
                writer.write(data)
        delivery = asyncio.ensure_future(deliver())
        while True:
            data = await reader.read(1 << 16)
            under_way.put_nowait((max(self.loop.time(), not_before) + self.half, data))
            if not data:
                return await delivery


class Far:
    """A registry with all images, and the way there."""

    def __init__(self, bench, round_trip, auth=None):
        self.registry = Registry(bench, auth)
        for name in NAMES:
            storage.add_image(self.registry, name, TAG, Image(name))
        self.front = Front(bench, self.registry.address)
        self.distance = Distance(bench, self.front.port, round_trip)

    def words(self, program, verb, ca_file, *more):
        return [program, verb, "--registry", self.distance.address, "--repositories", ",".join(NAMES), "--tag", TAG,
                "--ca-file", ca_file, *more]


def curl(far, *more):
    """The digests of all images, by one curl."""
    urls = [f"https://{far.distance.address}/v2/{name}/manifests/{TAG}" for name in NAMES]
    return ["curl", "-sS", "--fail", "--http2", "-I", "--cacert", far.front.ca_file, "-H", f"Accept: {ACCEPT}", *more,
            *urls]


def curl_loop(far):
    one = " ".join(f"'{word}'" for word in curl(far)[:-len(NAMES)])
    return ["sh", "-ec", f"for name in {' '.join(NAMES)}; do {one} https://{far.distance.address}/v2/$name/manifests/"
            f"{TAG}; done"]


def with_token(bench, round_trip):
    """A registry that wants a token, and a token server that is as far away."""
    tokens = TokenServer(bench)
    front = Front(bench, tokens.realm.split("/")[2])
    tokens.realm = f"https://{Distance(bench, front.port, round_trip).address}/auth/token"
    far = Far(bench, round_trip, tokens)
    both = bench.folder / "ca.pem"
    both.write_text(pathlib.Path(front.ca_file).read_text() + pathlib.Path(far.front.ca_file).read_text())
    return far, both


def main(program, runs=20, round_trip_ms=50):
    with Bench() as bench:
        far = Far(bench, round_trip_ms / 1e3)
        token_far, ca_file = with_token(bench, round_trip_ms / 1e3)
        secret = bench.folder / "password"
        secret.write_text(PASSWORD)
        login = ("--username", USER, "--password-file", str(secret))
        commands = [
            Command("curl --parallel, HTTP/2", curl(far, "--parallel")),
            Command("`wait`", far.words(program, "wait", far.front.ca_file)),
            Command("`check`", far.words(program, "check", far.front.ca_file)),
            Command("curl, one after another on one connection", curl(far)),
            Command("a loop of curls", curl_loop(far)),
            Command("`wait` with a token", token_far.words(program, "wait", ca_file, *login)),
        ]
        print(f"14 images, {round_trip_ms} ms there and back, {runs} runs of each")
        compare(bench.folder, commands, runs)
        # TCP and TLS, one image, by which it is found out what the registry wants and whether all others fit into one
        # connection, the others. A token takes the 401, and TCP, TLS and the question at its server.
        for trips, index in ((4, 1), (4, 2), (4 + 4, 5)):
            bound = trips * round_trip_ms
            print(f"{commands[index].name}: {commands[index].median() / bound:.2f} of {trips} round trips, {bound} ms")


if __name__ == "__main__":
    main(str(pathlib.Path(sys.argv[1]).resolve()), *map(int, sys.argv[2:]))
