/* gzip.h - whole bodies as gzip (RFC 1952), on zlib.
 *
 * Floor: 1 (net). Threads: no shared state.
 */
#ifndef OGMA_NET_GZIP_H
#define OGMA_NET_GZIP_H

#include "base/text.h"

/* The caller frees *out. False, and nothing made, when the result would not be
 * smaller. */
bool gzip_pack(struct span body, char **out, size_t *out_length);

#endif /* OGMA_NET_GZIP_H */
