#!/usr/bin/env bash
# Runs, in the plain build, the scenarios that sanitizers would spoil.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
"$top/tools/build" "$top/build" >&2
ninja -C "$top/build" --quiet tests/unit/test_http_memory >&2
CMOCKA_MESSAGE_OUTPUT=TAP exec "$top/build/tests/unit/test_http_memory"
