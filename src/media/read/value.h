/* value.h - the small languages inside tag values: numbers, dates, genres,
 * gains, lists of names. Pure functions.
 *
 * Floor: 1 (media). Threads: no shared state.
 */
#ifndef OGMA_MEDIA_READ_VALUE_H
#define OGMA_MEDIA_READ_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/text.h"

/* "3", "03", "3/12", "3 of 12", "#3"; 0 for what is missing or unreadable. */
void value_position(struct span text, uint32_t *number, uint32_t *total);

/* The year (1000..2999) in "2004", "2004-05-01", "01.05.2004", "May 2004";
 * 0 when there is none. */
int32_t value_year(struct span text);

/* "1", "true", "yes". */
bool value_flag(struct span text);

/* "-6.10 dB", "+1,5", "0.988": finite and within ±bound. */
bool value_decimal(struct span text, double bound, double *out);

/* "-1536" in Q7.8 of RFC 7845, as dB at ReplayGain's level: R128 aims at -23
 * LUFS, ReplayGain 2.0 at -18 LUFS, so 5 dB are added. */
bool value_r128_gain(struct span text, double *out);

/* Splits "(17)", "17", "(17)Rock", "(4)(12)", "Rock; Pop", "Rock / Pop" into
 * names; numbers are those of ID3v1 with Winamp's additions. At most `room`
 * names, none twice; arena-owned. "R&B", "Pop/Rock", "Folk, World" stay whole. */
size_t value_genres(struct arena *arena, struct span text,
		    const char **out, size_t count, size_t room);

/* NULL for a number without a name. */
const char *genre_numbered(uint32_t number);

/* Cuts the next name off a list: at ";", at "/" with blanks on both sides, and
 * at every "/" when `slashes`. Never at "&", "," or a bare "/", which are parts
 * of names ("Simon & Garfunkel", "Tyler, the Creator", "AC/DC"). */
bool value_next_name(struct span *rest, bool slashes, struct span *name);

/* Finds "feat.", "ft.", "featuring", "при участии", "п.у." as a word of its
 * own, bracketed or not: *main is what stands before, *featured what follows up
 * to the closing bracket or the end. A title is read more warily than a list of
 * artists. False: there is none. */
bool value_featured(struct span text, bool is_title, struct span *main,
		    struct span *featured);

/* True when two lines or more begin with "[mm:ss". */
bool value_is_lrc(struct span text);

#endif /* OGMA_MEDIA_READ_VALUE_H */
