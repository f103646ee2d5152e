/* card.h - the picture that goes with sound to a server of RTMP.
 *
 * Floor: 1 (media); ogma-media only.
 */
#ifndef OGMA_MEDIA_WORKER_CARD_H
#define OGMA_MEDIA_WORKER_CARD_H

#include <libavutil/frame.h>

#include "media/push.h"

void card_size(enum media_push_picture picture, int *width, int *height);

/* Draws a cover into a YUV 4:2:0 frame of that size; an empty or bad one: a
 * still of its own. */
enum status card_draw(AVFrame *frame, enum media_push_picture picture,
		      struct span cover, struct fault *fault);

#endif /* OGMA_MEDIA_WORKER_CARD_H */
