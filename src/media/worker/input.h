/* input.h - the sound of a file as frames of samples, from any moment on, with
 * delay and padding cut off.
 *
 * Floor: 1 (media); ogma-media only.
 */
#ifndef OGMA_MEDIA_WORKER_INPUT_H
#define OGMA_MEDIA_WORKER_INPUT_H

#include <libavcodec/avcodec.h>

#include "media/worker/libav.h"
#include "media/worker/worker.h"

struct sound_input {
	struct libav_input file;
	AVCodecContext *codec;
	AVPacket *packet;
	AVFrame *frame;
	bool draining;
	bool have_frame;      /* decoded during a seek, not given out yet */
	int64_t skip_samples; /* still to drop before the wanted moment */
	int64_t left_samples; /* until the end; -1: whatever comes */
};

/* Opens the file so that the first sample is that of offset_ms. Close after any
 * result. STATUS_OUT_OF_RANGE when offset_ms is past the end. */
enum status input_open(struct sound_input *input, int fd,
		       const struct probe_layout *layout,
		       const struct media_facts *facts, int64_t offset_ms,
		       struct fault *fault);
/* The same for a pipe, from wherever it is. */
enum status input_open_stream(struct sound_input *input, int fd,
			      const char *demuxer, libav_wait *wait,
			      void *cookie, struct fault *fault);
void input_close(struct sound_input *input);

/* The next samples, in input->frame until the next call. STATUS_OUT_OF_RANGE at
 * the end. Packets that cannot be decoded are passed over. */
enum status input_next(struct sound_input *input, struct fault *fault);

#endif /* OGMA_MEDIA_WORKER_INPUT_H */
