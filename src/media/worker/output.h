/* output.h - samples to another encoding, written to a file or a pipe.
 *
 * Headers are right from the first byte when the length is known beforehand;
 * in a regular file they are written again at the end, when all is known.
 *
 *	mp3	own ID3v2 and Xing/LAME header, then the encoder's frames
 *	wav	own header; raw samples
 *	others	libavformat's muxers
 *
 * Floor: 1 (media); ogma-media only.
 */
#ifndef OGMA_MEDIA_WORKER_OUTPUT_H
#define OGMA_MEDIA_WORKER_OUTPUT_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/audio_fifo.h>
#include <libswresample/swresample.h>

#include "media/worker/worker.h"

/* What is known of the source. */
struct output_source {
	int sample_rate, channels, bit_depth; /* depth 0: lossy */
	int64_t samples; /* that will come, in its rate; 0: unknown */
	const char *title, *artist, *album;
};

/* Asked between frames, and when something has come on the socket while the
 * output waits; false stops with STATUS_CANCELLED. */
typedef bool output_go_on(void *cookie);

struct sound_output {
	const struct media_target *target;
	struct output_source source;
	int fd;
	bool is_file;
	int socket; /* of the server */
	output_go_on *go_on;
	void *cookie;
	enum status write_status; /* of the sink; a muxer only says "error" */
	int write_error;
	uint64_t at, end; /* where it writes; how long the output is */

	AVCodecContext *codec;
	AVFormatContext *format; /* NULL: mp3, wav, raw */
	AVIOContext *io;
	SwrContext *resampler;
	AVChannelLayout in_layout;
	int in_rate, in_format;
	AVAudioFifo *fifo;
	AVFrame *frame;
	AVPacket *packet;
	uint64_t samples; /* taken by the encoder */

	/* mp3 */
	uint64_t frames, first_frame_at;
	uint8_t frame_header[4];
	uint32_t *frame_places; /* for the table of contents */
	uint64_t frame_room;
};

enum status output_open(struct sound_output *output,
			const struct media_target *target,
			const struct output_source *source, int fd, int socket,
			output_go_on *go_on, void *cookie,
			struct fault *fault);
enum status output_add(struct sound_output *output, const AVFrame *frame,
		       struct fault *fault);

/* Encodes what is left and completes the headers. */
enum status output_finish(struct sound_output *output, struct fault *fault);
void output_close(struct sound_output *output);

#endif /* OGMA_MEDIA_WORKER_OUTPUT_H */
