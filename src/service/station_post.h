/* station_post.h - items of a queue that are posts at Telegram: what they are
 * called and whether they can be played, asked before they are put in.
 *
 * Floor: 4 (service). Threads: any; may block for some seconds.
 */
#ifndef OGMA_SERVICE_STATION_POST_H
#define OGMA_SERVICE_STATION_POST_H

#include "library/channel_queue.h"

struct telegram;

enum post_answer {
	POST_FINE,
	POST_NOT_CONFIGURED,
	POST_NOT_SIGNED_IN, /* or there is no library */
	POST_NO_LINK,	    /* the address is of no post */
	POST_GONE,	    /* there is none, or not for our account */
	POST_DENIED,	    /* its channel does not let it be saved */
	POST_SILENT,	    /* no sound in it */
	POST_DOWN,	    /* *fault says what is down */
};

/* Fills in the item's title ("Performer - Title") and duration where it has
 * none; arena-owned. An account that another process has is not asked: the post
 * is looked at when it is to be played. */
enum post_answer station_post_look(struct telegram *telegram,
				   struct queue_item *item,
				   struct arena *arena, struct fault *fault);

#endif /* OGMA_SERVICE_STATION_POST_H */
