"""An HTTP/1.1 proxy in front of a registry: remembers what is asked, holds each answer back for a round trip, answers
itself where a test wants it, and tells the test of each answer."""

import asyncio
import re
import threading

CUT = b"HTTP/1.1 000 cut"  # no answer at all
HOP = b"\r\n\r\n"
MANIFEST = re.compile(r"/v2/(?P<name>.+)/manifests/(?P<reference>[^/]+)")


class Seen:
    """A request."""

    def __init__(self, method, path, headers, connection):
        self.method, self.path, self.headers, self.connection = method, path, headers, connection
        self.status = None  # of the answer

    def manifest(self):
        """(method, repository, tag or digest) where a manifest is asked for or put."""
        match = MANIFEST.fullmatch(self.path)
        return match and (self.method, match["name"], match["reference"])

    def __repr__(self):
        return f"{self.method} {self.path} -> {self.status}"


def plain(status, reason="", body="", **headers):
    """An answer to give instead of the registry's."""
    data = body.encode()
    lines = [f"HTTP/1.1 {status} {reason or 'Some Reason'}", f"Content-Length: {len(data)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines)).encode() + HOP + data


async def head_of(reader):
    """The head of a request or an answer; None at the end of the connection."""
    try:
        return await reader.readuntil(HOP)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


def headers_of(head):
    return {name.lower(): value.strip() for name, _, value in
            (line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:] if line)}


async def body_of(reader, headers):
    """The body as it came, chunks and all."""
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = b""
        while True:
            line = await reader.readuntil(b"\r\n")
            size = int(line.split(b";")[0], 16)
            body += line + await reader.readexactly(size + 2)
            if size == 0:
                return body
    return await reader.readexactly(int(headers.get("content-length", 0)))


class CountingProxy:
    """`replace(seen)` may give an answer of its own (bytes, or CUT) or None. `asked(seen)` is called before anything is
    done, `answered(seen)` when the registry has answered, before the client is told."""

    def __init__(self, case, upstream, round_trip=0.0):
        self.upstream, self.round_trip = upstream, round_trip
        self.requests = []
        self.replace = lambda seen: None
        self.asked = lambda seen: None
        self.answered = lambda seen: None
        self.connections = 0
        self.loop = asyncio.new_event_loop()
        self.server = None
        ready = threading.Event()
        self.thread = threading.Thread(target=self.run, args=(ready,), daemon=True)
        self.thread.start()
        case.addCleanup(self.stop)
        assert ready.wait(60), "the proxy did not start"

    def run(self, ready):
        asyncio.set_event_loop(self.loop)
        self.loop.set_exception_handler(lambda *_: None)  # clients that are killed hang up
        self.server = self.loop.run_until_complete(
            asyncio.start_server(self.serve, "127.0.0.1", 0, backlog=128, limit=1 << 20))
        self.address = "127.0.0.1:%d" % self.server.sockets[0].getsockname()[1]
        ready.set()
        self.loop.run_forever()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(60)

    def forget(self):
        self.requests = []

    def manifests(self):
        """(method, repository, tag or digest) of each request for a manifest, in the order of their coming."""
        return [found for seen in self.requests if (found := seen.manifest())]

    async def serve(self, reader, writer):
        self.connections += 1
        upstream = None
        try:
            number = self.connections
            while head := await head_of(reader):
                upstream = await self.exchange(head, reader, writer, upstream, number)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            if upstream:
                upstream[1].close()

    async def exchange(self, head, reader, writer, upstream, number):
        method, path, _ = head.split(b"\r\n")[0].decode("latin-1").split()
        headers = headers_of(head)
        body = await body_of(reader, headers)
        seen = Seen(method, path, headers, number)
        self.requests.append(seen)
        self.asked(seen)
        answer = self.replace(seen)
        if answer is None:
            if upstream is None:
                upstream = await asyncio.open_connection(*self.upstream.split(":"), limit=1 << 24)
            upstream[1].write(head + body)
            answer_head = await head_of(upstream[0])
            if answer_head is None:
                raise ConnectionError
            status = int(answer_head.split()[1])
            empty = method == "HEAD" or status in (204, 304)
            answer = answer_head + (b"" if empty else await body_of(upstream[0], headers_of(answer_head)))
        seen.status = int(answer.split()[1])
        if self.round_trip:
            await asyncio.sleep(self.round_trip)
        if answer == CUT:
            raise ConnectionError
        self.answered(seen)
        writer.write(answer)
        await writer.drain()
        return upstream
