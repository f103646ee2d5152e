/* broadcast.h - one stream of bytes to any number of listeners.
 *
 * A mount is a ring of blocks that one thread writes and all event loops send
 * from. A block lies in memory once, however many listeners get it; a listener
 * is a place in the ring and its connection (net/takeover.h). New listeners
 * begin at a join point some way back (the burst), so that their player has
 * something to start with. Who falls out of the ring goes on at the newest join
 * point; who takes nothing for stall_ms is cut off; the others feel nothing of
 * it.
 *
 * Listeners that asked for it get titles between the bytes, as SHOUTcast's
 * protocol has it ("ICY"): after every BROADCAST_METAINT bytes one byte with the
 * length of what follows in units of 16, then StreamTitle='…'; padded with NULs.
 * Length 0: the title is the one before.
 *
 * Threads: broadcast_write(), _begin(), _title() and _end() from one thread at
 * a time; broadcast_join() from any; `ended` of a listener comes on its loop.
 *
 * Floor: 1 (net). Measured: docs/decisions/0016-live-broadcast.md.
 */
#ifndef OGMA_NET_BROADCAST_H
#define OGMA_NET_BROADCAST_H

#include <stdatomic.h>

#include "net/http.h"

#define BROADCAST_METAINT 16000
#define BROADCAST_META_MAX 4080

struct broadcast;

struct broadcast_args {
	size_t ring_bytes;  /* how far back a listener may be */
	size_t burst_bytes; /* how far back a new one begins; less than the
			     * ring */
	uint32_t stall_ms;  /* who takes nothing for so long is cut off */
};

/* One reference, the writer's. */
struct broadcast *broadcast_new(const struct broadcast_args *args);

enum broadcast_flag {
	BROADCAST_JOIN = 1, /* a listener may begin with this block */
};

/* Bytes that go out together: whole frames or pages. Copied. */
void broadcast_write(struct broadcast *mount, const void *bytes, size_t count,
		     unsigned flags);

/* A stream begins, perhaps anew, with these bytes (the header pages of Ogg).
 * Who listens gets them now, who comes gets them first, and nobody gets anything
 * from before after them. Copied. */
void broadcast_begin(struct broadcast *mount, const void *bytes,
		     size_t count);

/* What plays in the blocks written from here on; UTF-8, cut at
 * BROADCAST_META_MAX. A listener sees it when it gets there. */
void broadcast_title(struct broadcast *mount, const char *title);

/* Listeners get what was written and are then closed. Drops the writer's
 * reference. */
void broadcast_end(struct broadcast *mount);

enum broadcast_reason {
	BROADCAST_LEFT,	   /* the listener closed, or its network did */
	BROADCAST_STALLED, /* took nothing for stall_ms */
	BROADCAST_ENDED,   /* the stream did, or the server */
	BROADCAST_DROPPED, /* it was unwanted */
	BROADCAST_NEVER,   /* gone before anything was sent */
};

struct broadcast_listening {
	enum broadcast_reason reason;
	int64_t listened_ms;
	uint64_t sent_bytes; /* of the stream, with its titles */
	uint32_t skips;	     /* times it fell out of the ring */
};

/* What others see of a listener, and may wish of it, until `ended` came. */
struct broadcast_handle {
	atomic_uint_least64_t sent_bytes;
	atomic_bool unwanted; /* it is closed with the next block */
};

struct broadcast_listener_args {
	bool titles; /* it sent "Icy-MetaData: 1" */
	struct broadcast_handle *handle; /* may be NULL */

	/* Once, in every case in which broadcast_join() said STATUS_OK. Must
	 * not block. May be NULL. */
	void (*ended)(void *cookie, const struct broadcast_listening *how);
	void *cookie;
};

/* Answers the request with status 200, the fields added so far and, with titles,
 * "icy-metaint"; the connection is a listener from then on. The request must be
 * a GET. STATUS_FULL with field "channel" when `most` listen already (0: no
 * limit), STATUS_NOT_FOUND when the mount has ended: not answered then. */
enum status broadcast_join(struct broadcast *mount,
			   struct http_request *request, uint32_t most,
			   const struct broadcast_listener_args *args,
			   struct fault *fault);

uint32_t broadcast_listeners(const struct broadcast *mount);

/* A reference, for who joins while the writer may end it. */
void broadcast_hold(struct broadcast *mount);
void broadcast_drop(struct broadcast *mount);

/* "StreamTitle='…';" with its length byte and padding; a pure function.
 * Quotes of the title become typographic ones, controls blanks. */
void broadcast_meta_print(const char *title, struct buffer *out);

#endif /* OGMA_NET_BROADCAST_H */
