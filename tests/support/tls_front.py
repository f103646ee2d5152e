#!/usr/bin/python3
"""tls_front.py - nginx on loopback that speaks TLS for a server that does not.

    tls_front.py FOLDER PORT

Makes an authority (FOLDER/ca.pem) and, by it, a certificate for localhost,
s3.localhost and the names below it; prints the port of an nginx that hands all
on to PORT with the Host field as it came. Both end with the parent.
"""
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time

HOST = "127.0.0.1"
NAMES = "subjectAltName=DNS:localhost,DNS:s3.localhost,DNS:*.s3.localhost"
CONF = """daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 256; }}
http {{
	access_log off;
	client_max_body_size 0;
	proxy_request_buffering off;
	proxy_buffering off;
	client_body_temp_path {folder}/body;
	proxy_temp_path {folder}/proxy;
	fastcgi_temp_path {folder}/fastcgi;
	uwsgi_temp_path {folder}/uwsgi;
	scgi_temp_path {folder}/scgi;
	server {{
		listen {host}:{port} ssl reuseport;
		ssl_certificate {folder}/cert.pem;
		ssl_certificate_key {folder}/key.pem;
		location / {{
			proxy_pass http://{host}:{back};
			proxy_http_version 1.1;
			proxy_set_header Host $http_host;
			proxy_set_header Connection "";
		}}
	}}
}}
"""


def openssl(folder, *words):
    subprocess.run(["openssl", *words], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def certificates(folder):
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl(folder, "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem",
            "-subj", "/CN=Tests", "-days", "2")
    openssl(folder, "req", "-x509", *key, "-keyout", "key.pem", "-out", "cert.pem",
            "-subj", "/CN=localhost", "-days", "2", "-addext", NAMES,
            "-addext", "basicConstraints=critical,CA:FALSE",
            "-CA", "ca.pem", "-CAkey", "ca.key")


def with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def wait_for(port, child):
    while child.poll() is None:
        try:
            socket.create_connection((HOST, port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.01)
    sys.exit("nginx did not start")


def main(folder, back):
    with_parent()
    folder = os.path.abspath(folder)
    os.makedirs(folder, exist_ok=True)
    certificates(folder)
    # Bound and never listened to: the port is nobody else's until nginx has it.
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    held.bind((HOST, 0))
    port = held.getsockname()[1]
    conf = os.path.join(folder, "nginx.conf")
    with open(conf, "w") as file:
        file.write(CONF.format(folder=folder, host=HOST, port=port, back=back))
    child = subprocess.Popen(["/usr/sbin/nginx", "-c", conf, "-p", folder, "-e", "nginx.log"],
                             preexec_fn=with_parent)
    wait_for(port, child)
    print(port, flush=True)
    child.wait()


main(*sys.argv[1:])
