/* media.h - facts, pictures and other encodings out of untrusted media files.
 *
 * The work is done by `ogma-media`, a second program that alone is linked with
 * FFmpeg and the picture libraries. A pool starts such processes on demand,
 * hands each an open file and a question, and ends them after idling. A process
 * opens nothing itself, may not gain rights, and has bounded memory and time,
 * so that a file that breaks a codec costs one process and one reject
 * (docs/decisions/0003-media-process.md). The words on the wire are in
 * protocol.h; what happens at the other end starts at worker/main.c.
 *
 * Threads: every call may block (a file is read, a process is waited for):
 * call from a worker, never from an event loop. One pool serves any number of
 * threads. A transcode belongs to one thread at a time.
 *
 * Files: descriptors are borrowed during the call and read at any place
 * (base/ranged.h), so that the caller's file offset does not move. A far file is
 * as good as one on a disk; when its place fails, the status is
 * STATUS_UNAVAILABLE with field "source", and the file is not to blame.
 *
 * Floor: 1 (media). Includes base/ only.
 */
#ifndef OGMA_MEDIA_MEDIA_H
#define OGMA_MEDIA_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/option.h"
#include "media/analysis.h"
#include "media/facts.h"

/* Filled from the table below; MEDIA_… are the names of the settings. */
struct media_settings {
	const char *program;  /* MEDIA_PROGRAM; "": ogma-media in the folder
			       * of the running program */
	uint32_t workers;     /* MEDIA_WORKERS: files and pictures at a time;
			       * 0: one for each processor */
	uint32_t analyses;    /* MEDIA_ANALYSES: files listened to at a
			       * time; 0: 1 */
	uint32_t transcodes;  /* MEDIA_TRANSCODES: transcodes at a time */
	uint32_t live;        /* MEDIA_LIVE: decoders and encoders of live
			       * channels at a time; 0: 256 */
	uint32_t idle_ms;     /* MEDIA_IDLE_MS: an idle process ends then */
	uint32_t timeout_ms;  /* MEDIA_TIMEOUT_MS: longest work on one file
			       * or picture; 0: 10 s */
	uint32_t memory_mib;  /* MEDIA_MEMORY_MIB: of one process, beyond what
			       * the program itself takes; 0: 200 */
};

extern const struct option media_options[]; /* rows of media_settings */

struct media_pool;

/* Starts no process yet. STATUS_NOT_FOUND when the program is not there. The
 * settings are copied. */
enum status media_pool_open(const struct media_settings *settings,
			    struct media_pool **out, struct fault *fault);

/* Ends all processes. Calls and transcodes must have ended before. */
void media_pool_close(struct media_pool *pool);

struct media_pool_state {
	uint32_t processes, busy, transcodes, live;
	uint32_t live_max; /* places */
	uint64_t started, crashed, timed_out; /* since the pool was opened */
};
void media_pool_look(struct media_pool *pool, struct media_pool_state *out);

/* ---- facts ---- */

enum media_probe_flags {
	MEDIA_WANT_PICTURE = 1, /* the bytes too; else only picture_hash */
};

struct media_probe_args {
	const char *name_hint; /* file name, for its ending only; may be NULL */
	unsigned flags;
	/* With MEDIA_WANT_PICTURE: leave the bytes out when picture_hash is
	 * this one. A folder usually holds one cover many times over, so pass
	 * the hash seen last. NULL: always send. */
	const uint8_t *known_picture;
};

/* Fills *out; its texts and picture live in `arena`. STATUS_CORRUPT (the file
 * makes no sense, or crashed its process), STATUS_UNSUPPORTED (not audio, or
 * none that we play), STATUS_TIMED_OUT, STATUS_TOO_LARGE (needs more memory
 * than one process may have): reject the file and show the sentence.
 * STATUS_UNAVAILABLE: no process could be started, the file is not to blame. */
enum status media_probe(struct media_pool *pool, int fd,
			const struct media_probe_args *args,
			struct arena *arena, struct media_facts *out,
			struct fault *fault);

/* ---- tags into files ---- */

/* What TagLib's C binding can write; NULL and below 0: stays as it is. "" and
 * 0 take the tag away. */
struct media_tags {
	const char *title, *artist, *album, *genre;
	int32_t year, track_no;
};

/* Writes the tags into the file behind `fd`, a regular file that may be read and
 * written: a copy, for nothing is promised of it on failure. Who calls compares
 * it with the file it was made of (media_probe()). STATUS_UNSUPPORTED: tags of
 * such files are not written. Others as of media_probe(). */
