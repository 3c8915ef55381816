"""A small server that webhooks are sent to."""

import http.server
import json
import threading


class Listener:
    """`answer(tag)` gives the status of the answer; `heard` are the JSON objects that were accepted or not."""

    def __init__(self, case):
        self.heard, self.headers = [], []
        self.answer = lambda tag: 204
        listener = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                listener.heard.append(body)
                listener.headers.append(dict(self.headers))
                status = listener.answer(body["tag"])
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except ConnectionError:
                    pass  # a client that was killed

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = "127.0.0.1:%d" % self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()
        case.addCleanup(self.stop)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(60)

    def tags(self):
        return [body["tag"] for body in self.heard]
