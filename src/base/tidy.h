/* tidy.h - repairs of names that people and programs spelled carelessly.
 *
 * Each function looks for one kind of carelessness and gives the text without
 * it (arena-owned, never empty), or NULL when there is none: a pure function
 * of its arguments. None of them knows what is right, so what they give is a
 * suggestion. Input that is not UTF-8 is read with U+FFFD for bad bytes; only
 * the first TIDY_TEXT_MAX bytes are looked at, and longer text is left alone.
 *
 * Floor: 0 (base); uses ICU. Threads: all functions may be called from any.
 */
#ifndef OGMA_BASE_TIDY_H
#define OGMA_BASE_TIDY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/memory.h"

#define TIDY_TEXT_MAX 2000

/* Blanks at the ends, several in a row, of other kinds than ' '; and what
 * nobody sees: control characters, zero width blanks, marks of direction,
 * soft hyphens. Joiners stay: they shape letters and emoji. */
const char *tidy_blanks(struct arena *arena, const char *text);

/* Letters that are written as letter and accent, in the one form (NFC). */
const char *tidy_composed(struct arena *arena, const char *text);

/* "My_new_song": underscores for blanks, in a text that has no blank. */
const char *tidy_underscores(struct arena *arena, const char *text);

/* "Song.mp3" */
const char *tidy_ending(struct arena *arena, const char *text);

/* "01 - Song", "01. Song", "1) Song", "1-05 Song", and "01 Song". Not "7-11",
 * "50 Ways", "1979 - A Year". *number is the track's. */
const char *tidy_number(struct arena *arena, const char *text,
			uint32_t *number);

/* "(Official Video)", "[HD]", "(Премьера клипа 2020)", "[site.ru]",
 * " | Official Audio". Not "(Live)", "(Remix)", "(Video Killed …)". */
const char *tidy_promotion(struct arena *arena, const char *text);

/* "ARTIST - Song" where `artist` (any case) stands before a dash. */
const char *tidy_artist(struct arena *arena, const char *text,
			const char *artist);

/* "THE DARK SIDE OF THE MOON", "ГРУППА КРОВИ": words of capitals, with
 * acronyms, short names and numerals left as they are ("ABBA", "AC/DC",
 * "R.E.M.", "ДДТ", "PART II"). English takes a capital for each word but the
 * small ones, Russian for the first; of names (`is_name`) for each. */
const char *tidy_capitals(struct arena *arena, const char *text, bool is_name);

/* True when `spelled` has ё in places where `text` has е, and else they are the
 * same to a letter. */
bool tidy_same_but_yo(const char *text, const char *spelled);

#endif /* OGMA_BASE_TIDY_H */
