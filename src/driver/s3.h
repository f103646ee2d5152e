/* s3.h - asking a server of the S3 protocol, on libcurl.
 *
 * Every request goes to a presigned address (AWS Signature Version 4, "Using
 * Query Parameters"), the same that is given to browsers: one way to sign, and
 * none of the headers have to be signed. The payload is not; TLS and the SHA-256
 * by which blobs are named look after it.
 *
 * Buckets are addressed by path (http://host/bucket/key), as small servers want
 * it, or by host name (https://bucket.host/key).
 *
 * A server that does not answer is left alone for S3_DOWN_MS: who asks meanwhile
 * is told at once, so that no thread waits for what is known to be down.
 *
 * Statuses: STATUS_NOT_FOUND, STATUS_CONFLICT and STATUS_OUT_OF_RANGE as the
 * server says; STATUS_UNSUPPORTED for what it does not know; STATUS_UNAVAILABLE
 * when it cannot be reached, is busy, refuses us, has no such bucket or fails. The
 * sentence has the server's own words, and never the secret.
 *
 * Floor: 2 (driver). Threads: a client may be used by many; an exchange belongs
 * to one at a time. Calls block; no wait is longer than timeout_ms without a
 * byte.
 */
#ifndef OGMA_DRIVER_S3_H
#define OGMA_DRIVER_S3_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/option.h"
#include "base/text.h"

#define S3_ETAG_BYTES 128
#define S3_DOWN_MS 3000
#define S3_PING_MS 2000
#define S3_PART_BYTES ((uint64_t)16 << 20) /* larger files go in parts */
#define S3_OBJECT_BYTES_MAX ((uint64_t)5 << 40)

struct s3_client;

/* Where a server is and how it knows us. */
struct s3_server {
	const char *endpoint; /* "https://s3.example.org", no path */
	const char *region;
	const char *access_key, *secret_key;
	const char *ca_file; /* certificates; NULL, "": the system's */
	bool path_style;     /* the bucket in the path, not in the host's name */
	uint32_t timeout_ms; /* 0: 15 s */
};

struct seal;

/* How buckets of any server are reached: what their rows leave out. NULL is as
 * all zeros. */
struct s3_access {
	struct s3_client *client; /* the server of the settings; NULL: none */
	const char *ca_file;      /* for servers that rows name; NULL, "": the
				   * system's */
	const struct seal *seal;  /* opens and seals secrets of rows */
};

/* The server that Ogma keeps its own things on. */
struct s3_settings {
	struct s3_server server; /* endpoint "": none */
	const char *bucket_tracks, *bucket_covers, *bucket_playlists,
		*bucket_temp;
	uint32_t presign_seconds;
};

extern const struct option s3_options[];

/* The settings are copied. Nothing is asked yet. STATUS_INVALID: the endpoint
 * is no http(s) address, or a key is missing. */
enum status s3_open(const struct s3_server *server, struct s3_client **out,
		    struct fault *fault);
void s3_close(struct s3_client *s3); /* NULL is fine; all exchanges ended */

/* One parameter of a query. */
struct s3_pair {
	const char *name, *value;
};

struct s3_request {
	const char *method; /* GET HEAD PUT POST DELETE */
	const char *bucket;
	const char *key;             /* NULL, "" : the bucket */
	const struct s3_pair *query; /* sorted by name, lower-case initials */
	size_t query_count;
	const char *range; /* "bytes=0-99", or NULL */
	bool ping;         /* tried once, and within S3_PING_MS */

	/* An ETag without quotes that the object must have, or NULL; and
	 * whether there must be none yet. STATUS_CONFLICT otherwise. */
	const char *if_match;
	bool if_none;

	/* The body of a PUT or POST: `text`, or from byte `first` of `fd`. */
	const char *content_type; /* or NULL */
	struct span text;
	int fd;
	uint64_t first, body_bytes;
};

/* Appends the address that answers this request for so many seconds (a week at
 * most). Pure. */
void s3_presign(const struct s3_client *s3, const struct s3_request *request,
		int64_t now_ms, uint32_t expires_s, struct buffer *out);

struct s3_head {
	uint64_t length_bytes; /* of what is coming */
	int64_t modified_ms;
	char etag[S3_ETAG_BYTES]; /* without quotes */
};

