/* far_body.h - the bytes of an answer that come from a far file (base/ranged.h):
 * asked for by the loop, which does other things until they are there.
 *
 * Holds one piece at a time. The next one is asked for as soon as one is taken,
 * so that it comes while that one is sent.
 *
 * Floor: 1 (net). Threads: the loop's.
 */
#ifndef OGMA_NET_FAR_BODY_H
#define OGMA_NET_FAR_BODY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct far_body;
struct http_request;

/* The next bytes of the file behind request->answer.fd: at most `left`, from
 * `offset` on. `room` takes a whole packet, so that the bytes lie at *bytes in
 * it. HTTP_SOURCE_WAIT: connection_wake() comes; HTTP_SOURCE_FAILED. */
#define FAR_ROOM_BYTES 32768
ssize_t far_body_read(struct http_request *request, uint64_t offset,
		      uint64_t left, char room[FAR_ROOM_BYTES],
		      const char **bytes);

/* The request ends; its descriptor is closed after. NULL is fine. */
void far_body_end(struct far_body *far, struct http_request *request);

#endif /* OGMA_NET_FAR_BODY_H */
