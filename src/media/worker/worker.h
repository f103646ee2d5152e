/* worker.h - the parts of the ogma-media program, the process that reads
 * untrusted files. It answers one question after the other on its socket
 * (protocol.h) and ends when the socket closes.
 *
 *	main.c       the loop
 *	sandbox.c    what the process gives up before it reads anything
 *	probe.c      a file's facts, by our own readers
 *	libav.c      files for libavformat; its facts where ours end
 *	picture.c    sizes and turns of pictures, before any decoding
 *	decode.c     pictures to pixels
 *	scale.c      pixels to fewer pixels, and their colour
 *	thumbnail.c  decode, scale, encode
 *	transcode.c  decode, resample, encode, with input.c and output.c
 *	tags.c       writes tags into a file, by TagLib
 *	analyse.c    decode once, listen to it (media/analyse/)
 *	push.c       a live stream to another server, with the pictures of card.c;
 *	             in a process of its own, which may reach the network and
 *	             reads nothing that others sent but pictures of our own making
 *	live_decode.c, live_encode.c  the same without an end (live.h)
 *
 * Floor: 1 (media). Threads: the process has one.
 */
#ifndef OGMA_MEDIA_WORKER_WORKER_H
#define OGMA_MEDIA_WORKER_WORKER_H

#include "media/analysis.h"
#include "media/protocol.h"
#include "media/sniff.h"

/* Every job works under these; the program was told them at its start. */
struct worker_limits {
	uint32_t memory_mib;
	uint32_t timeout_ms;
};

/* Gives up rights for good; with `pushes` those to connect and to read files
 * (names, certificates) are kept. Returns what could not be done, "" when all was;
 * static text. */
const char *sandbox_enter(const struct worker_limits *limits, bool pushes);

/* Bounds the processor time until the next call; 0 ends the bound. Going over
 * it ends the process. */
void sandbox_clock(uint32_t cpu_ms);

/* Where in the file the sound lies. */
struct probe_layout {
	enum media_kind kind;
	uint64_t start, end;
	bool exact; /* the length is counted or told, not guessed */
	int64_t samples; /* of the trimmed sound; 0: unknown */
};

/* Facts of the file, all texts in `arena`; *out starts as zeros. */
enum status probe_file(int fd, const struct wire_probe *ask,
		       struct arena *arena, struct media_facts *out,
		       struct probe_layout *layout, struct fault *fault);

/* Writes tags into the file, see media.h. */
enum status tags_write(int fd, const struct media_tags *tags,
		       struct fault *fault);

enum status thumbnail_make(const struct wire_thumbnail *ask,
			   struct arena *arena, struct media_thumbnail *out,
			   struct fault *fault);

/* Writes `input` as ask says to `output`, telling progress on `socket`, until
 * the end, or until a CANCEL comes in: STATUS_CANCELLED. *progress is the last
 * state. */
enum status transcode_file(int input, int output,
			   const struct wire_transcode *ask, int socket,
			   struct media_progress *progress,
			   struct fault *fault);

/* Listens to the whole file. Tells progress on `socket` after each minute of
 * sound; each may take the time-out. Texts and bytes are of the arena. */
enum status analyse_file(int fd, const struct worker_limits *limits,
			 int socket, struct arena *arena,
			 struct media_analysis *out, struct fault *fault);

/* Writes the sound of `input` to the pipe `output` as live.h says, until its end
 * or until a CANCEL comes in. */
enum status decode_live(int input, int output, const struct wire_decode *ask,
			int socket, struct media_progress *progress,
			struct fault *fault);

/* Takes samples from the pipe `input` until its end and writes packets, each
 * with a struct wire_packet before it, to the pipe `output`. */
enum status encode_live(int input, int output, const struct wire_encode *ask,
			int socket, struct fault *fault);

/* Sends what comes from the pipe `input` to a server of RTMP, telling PROGRESS
 * once it takes it, with pictures that come on `socket`. */
enum status push_live(int input, const struct wire_push *ask, int socket,
		      struct fault *fault);

#endif /* OGMA_MEDIA_WORKER_WORKER_H */