struct s3_exchange;

/* Sends the request and waits for the head of the answer (`head` may be NULL).
 * Tried three times, with pauses that grow, when the server is busy, fails or
 * refuses to be connected to: all requests may be repeated. The caller owns *out
 * and gives it back with s3_end(). */
enum status s3_begin(struct s3_client *s3, const struct s3_request *request,
		     struct s3_exchange **out, struct s3_head *head,
		     struct fault *fault);

/* The next bytes of the body; 0 is its end. No more is held than a quarter of a
 * MiB, however slowly it is read. */
enum status s3_read(struct s3_exchange *exchange, void *buffer,
		    size_t room_bytes, size_t *got_bytes, struct fault *fault);
void s3_end(struct s3_exchange *exchange); /* read to the end or not */

/* The whole of it; the body goes to *out (limit as the buffer has it), which may
 * be NULL when there is none to keep. */
enum status s3_ask(struct s3_client *s3, const struct s3_request *request,
		   struct s3_head *head, struct buffer *out,
		   struct fault *fault);

/* Sends a file under a name: in one PUT, or in parts of S3_PART_BYTES or more.
 * It is seen when all of it has come, or not at all. */
enum status s3_put(struct s3_client *s3, const char *bucket, const char *key,
		   int fd, uint64_t size_bytes, const char *content_type,
		   struct fault *fault);

/* Whether it answered when it was asked last. Costs nothing. */
bool s3_answers(struct s3_client *s3);

/* What is not there is STATUS_OK. */
enum status s3_remove(struct s3_client *s3, const char *bucket,
		      const char *key, struct fault *fault);

/* Whether it answers now, and has the bucket; soon, or not at all. */
enum status s3_ping(struct s3_client *s3, const char *bucket,
		    struct fault *fault);

/* Asks for the first name in it: the bucket exists and may be read. */
enum status s3_bucket_check(struct s3_client *s3, const char *bucket,
			    struct fault *fault);

/* STATUS_NOT_FOUND: there is none of that name. */
enum status s3_bucket_find(struct s3_client *s3, const char *bucket,
			   struct fault *fault);

/* Makes it, if it is not there. */
enum status s3_bucket_make(struct s3_client *s3, const char *bucket,
			   struct fault *fault);

/* ---- lists ---- */

struct s3_object {
	const char *key, *etag; /* valid during the call */
	uint64_t size_bytes;
	int64_t modified_ms;
};

/* Called for each object, in the order of the keys' bytes; a status other than
 * OK ends the list with it. */
typedef enum status s3_visit(void *cookie, const struct s3_object *object,
			     struct fault *fault);

/* All objects whose key begins with `prefix` and comes after `after` (either may
 * be ""), in pages of a thousand (ListObjectsV2). With a delimiter ("/"), those
 * that have it behind the prefix are left out. */
enum status s3_list(struct s3_client *s3, const char *bucket,
		    const char *prefix, const char *after,
		    const char *delimiter, s3_visit *visit, void *cookie,
		    struct fault *fault);

/* Drops the parts of uploads that were begun before that time and never ended,
 * as those of a process that was killed. *count grows by how many. */
enum status s3_uploads_drop(struct s3_client *s3, const char *bucket,
			    int64_t before_ms, int64_t *count,
			    struct fault *fault);

/* ---- reading what servers say; pure ---- */

/* A page of a list: `token` gets what continues it, empty at the end.
 * STATUS_CORRUPT when it is no list. */
enum status s3_list_parse(struct span xml, s3_visit *visit, void *cookie,
			  struct buffer *token, struct fault *fault);

/* A list of uploads that were begun: `etag` is an upload's id, `modified_ms` when
 * it was begun. */
enum status s3_uploads_parse(struct span xml, s3_visit *visit, void *cookie,
			     struct fault *fault);

/* The code and the sentence of an error's body; false: it is none. */
bool s3_error_parse(struct span xml, struct buffer *code,
		    struct buffer *message);

/* The text of the first element of that name in an answer that is no error;
 * false: there is none. */
bool s3_element_parse(struct span xml, const char *name, struct buffer *out);

#endif /* OGMA_DRIVER_S3_H */
