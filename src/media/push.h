/* push.h - a live stream to a server of RTMP: encoded sound goes in, pictures go
 * in, an ogma-media process of its own does the rest.
 *
 * That process alone may reach the network; it is used once and ended. It makes
 * the picture (H.264, two a second, one in four whole) and sends both with
 * libavformat. The server's certificate is checked for rtmps.
 *
 * Floor: 1 (media). Threads: one push belongs to one thread at a time; all calls
 * but media_push_open() return within the times they are given.
 */
#ifndef OGMA_MEDIA_PUSH_H
#define OGMA_MEDIA_PUSH_H

#include "media/media.h"

enum media_push_picture {
	MEDIA_PUSH_CARD,  /* 1280x720, the cover on its own colour */
	MEDIA_PUSH_COVER, /* 720x720, the cover alone */
	MEDIA_PUSH_NONE,  /* sound only */
};

struct media_push_args {
	const char *url;     /* rtmp or rtmps, with the key */
	const char *ca_file; /* certificates; NULL: the system's */
	enum media_push_picture picture;
};

struct media_push;

/* Starts to connect. STATUS_FULL, STATUS_UNAVAILABLE as for decoders. */
enum status media_push_open(struct media_pool *pool,
			    const struct media_push_args *args,
			    struct media_push **out, struct fault *fault);

/* STATUS_OK: the server takes what comes; STATUS_AGAIN_LATER: not yet, after
 * wait_ms. Any other: the connection ended or never came about, and why.
 * STATUS_DENIED: the server refuses the stream. */
enum status media_push_look(struct media_push *push, uint32_t wait_ms,
			    struct fault *fault);

/* One frame of AAC with its ADTS header. STATUS_AGAIN_LATER: nothing was taken
 * within wait_ms; others as above. */
enum status media_push_sound(struct media_push *push, struct span bytes,
			     uint32_t samples, uint32_t wait_ms,
			     struct fault *fault);

/* A JPEG, PNG or WebP to show from now on; empty: none. */
enum status media_push_show(struct media_push *push, struct span picture,
			    struct fault *fault);

void media_push_close(struct media_push *push); /* NULL is fine */

#endif /* OGMA_MEDIA_PUSH_H */
