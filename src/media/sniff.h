/* sniff.h - which kind of file the first bytes are of.
 *
 * Formats are known by their magic, never by name alone; the name only helps
 * where bare MPEG frames have to be searched for. Naming the demuxer saves
 * libavformat's own probing, which costs 6 ms for an mp3 with a large cover.
 *
 * Floor: 1 (media). Threads: no shared state.
 */
#ifndef OGMA_MEDIA_SNIFF_H
#define OGMA_MEDIA_SNIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum media_kind {
	KIND_UNKNOWN,
	KIND_MPEG, /* mp3, mp2, mp1 */
	KIND_FLAC,
	KIND_MP4,
	KIND_ADTS,
	KIND_OGG,
	KIND_WAV, /* and RF64 */
	KIND_W64,
	KIND_AIFF,
	KIND_ASF,
	KIND_APE,
	KIND_WAVPACK,
	KIND_DSF,
	KIND_TTA,
	KIND_MUSEPACK7,
	KIND_MUSEPACK8,
	KIND_MATROSKA,
	KIND_AUDIO_COUNT, /* those below are not music */
	KIND_EMPTY,
	KIND_TEXT,
	KIND_HTML,
	KIND_PICTURE,
	KIND_ARCHIVE,
	KIND_DOCUMENT,
	KIND_VIDEO,
	KIND_MIDI,
	KIND_PLAYLIST,
	KIND_ZEROS,
	KIND_COUNT
};

struct media_kind_row {
	const char *name;      /* "MP3 audio", "a ZIP archive" */
	const char *container; /* as in facts.h; NULL: not audio */
	const char *demuxer;   /* libavformat's short name */
	bool end_tags;	       /* APEv2 and ID3v1 may follow the audio */
};

const struct media_kind_row *media_kind_row(enum media_kind kind);

#define SNIFF_BYTES 4096 /* as much as helps */

/* `head`: the first bytes after any ID3v2 tags. `had_id3`: there were some.
 * `name`: for its ending, may be NULL. */
enum media_kind media_sniff(const uint8_t *head, size_t length, bool had_id3,
			    const char *name);

/* "jpeg", "png", … by magic: the MIME type of a picture, NULL when it is none
 * that we read. */
const char *picture_sniff(const uint8_t *head, size_t length);

#endif /* OGMA_MEDIA_SNIFF_H */
