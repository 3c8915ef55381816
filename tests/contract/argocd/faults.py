"""What goes wrong between argocd-sync and argocd-server: functions of a request's handler, for ArgoServer.plan()."""

import json
import time

from errors import NOBODY, Refused


def silence(handler):
    """Says nothing, and keeps the connection."""
    handler.close_connection = True
    while not handler.argo.ended:
        time.sleep(0.02)


def lose_answer(handler):
    """Does what is asked, and hangs up without a word."""
    handler.send = lambda *_, **__: None
    handler.proceed()
    handler.close_connection = True


def lose_request(handler):
    """Hangs up without a word, and without doing anything."""
    handler.close_connection = True


def cut_body(handler):
    """Half of the answer, and then the end of the connection."""
    handler.half = True
    handler.proceed()
    handler.close_connection = True


def page(status):
    """What a proxy says."""
    def fault(handler):
        body = f"<html><head><title>{status}</title></head><body>An <b>ingress</b> says {status}</body></html>".encode()
        handler.send(status, body, "text/html")
    return fault


def expire(handler):
    raise Refused(NOBODY, "invalid session: token has invalid claims: token is expired")


def slow(seconds):
    def fault(handler):
        time.sleep(seconds)
        handler.proceed()
    return fault


def to_https(handler):
    handler.send(307, b"", "text/html", headers={"Location": handler.argo.url.replace("http:", "https:") + handler.path})


def stream_without_events(handler):
    handler.mute = True
    handler.proceed()


def stream_that_ends(handler):
    """At once, and as if all were well."""
    handler.begin_stream()
    handler.end_stream()


def stream_of_errors(handler):
    """An error in a stream that had begun, without an end of the line."""
    handler.begin_stream()
    error = {"error": {"grpc_code": 14, "http_code": 503, "message": "upstream is gone",
                       "http_status": "Service Unavailable"}}
    handler.chunk((b"data: " if handler.server_sent() else b"") + json.dumps(error).encode())
    handler.end_stream()


def stream_that_drops(every):
    """One event of so many is lost."""
    def fault(handler):
        handler.drops = every
        handler.proceed()
    return fault


def stream_that_is_cut(after):
    """In the middle of the event after so many."""
    def fault(handler):
        handler.cut_after = after
        handler.proceed()
    return fault
