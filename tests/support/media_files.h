/* media_files.h - sound files for tests: rendered by ffmpeg, or built by hand
 * where a tag has to be odd. All live in one temporary folder. */
#ifndef OGMA_TESTS_SUPPORT_MEDIA_FILES_H
#define OGMA_TESTS_SUPPORT_MEDIA_FILES_H

#include "base/memory.h"
#include "base/text.h"
#include "media/media.h"

#define MEDIA_TAGS                                                   \
	"-metadata title='Título' -metadata artist='Björk feat. Кто' " \
	"-metadata album='Альбом' -metadata genre=Rock "             \
	"-metadata track=3/12 -metadata date=2004-05-01 "

/* A temporary folder, and everything in it away again. */
void media_files_begin(void);
void media_files_end(void);

/* The path of a name in the folder; valid to the end. */
const char *media_path(const char *name);

/* Renders `seconds` of stereo sound at 44.1 kHz into the folder by ffmpeg with
 * more options; fails the test when ffmpeg does. Returns the path. */
const char *media_render(const char *name, double seconds,
			 const char *options);

/* The same of several: a start of ffmpeg costs more than seconds of sound. */
void media_render_later(const char *name, const char *options);
void media_render_now(double seconds); /* those that wait, by one start */

/* Runs ffmpeg with these arguments, in the folder. */
void media_ffmpeg(const char *arguments);

/* Samples per channel that ffmpeg decodes out of a file. */
uint64_t media_ffmpeg_samples(const char *path, const char *input_options);

void media_read(const char *path, struct buffer *out);
const char *media_write(const char *name, const struct buffer *bytes);

/* ID3v2 by hand: begin, frames, end. */
void id3_begin(struct buffer *out, int version, unsigned flags);
void id3_frame(struct buffer *out, int version, const char *id,
	       unsigned flags, struct span body);
/* A text frame with an encoding byte before `text`. */
void id3_text(struct buffer *out, int version, const char *id, int encoding,
	      struct span text);
void id3_end(struct buffer *out, size_t padding);

/* APEv2 items and footer. */
void ape_item(struct buffer *out, const char *key, struct span value);
void ape_end(struct buffer *out, unsigned items);

/* Monkey's Audio of a second of silence, in frames that say nothing else: no
 * encoder is at hand. */
void ape_silence(struct buffer *out);

void add_be32(struct buffer *out, uint32_t value);
void add_le32(struct buffer *out, uint32_t value);
void add_le64(struct buffer *out, uint64_t value);

/* A pool over MEDIA_PROGRAM. */
struct media_pool *media_pool_make(uint32_t workers);

/* Sends a signal to every media process of ours; how many there were. */
unsigned media_kill_all(int signal);

/* Probes; on success facts live in `arena`. */
enum status media_probe_path(struct media_pool *pool, const char *path,
			     unsigned flags, const uint8_t *known,
			     struct arena *arena, struct media_facts *out,
			     struct fault *fault);

#endif /* OGMA_TESTS_SUPPORT_MEDIA_FILES_H */
