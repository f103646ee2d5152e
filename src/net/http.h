/* http.h - an HTTP/1.1 server: event loops in, requests and answers out.
 *
 * One event loop per core (epoll, SO_REUSEPORT), each owning its sockets. The
 * protocol state machine is llhttp in strict mode; what llhttp lets through
 * and RFC 9112 forbids is refused by our own checks (both length headers, bare
 * LF, obs-fold, …). Who writes handlers reads this file only; the loop is in
 * net/loop.c, one connection in net/connection.c.
 *
 * Life of a request: on_head (loop thread, says what to do with the body) →
 * body → on_request (loop thread) → exactly one http_answer_*() now or later
 * from any thread → on_done (loop thread) → the request is gone. Nothing of a
 * request may be touched after its answer.
 *
 * Threads: callbacks run on a loop thread and must not block: hand blocking
 * work to a worker_pool and answer from there. A request belongs to one thread
 * at a time. http_answer_*() and http_source_wake() may be called from any.
 *
 * Floor: 1 (net). Includes base/ only; knows nothing of routes or tracks.
 * Sources: RFC 9110 (semantics), RFC 9112 (HTTP/1.1), RFC 6585 (431).
 */
#ifndef OGMA_NET_HTTP_H
#define OGMA_NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/option.h"
#include "base/text.h"

struct http_server;
struct http_request;

enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_PUT,
	HTTP_PATCH,
	HTTP_DELETE,
	HTTP_OPTIONS,
	HTTP_SOURCE, /* Icecast's old source method */
	HTTP_METHOD_OTHER,
};

struct http_settings {
	const char *host;
	uint32_t port;
	uint32_t loops;                  /* 0: one per core */
	uint32_t connections_max;        /* in all */
	uint32_t connections_per_address_max;
	uint32_t head_limit_bytes;       /* 16 KiB */
	uint32_t fields_max;             /* 100 */
	uint32_t head_timeout_ms;        /* first byte to end of head */
	uint32_t body_timeout_ms;        /* without any progress */
	uint32_t idle_timeout_ms;        /* keep-alive between requests */
	uint32_t write_timeout_ms;       /* client takes nothing for so long */
	const char *trusted_proxies;     /* addresses whose X-Forwarded-For
					  * counts, comma separated */
};

extern const struct option http_options[];

/* What to do with the request's body; filled by on_head, preset to refuse any
 * body (413). */
struct http_plan {
	uint64_t body_limit_bytes; /* 413 above it; 0: no body allowed */

	/* NULL: the body is gathered in memory, see http_request_body().
	 * Else called on the loop for each piece; a status other than OK ends
	 * the request with 4xx/5xx by http_answer_fault(). */
	enum status (*body_write)(struct http_request *request,
				  const void *bytes, size_t count,
				  struct fault *fault);
};

struct http_server_args {
	const struct http_settings *settings; /* borrowed */
	void *cookie;

	/* May answer at once (401, 404, 405, …); the body is then skipped or
	 * the connection closed. */
	void (*on_head)(void *cookie, struct http_request *request,
			struct http_plan *plan);
	void (*on_request)(void *cookie, struct http_request *request);

	/* After the last byte left or the client went away. `sent_bytes` is of
	 * the body. Also called for heads that were refused before on_head
	 * (method HTTP_METHOD_OTHER, empty path). */
	void (*on_done)(void *cookie, struct http_request *request,
			unsigned status, uint64_t sent_bytes,
			int64_t took_us);
};

/* Binds and starts the loops. port 0 picks a free one: http_server_port(). */
enum status http_server_open(const struct http_server_args *args,
			     struct http_server **out, struct fault *fault);
uint16_t http_server_port(const struct http_server *server);

/* Stops accepting, lets running answers finish for at most drain_ms, ends the
 * loops. No callback runs after it returns. */
void http_server_close(struct http_server *server, uint32_t drain_ms);

/* Connections open now. */
uint32_t http_server_connections(const struct http_server *server);

/* ---- reading a request ------------------------------------------------ */

enum http_method http_request_method(const struct http_request *request);
const char *http_method_name(enum http_method method);

