/* request_head.h - the head of a request: from bytes to checked parts.
 *
 * Pure functions. This reader is stricter than llhttp, which reads the same
 * bytes after it (message.h): the two must agree on where the body ends, else
 * the request is refused, so that nobody can smuggle one request inside
 * another.
 *
 * Refused (status): no or two Hosts, Host that is no authority, both length
 * headers, repeated or signed or overflowing Content-Length, Transfer-Encoding
 * in HTTP/1.0, obs-fold, bare CR or LF, blank before a colon, control
 * characters, two blanks in the request line, bytes outside visible ASCII in
 * the target (all 400), codings other than chunked, unknown methods and
 * CONNECT (501), versions other than 1.0 and 1.1 (505; SOURCE may be of
 * ICE/1.0, which counts as 1.0), too long a target (414), too large a head or too many fields (431), expectations other than
 * 100-continue (417).
 *
 * Floor: 1 (net). Threads: no shared state. Sources: RFC 9112 2-6, RFC 9110.
 */
#ifndef OGMA_NET_REQUEST_HEAD_H
#define OGMA_NET_REQUEST_HEAD_H

#include "net/http.h"

#define REQUEST_TARGET_LIMIT_BYTES 8192

struct request_limits {
	size_t head_bytes;
	size_t fields;
};

struct http_field {
	struct span name, value;
};

struct request_head {
	enum http_method method;
	struct span path, query;
	const struct http_field *fields;
	size_t field_count;
	unsigned minor; /* of the version 1.x */
	bool keep_alive;
	bool expects_continue;
	bool chunked;
	bool has_length;
	uint64_t length_bytes; /* Content-Length, when has_length */
};

/* Why a request is not served. */
struct refusal {
	unsigned status;
	const char *error;   /* snake_code of the answer */
	const char *message; /* one sentence */
};

enum head_state { HEAD_INCOMPLETE, HEAD_COMPLETE, HEAD_REFUSED };

/* Looks for the end of the head in what has arrived so far, starting at the
 * request line. Sets *length to the bytes up to and including the empty line
 * when HEAD_COMPLETE. Bare LF and overlong heads are refused as soon as they
 * are seen, not at the time-out. */
enum head_state request_head_end(struct span bytes,
				 const struct request_limits *limits,
				 size_t *length, struct refusal *refusal);

/* Reads a complete head. Spans of *out point into `bytes`; the list of fields
 * is made in `arena`. */
bool request_head_parse(struct span bytes, const struct request_limits *limits,
			struct arena *arena, struct request_head *out,
			struct refusal *refusal);

/* First field of the name, without case. */
bool request_head_field(const struct request_head *head, const char *name,
			struct span *value);

/* All lines of a list field joined by commas (RFC 9110 5.3). A span with a NULL
 * pointer when absent. */
struct span request_head_list(const struct request_head *head,
			      const char *name, struct arena *arena);

/* RFC 9110 5.6.2. */
bool is_token_char(char c);

#endif /* OGMA_NET_REQUEST_HEAD_H */
