/* apetag.h - APEv2 (and v1) tags at the end of mp3, ape, wv, mpc, tta files.
 *
 * Floor: 1 (media). Source: wiki.hydrogenaud.io APEv2 specification.
 */
#ifndef OGMA_MEDIA_READ_APETAG_H
#define OGMA_MEDIA_READ_APETAG_H

#include "media/read/source.h"
#include "media/read/tags.h"

/* Reads the tag whose footer ends at `end`; returns the tag's length with its
 * header, 0 when there is none. */
uint64_t apetag_read(struct source *source, uint64_t end,
		     struct tag_set *set);

#endif /* OGMA_MEDIA_READ_APETAG_H */
