/* rule_results.h - what rules gave that took long to find.
 *
 * Most rules are answered in milliseconds and evaluated anew each time. Some,
 * like "the title contains" over a million tracks, take seconds: those who turn
 * the pages of such a playlist would pay for each page, and its order could
 * change between two of them. What took at least RULE_RESULTS_SLOW_US is kept
 * for RULE_RESULTS_KEPT_MS, up to RULE_RESULTS_MAX lists; the one kept longest
 * goes first.
 *
 * Floor: 4 (service). Threads: any; one lock, held for a copy.
 */
#ifndef OGMA_SERVICE_RULE_RESULTS_H
#define OGMA_SERVICE_RULE_RESULTS_H

#include "base/digest.h"
#include "library/playlist_rules.h"

#define RULE_RESULTS_SLOW_US 250000
#define RULE_RESULTS_KEPT_MS 60000
#define RULE_RESULTS_MAX 32

struct store;

/* Of one playlist's rules, as text, in one store. */
void rule_results_key(const struct store *store, int64_t owner_id,
		      int64_t seed, const char *rules,
		      uint8_t out[SHA256_BYTES]);

/* False: nothing kept that is new enough. Copied into the arena. now_ms is of
 * the monotonic clock. */
bool rule_results_find(const uint8_t key[SHA256_BYTES], int64_t now_ms,
		       struct arena *arena, struct rules_found *out);

/* Copies, when it took long enough. */
void rule_results_keep(const uint8_t key[SHA256_BYTES], int64_t now_ms,
		       int64_t took_us, const struct rules_found *found);

#endif /* OGMA_SERVICE_RULE_RESULTS_H */
