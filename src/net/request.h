/* request.h - the inside of a request, for the files of net/ alone.
 *
 * Ownership moves: the loop owns a request until on_request() returns, its
 * handler until http_answer_*(), then the loop again. What both sides may touch
 * at any time is marked. A request outlives its connection when the client
 * goes away first: `connection` is then NULL and `gone` set.
 *
 * Floor: 1 (net).
 */
#ifndef OGMA_NET_REQUEST_H
#define OGMA_NET_REQUEST_H

#include <stdatomic.h>

#include "net/address.h"
#include "net/http.h"
#include "net/loop.h"
#include "net/message.h"
#include "net/request_head.h"
#include "net/takeover.h"

#define REQUEST_ID_BYTES 65
#define ANSWER_PARTS_MAX 16

struct connection;
struct far_body;
struct shard;

/* One range of a file with the bytes that go before it. */
struct answer_part {
	struct span before;
	uint64_t first_byte, length_bytes;
};

/* What goes to the client: `out`, then `body`, then the parts of the file or
 * what the source gives. Made by the handler's thread, sent by the loop. */
struct answer {
	unsigned status; /* 0: not answered yet */
	struct buffer out; /* the head, and small bodies behind it */
	size_t head_bytes; /* of out */
	struct span body;
	char *body_owned; /* freed after; NULL when the body is borrowed */
	int fd;   /* -1: none */
	bool far; /* fd is that of a far file */
	struct answer_part *parts;
	size_t part_count;
	struct span trailer; /* after the last part */
	struct http_source source; /* read == NULL: none */
	bool chunked;
	const struct http_takeover *takeover; /* NULL: none, or given away */
	void *taker;
};

struct http_request {
	struct loop_task answer_task; /* posted once, by the answer */
	struct loop_task wake_task;   /* posted by wakes, one at a time */
	atomic_bool wake_posted;      /* any thread */
	atomic_bool gone;             /* any thread */
	atomic_uint references;       /* the life itself, and a posted wake */

	struct loop *loop;   /* holds a reference */
	struct shard *shard; /* loop only */
	struct connection *connection; /* loop only */
	struct http_request *next_free;

	struct request_head head;
	struct message message;
	struct arena arena;
	char id[REQUEST_ID_BYTES];
	char address[ADDRESS_TEXT_BYTES]; /* of the client, after proxies */
	char peer[ADDRESS_TEXT_BYTES];    /* of who is connected */
	void *data;
	int64_t begun_us;

	struct http_plan plan;
	struct buffer body;
	uint64_t body_bytes; /* received */
	bool body_paused;
	bool body_dropped; /* answered by on_head: only read past it */

	bool keep_alive; /* set before handlers see the request */
	bool in_callback;
	bool answered; /* loop only: the answer has come back */

	struct buffer fields; /* of the coming answer */
	struct span etag;     /* with quotes and W/; NULL: none */
	struct answer answer;

	/* How far sending is; loop only. */
	size_t out_sent, body_sent, part, before_sent, trailer_sent;
	uint64_t part_sent;
	struct buffer stage; /* made by the source, not yet taken */
	size_t stage_sent;
	int64_t source_left; /* of a known length */
	bool source_ended;
	bool corked;
	struct far_body *far; /* NULL: nothing was asked yet */
	uint64_t sent_bytes; /* in all, with the head */
};

struct http_request *request_new(struct shard *shard,
				 struct connection *connection);

/* Gives back what the answer holds and ends the life of the request. The shard
 * keeps a few for reuse. On the loop, or anywhere when the loop has ended. */
void request_end(struct http_request *request);
void request_unref(struct http_request *request);
void request_free(struct http_request *request); /* one not in use */

/* The answer is complete: hands the request back to its loop. Nothing of it may
 * be touched after. */
void request_submit(struct http_request *request);

/* Answers that the protocol itself gives. */
void request_refuse(struct http_request *request,
		    const struct refusal *refusal);

/* ---- building heads (answer.c) ------------------------------------------ */

void answer_head_begin(struct http_request *request, unsigned status);
void answer_head_field(struct http_request *request, const char *name,
		       const char *value);
void answer_head_number(struct http_request *request, const char *name,
			uint64_t value);
/* Adds the handler's fields and the empty line. */
void answer_head_end(struct http_request *request);

/* True when an answer of that status to this request has no body. */
bool answer_is_bodiless(const struct http_request *request, unsigned status);

const char *status_reason(unsigned status);

/* ---- sending (transmit.c) ----------------------------------------------- */

enum transmit_result {
	TRANSMIT_DONE,
	TRANSMIT_BLOCKED, /* the client has to take some first */
	TRANSMIT_WAIT,    /* the source has to give some first */
	TRANSMIT_YIELD,   /* others are to have their turn */
	TRANSMIT_FAILED,  /* cut the connection */
};

/* Sends as much as goes. Sets *progress when the client took anything. `room`
 * is the loop's scratch memory for sources. */
enum transmit_result transmit(struct http_request *request, int fd,
			      struct span room, bool *progress);

#endif /* OGMA_NET_REQUEST_H */
