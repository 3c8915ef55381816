"""nginx in front of a registry: TLS, HTTP/2, and a log of requests and connections."""

import json
import pathlib
import signal
import socket
import ssl
import subprocess

import servers

MAKE_CERTIFICATES = pathlib.Path(__file__).resolve().parents[1] / "http/make_certificates.sh"
CONFIGURATION = """
master_process off;
daemon off;
pid nginx.pid;
error_log stderr warn;
events {{ worker_connections 256; }}
http {{
  log_format seen escape=json '{{"method":"$request_method","path":"$request_uri","status":$status,'
                              '"protocol":"$server_protocol","connection":$connection}}';
  access_log access.log seen;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  client_max_body_size 0;
  ssl_certificate good.pem; ssl_certificate_key good.key;
  ssl_protocols TLSv1.2 TLSv1.3;
  upstream registry {{ server {upstream}; keepalive 32; }}
  server {{
    listen 127.0.0.1:{port} ssl {http2};
    location / {{
      proxy_pass http://registry;
      proxy_http_version 1.1;
      proxy_buffering on;
      proxy_max_temp_file_size 0;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Proto $scheme;
      {more}
    }}
  }}
}}
"""


class Front:
    def __init__(self, case, upstream, http2=True, more=""):
        """`more` is configuration of what is passed on."""
        servers.need("nginx", "openssl")
        self.folder = pathlib.Path(servers.temporary_folder(case))
        subprocess.run(["sh", str(MAKE_CERTIFICATES), str(self.folder)], check=True, capture_output=True)
        self.ca_file = str(self.folder / "ca.pem")
        self.other_ca_file = str(self.folder / "other-ca.pem")
        # nginx cannot choose a port: it gets one that is kept from everybody else.
        self.reserved = servers.reserve(case)
        self.port = self.reserved.getsockname()[1]
        (self.folder / "nginx.conf").write_text(
            CONFIGURATION.format(upstream=upstream, port=self.port, http2="http2" if http2 else "", more=more))
        with (self.folder / "error.log").open("w") as log:
            self.process = servers.start(case, servers.find("nginx"), "-p", str(self.folder), "-c", "nginx.conf",
                                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)
        self.address = f"localhost:{self.port}"
        servers.until(self.greets, f"nginx ({self.folder}/error.log)", process=self.process)

    def greets(self):
        """Whether it speaks TLS."""
        context = ssl.create_default_context(cafile=self.ca_file)
        try:
            with socket.create_connection(("127.0.0.1", self.port), 60) as plain:
                with context.wrap_socket(plain, server_hostname="localhost"):
                    return True
        except OSError:
            return False

    def requests(self):
        """What was asked, once it has been asked to end: a line may be written after its answer."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        return [json.loads(line) for line in (self.folder / "access.log").read_text().splitlines()]
