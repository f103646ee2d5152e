/* fingerprint.h - are two recordings the same, heard by their fingerprints?
 *
 * A fingerprint is Chromaprint's (Lukáš Lalinský, acoustid.org/chromaprint): a
 * 32-bit word for each 0.124 s, made of how the energy of the twelve tones of
 * the scale changes around that moment. Two encodings of one recording have
 * nearly the same words; two recordings differ in about half of the bits. So
 * the measure is the one of AcoustID: the share of bits that differ between
 * words laid beside each other (bit error rate), and a score of 1 - 2 * rate:
 * 1 is the same, 0 is what chance gives.
 *
 * One of the two may begin later (trimmed silence, a cut start): all shifts up
 * to FINGERPRINT_SHIFT_MAX words are tried and the best one counts. Prints that
 * say too little, of a lasting tone or of silence, match nothing: there are too
 * few different words in them.
 *
 * Candidates are found by marks: the smallest of the words' hashes (a bottom
 * sketch, A. Broder, "On the resemblance and containment of documents", 1997).
 * A word that two prints share is among the marks of both, wherever it stands;
 * so a few marks find a recording among millions. FINGERPRINT_MARKS are kept of
 * a print, and twice as many are asked for, because a cut by half a word changes
 * four words in five.
 *
 * Threads: pure functions.
 *
 * Floor: 3 (library).
 */
#ifndef OGMA_LIBRARY_FINGERPRINT_H
#define OGMA_LIBRARY_FINGERPRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/text.h"

#define FINGERPRINT_WORD_MS 124
#define FINGERPRINT_WORDS_MAX 1024 /* of 120 s there are 948 */
#define FINGERPRINT_SHIFT_MAX 121  /* words: 15 s */
#define FINGERPRINT_OVERLAP_MIN 64 /* words: 8 s */
#define FINGERPRINT_VARIED_MIN 24  /* different words in an overlap */
#define FINGERPRINT_MARKS 48
#define FINGERPRINT_MARKS_ASKED 96

/* At most this share of bits may differ in one recording; see
 * docs/decisions/0027 for what was measured. */
#define FINGERPRINT_SAME 0.15
#define FINGERPRINT_SURE 0.10

struct fingerprint {
	uint32_t *words;
	size_t count;
};

/* Little-endian words, as the media process hands them out; arena-owned. More
 * than FINGERPRINT_WORDS_MAX are cut. */
struct fingerprint fingerprint_read(struct span bytes, struct arena *arena);

/* False when the print says too little to be told from others. */
bool fingerprint_tells(const struct fingerprint *print);

/* The share of bits that differ where they fit best; 1 when they cannot be
 * compared. *shift (may be NULL): by how many words `a` begins later. */
double fingerprint_compare(const struct fingerprint *a,
			   const struct fingerprint *b, int *shift);

/* 1 - 2 * rate, not below 0. */
double fingerprint_score(double error_rate);

/* The lowest marks in ascending order, each once, at most `room` of them; how
 * many. 0 when it does not tell. */
size_t fingerprint_marks(const struct fingerprint *print, uint32_t *out,
			 size_t room);

/* ---- as text ----------------------------------------------------------------- */

/* Chromaprint's compressed form in base64 (URL alphabet, unpadded), as fpcalc
 * prints it and AcoustID takes it. Appends. */
void fingerprint_print(const struct fingerprint *print, struct buffer *out);

/* More than the text of FINGERPRINT_WORDS_MAX words can take. */
#define FINGERPRINT_TEXT_MAX 32768

/* False: not of that form, of another algorithm, or too long. */
bool fingerprint_parse(struct span text, struct arena *arena,
		       struct fingerprint *out);

#endif /* OGMA_LIBRARY_FINGERPRINT_H */
