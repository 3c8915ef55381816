"""A forward proxy: CONNECT tunnels, and plain http requests answered by itself. Refuses hosts called "forbidden".
Writes each request's head to proxy.log in the folder given, and its port to standard output."""
import socket
import socketserver
import sys
import threading

LOG = open(sys.argv[1] + "/proxy.log", "w", encoding="utf-8")


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class Connection(socketserver.StreamRequestHandler):
    def handle(self):
        head = b""
        while (line := self.rfile.readline()).strip():
            head += line
        print(head.decode("latin-1"), file=LOG, flush=True)
        method, target, _ = head.split(b"\r\n")[0].decode().split()
        if "forbidden" in target:
            self.wfile.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        elif method != "CONNECT":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nfrom proxy")
        else:
            host, _, port = target.rpartition(":")
            with socket.create_connection((host, int(port))) as server:
                self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=pump, args=(server, self.connection))
                back.start()
                pump(self.connection, server)
                back.join()


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


with Server(("127.0.0.1", 0), Connection) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
