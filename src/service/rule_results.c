/* rule_results.c - what rules gave that took long to find; see rule_results.h. */
#include "service/rule_results.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct kept {
	uint8_t key[SHA256_BYTES];
	int64_t until_ms; /* 0: empty */
	struct rules_found found; /* ids are its own */
};

static pthread_mutex_t kept_lock = PTHREAD_MUTEX_INITIALIZER;
static struct kept kept_results[RULE_RESULTS_MAX];

void
rule_results_key(const struct store *store, int64_t owner_id, int64_t seed,
		 const char *rules, uint8_t out[SHA256_BYTES])
{
	struct buffer text;

	buffer_init(&text, 0);
	buffer_print(&text, "%p %lld %lld %s", (const void *)store,
		     (long long)owner_id, (long long)seed, rules);
	sha256(text.bytes, text.length, out);
	buffer_release(&text);
}

bool
rule_results_find(const uint8_t key[SHA256_BYTES], int64_t now_ms,
		  struct arena *arena, struct rules_found *out)
{
	bool found = false;

	pthread_mutex_lock(&kept_lock);
	for (size_t i = 0; !found && i < RULE_RESULTS_MAX; i++) {
		const struct kept *kept = &kept_results[i];

		found = kept->until_ms > now_ms &&
			memcmp(kept->key, key, SHA256_BYTES) == 0;
		if (!found)
			continue;
		*out = kept->found;
		out->ids = arena_new(arena, int64_t, kept->found.count + 1);
		memcpy(out->ids, kept->found.ids,
		       kept->found.count * sizeof *out->ids);
	}
	pthread_mutex_unlock(&kept_lock);
	return found;
}

/* The place of that key, or the one whose time ends first. */
static struct kept *
place_of(const uint8_t key[SHA256_BYTES])
{
	struct kept *best = &kept_results[0];

	for (size_t i = 0; i < RULE_RESULTS_MAX; i++) {
		struct kept *kept = &kept_results[i];

		if (memcmp(kept->key, key, SHA256_BYTES) == 0)
			return kept;
		if (kept->until_ms < best->until_ms)
			best = kept;
	}
	return best;
}

void
rule_results_keep(const uint8_t key[SHA256_BYTES], int64_t now_ms,
		  int64_t took_us, const struct rules_found *found)
{
	struct kept *kept;

	if (took_us < RULE_RESULTS_SLOW_US)
		return;
	pthread_mutex_lock(&kept_lock);
	kept = place_of(key);
	free(kept->found.ids);
	memcpy(kept->key, key, SHA256_BYTES);
	kept->until_ms = now_ms + RULE_RESULTS_KEPT_MS;
	kept->found = *found;
	kept->found.ids = mem_new(found->count, sizeof *found->ids);
	memcpy(kept->found.ids, found->ids,
	       found->count * sizeof *found->ids);
	pthread_mutex_unlock(&kept_lock);
}
