/* push_private.h - the parts of push.c among themselves.
 *
 *	push.c          which pushes run, and the thread of each
 *	push_icecast.c  a sink: source of an Icecast server
 *	push_rtmp.c     a sink: publisher to an RTMP server
 *
 * Lock order: `lock` of pushes, then the programme's, then a run's queue_lock. A
 * sink belongs to its run's thread and takes no lock but by the functions here.
 */
#ifndef OGMA_SERVICE_PUSH_PRIVATE_H
#define OGMA_SERVICE_PUSH_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "library/channel_pushes.h"
#include "service/push.h"

#define PUSH_CONNECT_MS 15000
#define PUSH_SEND_MS 10000 /* a server that takes nothing for so long is lost */
#define PUSH_SLICE_MS 200  /* how soon a wait hears that it should end */

/* One encoded packet on its way. */
struct push_packet {
	struct push_packet *next;
	uint32_t samples;
	size_t length;
	char bytes[];
};

struct push_run;

struct push_sink {
	/* Until the server takes sound. STATUS_DENIED: it refuses who we are. */
	enum status (*open)(struct push_run *run, struct fault *fault);
	enum status (*send)(struct push_run *run,
			    const struct push_packet *packet,
			    struct fault *fault);
	/* Tells what plays; failing is no reason to stop. */
	void (*playing)(struct push_run *run, const char *title,
			int64_t track_id);
	/* After open, whatever came of it. */
	void (*close)(struct push_run *run);
};

struct push_run {
	struct push_run *next;
	struct pushes *pushes;
	struct arena arena; /* of `row` and `name` */
	struct channel_push row;
	const char *name; /* as the other server shows it */
	const char *secret; /* the row's, opened; NULL: none */
	enum media_live_format format;
	const struct push_sink *sink;
	void *connection; /* the sink's */
	pthread_t thread;
	struct live_sound sound;
	atomic_bool stopped;

	/* Guarded by pushes->lock. */
	struct programme_tap *tap;
	struct push_view view;
	char *title;
	int64_t track_id;
	uint64_t titles; /* how many there were */
	bool done;       /* the thread has ended, or never began */

	pthread_mutex_t queue_lock;
	pthread_cond_t queue_wake;
	struct push_packet *queue, **queue_end;
	size_t queue_bytes;
	bool overrun, tap_failed;
};

struct pushes {
	struct pushes_args args;
	pthread_mutex_t lock;
	pthread_cond_t wake; /* to the keeper */
	pthread_t keeper;
	bool closing, changed;
	struct push_channel *channels;
	struct push_run *leaving; /* to be joined */
};

extern const struct push_sink push_sink_icecast, push_sink_rtmp;

#endif /* OGMA_SERVICE_PUSH_PRIVATE_H */