/* As sent: percent-encoded, starting with "/"; without "?" and query. */
struct span http_request_path(const struct http_request *request);
struct span http_request_query(const struct http_request *request);

/* First field of that name, compared without case; false when absent. */
bool http_request_field(const struct http_request *request, const char *name,
			struct span *value);
struct span http_request_body(const struct http_request *request);

/* The client's address as text, after trusted proxies. */
const char *http_request_address(const struct http_request *request);

/* From a well-formed X-Request-Id, or made; also sent back. */
const char *http_request_id(const struct http_request *request);

/* Memory that lives as long as the request. */
struct arena *http_request_arena(struct http_request *request);

/* A pointer for the floor above (its route match). */
void http_request_set_data(struct http_request *request, void *data);
void *http_request_data(const struct http_request *request);

/* True once the client has gone: work for it may stop early. Any thread. */
bool http_request_gone(const struct http_request *request);

/* ---- parts of a target and of forms: pure functions -------------------- */

/* Percent-decodes (RFC 3986 2.1); `plus_is_blank` for queries and forms.
 * STATUS_INVALID on a bad escape, NUL, or bytes that are not UTF-8. */
enum status http_decode(struct span text, bool plus_is_blank,
			struct arena *arena, struct span *out,
			struct fault *fault);

/* Value of one query parameter, decoded; STATUS_NOT_FOUND when absent. */
enum status http_query_get(struct span query, const char *name,
			   struct arena *arena, const char **out,
			   struct fault *fault);

/* ---- answering ---------------------------------------------------------- */

/* Fields added to the coming answer. Values are checked: no CR, LF, NUL. */
void http_answer_field(struct http_request *request, const char *name,
		       const char *value);

/* An ETag without quotes, for the coming bytes answer of a GET or HEAD with
 * status 200: If-None-Match is then answered with 304. */
void http_answer_etag(struct http_request *request, const char *etag,
		      bool weak);

/* Copied. gzip'ed when over 1 KiB, of a text type and accepted. */
void http_answer_bytes(struct http_request *request, unsigned status,
		       const char *content_type, struct span body);

/* The same without the copy: takes the buffer's bytes. */
void http_answer_buffer(struct http_request *request, unsigned status,
			const char *content_type, struct buffer *body);

/* Bytes that live as long as the program (embedded files); `encoding` is
 * "gzip", "br" or NULL for the form they are in. */
void http_answer_static(struct http_request *request, unsigned status,
			const char *content_type, const char *encoding,
			struct span body);
void http_answer_empty(struct http_request *request, unsigned status);

/* A file, by sendfile(). Answers HEAD, conditions (If-Match, If-None-Match,
 * If-Modified-Since, If-Unmodified-Since, If-Range) and ranges (one, several,
 * suffix; 206, 416) as RFC 9110 13 and 14. Takes the descriptor. */
struct http_file {
	int fd;
	uint64_t first_byte; /* of the file: where the representation starts */
	uint64_t size_bytes; /* of the representation */
	const char *content_type;
	const char *etag;    /* strong, without quotes; NULL: none */
	int64_t modified_ms; /* Unix; 0: unknown */
};
void http_answer_file(struct http_request *request,
		      const struct http_file *file);

/* A body that is made while it is sent. `read` runs on the loop, must not
 * block, and returns the bytes written to `room`, 0 at the end, or one of:
 * HTTP_SOURCE_WAIT: nothing now; http_source_wake() will be called;
 * HTTP_SOURCE_FAILED: the connection is cut so that the client notices. */
#define HTTP_SOURCE_WAIT ((ssize_t)-1)
#define HTTP_SOURCE_FAILED ((ssize_t)-2)

struct http_source {
	ssize_t (*read)(void *cookie, void *room, size_t room_bytes);
	void (*release)(void *cookie); /* once, on the loop, in every case */
	void *cookie;
	int64_t length_bytes; /* -1: unknown, sent chunked */
	const char *content_type;
};
void http_answer_source(struct http_request *request, unsigned status,
			const struct http_source *source);

/* The request of a running source has bytes again. Any thread; harmless after
 * the request ended as long as release() was not yet called. */
void http_source_wake(struct http_request *request);

#endif /* OGMA_NET_HTTP_H */