enum status media_write_tags(struct media_pool *pool, int fd,
			     const struct media_tags *tags,
			     struct fault *fault);

/* ---- what is heard ---- */

/* Listens to the whole file, whatever its length: each minute of sound may take
 * the time-out. Waits for its turn (MEDIA_ANALYSES). *out is of the arena.
 * go_on (may be NULL) is asked about once a second: false gives up with
 * STATUS_CANCELLED. Other statuses as of media_probe(). */
typedef bool media_go_on(void *cookie);
enum status media_analyse(struct media_pool *pool, int fd, media_go_on *go_on,
			  void *cookie, struct arena *arena,
			  struct media_analysis *out, struct fault *fault);

/* ---- pictures ---- */

#define MEDIA_PICTURE_BYTES_MAX (32u << 20)
#define MEDIA_PICTURE_PIXELS_MAX (64u << 20)
#define MEDIA_COLOUR_BYTES 8

enum media_picture_format { MEDIA_WEBP, MEDIA_JPEG };

struct media_thumbnail {
	struct span bytes; /* in the arena */
	uint32_t width, height;
	char colour[MEDIA_COLOUR_BYTES]; /* "#a1b2c3", the picture's own */
};

/* Scales a JPEG, PNG, WebP, GIF or BMP into a square of size_px (1..4096),
 * keeping its shape, never larger than it was, turned as EXIF says. Statuses
 * as of media_probe(). */
enum status media_thumbnail(struct media_pool *pool, struct span picture,
			    uint32_t size_px,
			    enum media_picture_format format,
			    struct arena *arena, struct media_thumbnail *out,
			    struct fault *fault);

/* ---- transcoding ---- */

enum media_target_format {
	MEDIA_MP3,      /* with a Xing/LAME header: gapless */
	MEDIA_AAC_ADTS, /* AAC-LC; cannot be gapless */
	MEDIA_AAC_MP4,  /* AAC-LC in fragmented MP4, edit list for the delay */
	MEDIA_OPUS,     /* in Ogg */
	MEDIA_FLAC,
	MEDIA_WAV_S16,
	MEDIA_WAV_F32,
	MEDIA_PCM_S16, /* no header, little endian, interleaved */
	MEDIA_PCM_F32,
};

struct media_target {
	enum media_target_format format;
	uint32_t bitrate_kbps;   /* 0: 192 mp3, 160 aac, 128 opus; lossless
				  * formats take none */
	bool variable;           /* mp3: VBR of about that rate */
	uint32_t sample_rate_hz; /* 0: the source's, or the nearest that the
				  * format has (opus: always 48000) */
	uint32_t channels;       /* 0: the source's, at most 2; 1; 2 */
	const char *title, *artist, *album; /* NULL: copied from the source */
};

struct media_transcode;

struct media_progress {
	bool done;
	uint64_t written_bytes;
	int64_t position_ms;  /* of the source, from its start */
	int64_t duration_ms;  /* of the whole source; 0 unknown */
	uint64_t samples;     /* encoded so far, per channel, output rate */
	uint32_t sample_rate_hz, channels; /* of the output */
};

/* Starts to decode `input_fd` from offset_ms on and to write the other encoding
 * to `output_fd`: a regular file (written from offset 0; its header is made
 * right at the end) or the writing end of a pipe. Both descriptors are passed
 * on, so the caller may close its own at once. STATUS_FULL when all transcode
 * places are taken (answer 503); others as of media_probe(). */
enum status media_transcode_begin(struct media_pool *pool, int input_fd,
				  const struct media_target *target,
				  int64_t offset_ms, int output_fd,
				  struct media_transcode **out,
				  struct fault *fault);

/* Waits for news: *progress is the newest. STATUS_OK with progress->done: the
 * output is whole. STATUS_AGAIN_LATER: nothing new within wait_ms. Any other
 * status: it failed; what was written is to be thrown away. News come with the
 * first bytes, then about four times a second. */
enum status media_transcode_wait(struct media_transcode *transcode,
				 uint32_t wait_ms,
				 struct media_progress *progress,
				 struct fault *fault);

/* Readable when media_transcode_wait() has news. */
int media_transcode_fd(const struct media_transcode *transcode);

/* Frees the place and the handle; stops the work when it was not done. */
void media_transcode_end(struct media_transcode *transcode);

/* For <audio> and HTTP: "audio/mpeg", "audio/mp4", … */
const char *media_target_type(enum media_target_format format);

#endif /* OGMA_MEDIA_MEDIA_H */
