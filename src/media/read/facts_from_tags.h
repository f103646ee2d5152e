/* facts_from_tags.h - the meaning of the tags that were found.
 *
 * Who did what: names come from ARTISTS when a tagger gave one name per value,
 * else from ARTIST cut at safe separators (value_next_name) and at "feat."; a
 * title's "(feat. X)" adds a featured artist and stays in the title. A bare "/"
 * of ID3v2.3 cuts composers and lyricists, and artists only when the number of
 * MusicBrainz ids proves it.
 *
 * Floor: 1 (media).
 */
#ifndef OGMA_MEDIA_READ_FACTS_FROM_TAGS_H
#define OGMA_MEDIA_READ_FACTS_FROM_TAGS_H

#include "media/facts.h"
#include "media/read/tags.h"

/* Repairs the texts of the set and fills the tag part of *facts; pictures and
 * the stream part are left alone. */
void facts_from_tags(struct tag_set *set, struct media_facts *facts);

/* iTunSMPB: " 00000000 00000840 000001CA 00000000003F31F6 …": delay, padding,
 * samples. False when it is nonsense. */
bool itunes_gapless_read(struct span text, uint32_t *delay,
			 uint32_t *padding, uint64_t *samples);

/* The first value of the winning container, or an empty span. */
struct span tag_first(const struct tag_set *set, enum tag_field field);

#endif /* OGMA_MEDIA_READ_FACTS_FROM_TAGS_H */
