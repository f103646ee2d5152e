/* libav.h - FFmpeg's libraries for one open file: input through base/ranged.h,
 * the demuxer named, nothing opened, nothing printed.
 *
 * Floor: 1 (media); ogma-media only.
 */
#ifndef OGMA_MEDIA_WORKER_LIBAV_H
#define OGMA_MEDIA_WORKER_LIBAV_H

#include <libavformat/avformat.h>

#include "base/fault.h"
#include "base/ranged.h"
#include "media/read/stream.h"
#include "media/read/tags.h"
#include "media/media.h"
#include "media/sniff.h"

/* Once, before the sandbox. */
void libav_start(void);

/* Forgets the last complaint; libav_complaint() is the newest since. */
void libav_quiet(void);
const char *libav_complaint(void);

/* Sets a fault from an AVERROR, with the library's own complaint. */
enum status libav_fault(struct fault *fault, int error, const char *doing);

/* One file under a demuxer. */
struct libav_input {
	AVFormatContext *format;
	AVIOContext *io;
	AVStream *stream; /* the sound */
	struct ranged_file ranged; /* of a stream: its descriptor only */
	int64_t at;
	bool (*wait)(void *cookie); /* of a stream */
	void *cookie;
};

/* Opens the file and picks the stream with the sound; stream parameters are
 * complete. Close after any result. */
enum status libav_open(struct libav_input *input, int fd,
		       enum media_kind kind, struct fault *fault);

/* The same for a pipe, which is only read forwards; `demuxer` NULL: by
 * the first bytes. `wait` is asked before each read and blocks until there is
 * something; false ends the input. */
typedef bool libav_wait(void *cookie);
enum status libav_open_stream(struct libav_input *input, int fd,
			      const char *demuxer, libav_wait *wait,
			      void *cookie, struct fault *fault);
void libav_close(struct libav_input *input);

/* Facts of the opened stream, and its key; tags are put into `set` when it is
 * not NULL. */
void libav_facts(struct libav_input *input, enum media_kind kind,
		 struct tag_set *set, struct stream_facts *facts,
		 uint8_t key[SHA256_BYTES]);

#endif /* OGMA_MEDIA_WORKER_LIBAV_H */
