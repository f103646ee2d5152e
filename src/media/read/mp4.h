/* mp4.h - iTunes tags and delays out of MP4 files (.m4a). What the sound is like
 * libavformat tells; this reader finds what it loses: several values, freeform
 * names, picture kinds, edit lists in samples.
 *
 * Floor: 1 (media). Sources: ISO 14496-12; Apple QuickTime metadata.
 */
#ifndef OGMA_MEDIA_READ_MP4_H
#define OGMA_MEDIA_READ_MP4_H

#include "media/read/source.h"
#include "media/read/tags.h"

struct mp4_edit {
	bool known;
	uint64_t start_samples;	   /* of the track's media, in its time scale */
	uint64_t duration_samples; /* 0: to the end */
	uint64_t media_samples;	   /* length of the track's media */
	uint32_t time_scale;
};

/* Reads tags and the edit list of the first sound track. False when there is no
 * `moov` box. */
bool mp4_read(struct source *source, struct tag_set *set,
	      struct mp4_edit *edit);

#endif /* OGMA_MEDIA_READ_MP4_H */
