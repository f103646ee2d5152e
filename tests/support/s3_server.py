#!/usr/bin/python3
"""s3_server.py - an S3 server on loopback for the tests: OpenStack Swift with
its S3 interface, which checks signatures, regions, dates and parts as strictly
as Amazon does.

    s3_server.py FOLDER [PORT]

Account, container, object and proxy server of Swift run in this one process;
objects live in memory, lists of them in FOLDER. Prints its port when it may be
asked, and ends with its standard input. Access key "test:tester", secret
"testing"; buckets are made by who asks for them, and are also hosts below
s3.localhost.
"""
import eventlet

eventlet.monkey_patch()

import array
import logging
import os
import sys

from swift.common import utils, wsgi
from swift.common.ring import RingData
from swift.common.storage_policy import reload_storage_policies
from eventlet.wsgi import server as serve

HOST = "127.0.0.1"
PARTS = {
    "account": "use = egg:swift#account",
    "container": "use = egg:swift#container\nallow_versions = true",
    "object": "use = egg:swift#mem_object",
}
CONF = """[DEFAULT]
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
fallocate_reserve = 0
account_autocreate = true
log_level = ERROR
log_address = {folder}/no-syslog
[pipeline:main]
pipeline = {pipeline}
{apps}
"""
PROXY = """[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:s3api]
use = egg:swift#s3api
max_bucket_listing = 2
storage_domain = s3.localhost
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:slo]
use = egg:swift#slo
"""


class Cache:
    """What Swift asks of memcached."""

    def __init__(self):
        self.values = {}

    def get(self, key, raise_on_error=False):
        return self.values.get(key)

    def set(self, key, value, **kwargs):
        self.values[key] = value

    def delete(self, key, **kwargs):
        self.values.pop(key, None)


def with_cache(app):
    cache = Cache()

    def answer(environ, start_response):
        environ["swift.cache"] = cache
        return app(environ, start_response)

    return answer


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def ring_save(folder, name, port):
    device = {
        "id": 0, "region": 1, "zone": 1, "weight": 1.0, "device": "d1",
        "ip": HOST, "port": port,
        "replication_ip": HOST, "replication_port": port,
    }
    RingData([array.array("H", [0, 0])], [device], 31).save(name + ".ring.gz")


def start(folder, name, pipeline, apps, sock, logger):
    conf = CONF.format(folder=folder, pipeline=pipeline, apps=apps)
    app = wsgi.loadapp(write(folder, name + ".conf", conf))
    eventlet.spawn(serve, sock, with_cache(app), logger, protocol=wsgi.SwiftHttpProtocol,
                   capitalize_response_headers=False)


def main(folder, port="0"):
    folder = os.path.abspath(folder)
    os.makedirs(os.path.join(folder, "devices", "d1"), exist_ok=True)
    os.chdir(folder)
    write(folder, "swift.conf",
          "[swift-hash]\nswift_hash_path_suffix = tests\n")
    utils.set_swift_dir(folder)
    utils.validate_hash_conf()
    reload_storage_policies()
    logger = wsgi.NullLogger()
    socks = {name: eventlet.listen((HOST, 0)) for name in PARTS}
    for name, sock in socks.items():
        ring_save(folder, name, sock.getsockname()[1])
    for name, apps in PARTS.items():
        start(folder, name, "server", "[app:server]\n" + apps, socks[name], logger)
    front = eventlet.listen((HOST, int(port)))
    start(folder, "proxy", "s3api tempauth slo proxy-server", PROXY, front, logger)
    print(front.getsockname()[1], flush=True)
    eventlet.tpool.execute(sys.stdin.read)


logging.disable(logging.CRITICAL)
main(*sys.argv[1:])
os._exit(0)
