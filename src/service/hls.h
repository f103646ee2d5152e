/* hls.h - the last segments of a live stream, for HTTP Live Streaming.
 *
 * Segments are fragments of MP4 as the encoder gives them. The list names the
 * newest HLS_LISTED; those before stay a while for who is late. When the header
 * comes again the stream begins anew, which the list says (a discontinuity).
 * Numbers of segments start from the clock, so that they grow over restarts.
 *
 * Who listens is an address and an agent; he has left when he asked for nothing
 * for HLS_AWAY_MS.
 *
 * Floor: 4 (service). Threads: any. Measured and decided in
 * docs/decisions/0016-live-broadcast.md. Source: RFC 8216.
 */
#ifndef OGMA_SERVICE_HLS_H
#define OGMA_SERVICE_HLS_H

#include "net/http.h"

#define HLS_LISTED 6
#define HLS_KEPT 12
#define HLS_AWAY_MS 9000  /* a little over two segments */
#define HLS_WAIT_MS 12000 /* a list that has no segment yet */
#define HLS_TYPE "application/vnd.apple.mpegurl"

struct hls;

struct hls *hls_new(int64_t now_ms);

/* Answers those who still wait. Nobody calls it any more. NULL is fine. */
void hls_free(struct hls *hls);

void hls_header(struct hls *hls, struct span bytes);
void hls_segment(struct hls *hls, struct span bytes, uint32_t samples,
		 uint32_t rate);

/* Answers with the list; when there is no segment yet, as soon as there is, or
 * with 503 when none came for HLS_WAIT_MS (told by hls_sweep()). `query` goes
 * behind each address in it ("?sig=…"; "": none). */
void hls_answer_list(struct hls *hls, struct http_request *request,
		     const char *query, int64_t now_ms);

/* "init-0.mp4" or "123.m4s". Not answered: STATUS_NOT_FOUND. *bytes: how many
 * went out. */
enum status hls_answer_file(struct hls *hls, const char *name,
			    struct http_request *request, size_t *bytes,
			    struct fault *fault);

/* The list as it is now; false: there is no segment yet. */
bool hls_print(struct hls *hls, const char *query, struct buffer *out);

/* ---- who listens ---- */

struct hls_listener {
	int64_t id; /* of his first visit */
	int64_t user_id;
	int64_t started_ms, asked_ms; /* Unix */
	uint64_t bytes;
	const char *address, *agent;
	bool dismissed;
	struct hls_listener *next; /* the list's */
};

struct hls_visit {
	int64_t id, user_id; /* the id of who is not there yet */
	const char *address;
	struct span agent;
	size_t bytes;
	int64_t now_ms;
};

/* Somebody asked for something; true: he was not there before. */
bool hls_visit(struct hls *hls, const struct hls_visit *visit);
bool hls_knows(struct hls *hls, const char *address, struct span agent);
uint32_t hls_listeners(struct hls *hls);

/* Copies of them, of the arena; without those sent away. */
void hls_listener_list(struct hls *hls, struct arena *arena,
		       struct hls_listener **out, size_t *count);

/* He listens no more: for HLS_AWAY_MS hls_refuses() says so of him, until
 * hls_sweep() takes him out. False: there is none. */
bool hls_dismiss(struct hls *hls, int64_t id, int64_t now_ms);
bool hls_refuses(struct hls *hls, const char *address, struct span agent);

/* Takes out those who have left (`all`: everybody), as a list the caller frees
 * one by one with free(); and answers who has waited too long for a list. */
struct hls_listener *hls_sweep(struct hls *hls, int64_t now_ms, bool all);

#endif /* OGMA_SERVICE_HLS_H */
