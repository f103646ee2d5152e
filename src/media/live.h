/* live.h - sound without an end: decoders that give samples as they are wanted,
 * and encoders that take samples as they are made.
 *
 * Both are `ogma-media` processes out of the same pool and the same sandbox as
 * the rest of media.h, without the bound on processor time that is meant for
 * one file, and with places of their own (MEDIA_LIVE), so that neither scans nor
 * transcodes can keep a channel from playing. All samples are 48 kHz, stereo,
 * interleaved 32 bit floats; a "frame" is one left and one right sample.
 *
 * Threads: open and close may block (a process is started, or waited for): call
 * them from a worker. Reading and writing never block. One decoder or encoder
 * belongs to one thread at a time.
 *
 * Floor: 1 (media). Includes base/ only.
 */
#ifndef OGMA_MEDIA_LIVE_H
#define OGMA_MEDIA_LIVE_H

#include "media/media.h"

#define MEDIA_LIVE_RATE 48000
#define MEDIA_LIVE_CHANNELS 2

/* ---- decoders ---- */

struct media_decoder;

struct media_decoder_args {
	int input_fd; /* passed on: the caller may close its own at once */
	/* A file (base/ranged.h) is read from offset_ms on; delay and padding are
	 * cut off to the sample. */
	int64_t offset_ms;
	/* A pipe is read until it ends; `hint` names its format: a
	 * type ("audio/mpeg", "audio/aac", "application/ogg", …), an ending
	 * ("mp3"), or "pcm": samples as they are given out. NULL: by the first
	 * bytes. Not looked at for files. */
	const char *hint;
};

/* STATUS_FULL when all live places are taken; STATUS_UNAVAILABLE: no process
 * could be started. That the input makes no sense is told by the first read. */
enum status media_decoder_open(struct media_pool *pool,
			       const struct media_decoder_args *args,
			       struct media_decoder **out,
			       struct fault *fault);

/* Takes up to `room` frames. STATUS_OK: *count > 0. STATUS_AGAIN_LATER: none
 * yet. STATUS_OUT_OF_RANGE: the sound ended, whole. Any other: it broke, or its
 * process did (STATUS_UNAVAILABLE); what was read before is sound. */
enum status media_decoder_read(struct media_decoder *decoder, float *frames,
			       size_t room, size_t *count,
			       struct fault *fault);

/* What a stream says of what it plays now, "Artist - Title" or only a title,
 * when it has said so since this was asked last: for free(). NULL: it has not.
 * No file says anything. It may be some seconds ahead of the sound. */
char *media_decoder_title(struct media_decoder *decoder);

/* Readable when media_decoder_read() has something to say. */
int media_decoder_fd(const struct media_decoder *decoder);
void media_decoder_close(struct media_decoder *decoder);

/* ---- encoders ---- */

enum media_live_format {
	MEDIA_LIVE_MP3,
	MEDIA_LIVE_AAC,    /* AAC-LC, ADTS */
	MEDIA_LIVE_OPUS,   /* in Ogg */
	MEDIA_LIVE_VORBIS, /* in Ogg */
	MEDIA_LIVE_FMP4,   /* AAC-LC, fragments of MEDIA_LIVE_FRAGMENT_MS */
	MEDIA_LIVE_FORMATS
};

#define MEDIA_LIVE_FRAGMENT_MS 4000
#define MEDIA_PACKET_BYTES_MAX (1u << 20)

enum media_packet_kind {
	MEDIA_PACKET_HEADER, /* what a listener needs first: Ogg's header pages,
			      * MP4's ftyp and moov; mp3 and aac have none */
	MEDIA_PACKET_SOUND,  /* whole frames, pages or one fragment */
};

struct media_packet {
	enum media_packet_kind kind;
	bool join;        /* a listener may begin with this one */
	uint32_t samples; /* per channel, of sound in it; 0 in a header */
	struct span bytes; /* valid until the next call on the encoder */
};

struct media_encoder;

/* bitrate_kbps 0: 128 mp3, 128 aac, 96 opus, 112 vorbis. */
enum status media_encoder_open(struct media_pool *pool,
			       enum media_live_format format,
			       uint32_t bitrate_kbps,
			       struct media_encoder **out,
			       struct fault *fault);

/* Gives up to `count` frames, *taken of them go in. STATUS_UNAVAILABLE: the
 * process is gone; why is told by media_encoder_read(). */
enum status media_encoder_write(struct media_encoder *encoder,
				const float *frames, size_t count,
				size_t *taken, struct fault *fault);

/* No more sound comes; what is left is encoded and can be read. */
void media_encoder_finish(struct media_encoder *encoder);

/* The next packet. STATUS_AGAIN_LATER: none yet. STATUS_OUT_OF_RANGE: the last
 * was read after media_encoder_finish(). Any other: it broke. */
enum status media_encoder_read(struct media_encoder *encoder,
			       struct media_packet *out, struct fault *fault);

/* Readable when media_encoder_read() has something to say, and writable when
 * media_encoder_write() takes something. */
int media_encoder_output_fd(const struct media_encoder *encoder);
int media_encoder_input_fd(const struct media_encoder *encoder);
void media_encoder_close(struct media_encoder *encoder);

/* "audio/mpeg", "audio/aac", "audio/ogg", …; and "mp3", "aac", "opus", …. */
const char *media_live_type(enum media_live_format format);
const char *media_live_name(enum media_live_format format);

#endif /* OGMA_MEDIA_LIVE_H */
