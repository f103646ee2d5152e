/* loopback.h - a server of HTTP at a free port of this machine, for tests of what
 * stands behind one.
 */
#ifndef OGMA_TESTS_LOOPBACK_H
#define OGMA_TESTS_LOOPBACK_H

#include <stdatomic.h>

#include "net/http.h"

/* Two loops, all time-outs ten seconds. */
struct http_settings loopback_settings(void);

/* `settings` NULL: those of above; `on_head` NULL: bodies are refused. Fails the
 * test when it cannot. */
struct http_server *loopback_open(const struct http_server_args *args);

/* Until it is so much, which other threads count; fails after ten seconds. */
void wait_for(atomic_uint *number, unsigned at_least);

#endif /* OGMA_TESTS_LOOPBACK_H */
