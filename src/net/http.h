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
 * Requests of one connection are answered one after the other, in order. What
 * is wrong with the protocol itself (400, 408, 413, 414, 417, 431, 501, 505) is
 * answered here with the error JSON of the API, and the connection closed.
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
					  * counts, comma separated; or
					  * networks, 10.0.0.0/8 */
	const char *tcp_congestion;      /* "" or NULL: the system's */
};

extern const struct option http_options[];

/* What to do with the request's body; filled by on_head, preset to refuse any
 * body (413). */
struct http_plan {
	uint64_t body_limit_bytes; /* 413 above it; 0: no body allowed */

	/* NULL: the body is gathered in memory, see http_request_body().
	 * Else called on the loop for each piece (at most 64 KiB); a status
	 * other than OK ends the request with 4xx/5xx by http_answer_fault().
	 * It may call http_body_pause() when a worker is to write the piece,
	 * which it then has to copy; the worker resumes the body, or answers:
	 * nothing more is read then, and the connection closed. */
	enum status (*body_write)(struct http_request *request,
				  const void *bytes, size_t count,
				  struct fault *fault);

	/* The body has no end that is waited for, as a source client's: the
	 * request is dispatched behind its head, nothing of the body is read,
	 * and no 100 is sent. The handler takes the connection over
	 * (takeover.h); any other answer is the last of the connection. */
	bool is_stream;
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
	 * (method HTTP_METHOD_OTHER, empty path), and with status 499 when
	 * the client had gone before there was an answer. A request that is
	 * with its handler is not done before the handler answers it. */
	void (*on_done)(void *cookie, struct http_request *request,
			unsigned status, uint64_t sent_bytes,
			int64_t took_us);
};

/* Binds and starts the loops. port 0 picks a free one: http_server_port(). */
enum status http_server_open(const struct http_server_args *args,
			     struct http_server **out, struct fault *fault);
uint16_t http_server_port(const struct http_server *server);

/* Stops accepting, lets running answers finish for at most drain_ms, ends the
 * loops. No callback runs after it returns; a handler that still holds a
 * request may answer it (to nobody), and a source of such an answer is released
 * on the handler's own thread. */
void http_server_close(struct http_server *server, uint32_t drain_ms);

/* Connections open now. */
uint32_t http_server_connections(const struct http_server *server);

/* ---- reading a request ------------------------------------------------ */

enum http_method http_request_method(const struct http_request *request);
const char *http_method_name(enum http_method method);

/* As sent: percent-encoded, starting with "/"; without "?" and query. The one
 * exception is "OPTIONS *". The authority of an absolute address is left out */
struct span http_request_path(const struct http_request *request);
struct span http_request_query(const struct http_request *request);

/* First field of that name, compared without case; false when absent. */
bool http_request_field(const struct http_request *request, const char *name,
			struct span *value);
struct span http_request_body(const struct http_request *request);

/* The client's address as text, after trusted proxies. */
const char *http_request_address(const struct http_request *request);

/* Who is connected: the client, or the proxy nearest to us. */
const char *http_request_peer(const struct http_request *request);

/* From a well-formed X-Request-Id, or made; also sent back. */
const char *http_request_id(const struct http_request *request);

/* Memory that lives as long as the request. */
struct arena *http_request_arena(struct http_request *request);

/* A pointer for the floor above (its route match). */
void http_request_set_data(struct http_request *request, void *data);
void *http_request_data(const struct http_request *request);

/* True once the client has gone, or has closed its sending side, which cannot be
 * told apart: work for it may stop early. Any thread, until the answer. */
bool http_request_gone(const struct http_request *request);

/* Weight 0..1000 the client gives a content coding, from Accept-Encoding;
 * to choose between the stored forms of a static answer. */
unsigned http_request_accepts(struct http_request *request,
			      const char *coding);

/* In body_write() only: no more pieces until http_body_resume(), which any
 * thread calls exactly once unless it answers. The request stays in between even when the client
 * goes away; on_done comes after. */
void http_body_pause(struct http_request *request);
void http_body_resume(struct http_request *request);

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

/* Cuts the next name=value pair off *rest, both still encoded; false at the end.
 * For parameters that repeat, and for urlencoded forms. */
bool http_query_next(struct span *rest, struct span *name, struct span *value);

/* ---- answering ---------------------------------------------------------- */

/* Fields added to the coming answer. Values are checked: no CR, LF, NUL. */
void http_answer_field(struct http_request *request, const char *name,
		       const char *value);

/* Takes back all fields of that name added so far. */
void http_answer_field_drop(struct http_request *request, const char *name);

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

/* The status a fault becomes:
 *	NOT_FOUND 404, CONFLICT 409, INVALID 422 (400 when it names no field),
 *	UNAUTHENTICATED 401, DENIED 403, FULL 507 (409 when it names what is
 *	full: the disk has no name), TOO_LARGE 413, OUT_OF_RANGE 416,
 *	AGAIN_LATER 503 (429 when it names whose limit is reached),
 *	UNAVAILABLE, TIMED_OUT, CANCELLED 503, UNSUPPORTED 415,
 *	CORRUPT 422 when it names a field; all else 500. */
unsigned http_status_of_fault(const struct fault *fault);

/* {"error","message","details","request_id"}; 429 and 503 with Retry-After.
 * details: [{"field","message"}] for 422, {"service"} for 503, {"field"} when
 * the fault names one otherwise, else null. */
void http_answer_fault(struct http_request *request,
		       const struct fault *fault);
void http_answer_problem(struct http_request *request, unsigned status,
			 const char *error, const char *message);

/* A file, by sendfile(), or a far one (base/ranged.h). Answers HEAD, conditions (If-Match, If-None-Match,
 * If-Modified-Since, If-Unmodified-Since, If-Range) and ranges (one, several,
 * suffix; 206, 416) as RFC 9110 13 and 14. Takes the descriptor. More than 16
 * ranges, or more than two that overlap, get the whole file. When the file
 * turns out shorter than size_bytes, or cannot be read, the connection is cut. */
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
 * the request ended as long as release() was not yet called. A source that
 * waits when the client has gone (http_request_gone()) is released at once. */
void http_source_wake(struct http_request *request);

#endif /* OGMA_NET_HTTP_H */
