/* multipart.h - reads multipart/form-data while it arrives (RFC 7578).
 *
 * A push parser for http_plan.body_write: bytes go in as they come, events come
 * out. It keeps the delimiter and the head of one part, never the data, so that
 * an upload of any size needs the same memory.
 *
 * Floor: 1 (net). Threads: one parser belongs to one thread at a time.
 * Sources: RFC 7578, RFC 2046 5.1.1, and what browsers send (WHATWG HTML).
 */
#ifndef OGMA_NET_MULTIPART_H
#define OGMA_NET_MULTIPART_H

#include "base/fault.h"
#include "base/text.h"

#define MULTIPART_BOUNDARY_MAX 70

struct multipart;

struct multipart_part {
	const char *name;     /* of the form's field; UTF-8 */
	const char *filename; /* without folders, UTF-8; "" when no file was
			       * chosen; NULL: a plain field */
	const char *content_type; /* NULL when not given */
};

/* For each part: begin, data (any number of times), end. A status other than OK
 * ends the parsing with that status. */
struct multipart_events {
	enum status (*begin)(void *cookie, const struct multipart_part *part,
			     struct fault *fault);
	enum status (*data)(void *cookie, const void *bytes, size_t count,
			    struct fault *fault);
	enum status (*end)(void *cookie, struct fault *fault);
};

struct multipart_args {
	struct span content_type; /* of the request */
	const struct multipart_events *events; /* borrowed */
	void *cookie;
	uint32_t parts_max;      /* STATUS_TOO_LARGE above it */
	uint32_t head_max_bytes; /* of one part; STATUS_TOO_LARGE above it */
};

/* STATUS_UNSUPPORTED when the content type is not multipart/form-data,
 * STATUS_INVALID when it has no usable boundary. The caller owns *out. */
enum status multipart_new(const struct multipart_args *args,
			  struct multipart **out, struct fault *fault);
void multipart_free(struct multipart *multipart);

/* STATUS_INVALID when the bytes are not what they say they are; after any
 * failure only multipart_free() is allowed. */
enum status multipart_push(struct multipart *multipart, const void *bytes,
			   size_t count, struct fault *fault);

/* At the end of the body: STATUS_INVALID when the last delimiter is missing. */
enum status multipart_finish(struct multipart *multipart,
			     struct fault *fault);

#endif /* OGMA_NET_MULTIPART_H */
