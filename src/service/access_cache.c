/* access_cache.c - what was lately proved, see access_private.h. A small table
 * in sets of WAYS with a lock for each shard; the oldest of a set leaves.
 *
 * Forgetting raises the generation first: a proof whose store was read before
 * that is not kept, so no older state comes back after access_forget(). */
#include "service/access_private.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define SHARDS 16
#define SETS 32
#define WAYS 4
#define LATELY_MS 300000

struct shard {
	pthread_mutex_t lock;
	struct proof slots[SETS][WAYS];
};

struct proof_cache {
	atomic_uint_fast64_t generation;
	struct shard shards[SHARDS];
};

struct proof_cache *
proof_cache_new(void)
{
	struct proof_cache *cache = mem_new(1, sizeof *cache);

	for (size_t i = 0; i < SHARDS; i++)
		pthread_mutex_init(&cache->shards[i].lock, NULL);
	return cache;
}

void
proof_cache_free(struct proof_cache *cache)
{
	if (cache == NULL)
		return;
	for (size_t i = 0; i < SHARDS; i++)
		pthread_mutex_destroy(&cache->shards[i].lock);
	free(cache);
}

uint64_t
proof_cache_generation(struct proof_cache *cache)
{
	return atomic_load(&cache->generation);
}

static struct shard *
shard_of(struct proof_cache *cache, const uint8_t *key)
{
	return &cache->shards[key[0] % SHARDS];
}

bool
proof_cache_find(struct proof_cache *cache, const uint8_t key[SHA256_BYTES],
		 struct proof *out)
{
	struct shard *shard = shard_of(cache, key);
	struct proof *set = shard->slots[key[1] % SETS];
	int64_t oldest_ms = clock_monotonic_ms() - ACCESS_CACHE_MS;
	bool found = false;

	pthread_mutex_lock(&shard->lock);
	for (size_t i = 0; i < WAYS && !found; i++) {
		if (set[i].user_id == 0 || set[i].loaded_ms <= oldest_ms ||
		    memcmp(set[i].key, key, SHA256_BYTES) != 0)
			continue;
		*out = set[i];
		found = true;
	}
	pthread_mutex_unlock(&shard->lock);
	return found;
}

void
proof_cache_keep(struct proof_cache *cache, const struct proof *proof)
{
	struct shard *shard = shard_of(cache, proof->key);
	struct proof *set = shard->slots[proof->key[1] % SETS];
	struct proof *place = &set[0];

	pthread_mutex_lock(&shard->lock);
	for (size_t i = 0; i < WAYS; i++) {
		if (memcmp(set[i].key, proof->key, SHA256_BYTES) == 0) {
			place = &set[i];
			break;
		}
		if (set[i].loaded_ms < place->loaded_ms)
			place = &set[i];
	}
	if (proof->generation == atomic_load(&cache->generation)) {
		*place = *proof;
		place->loaded_ms = clock_monotonic_ms();
	}
	pthread_mutex_unlock(&shard->lock);
}

void
proof_cache_forget(struct proof_cache *cache, int64_t user_id)
{
	atomic_fetch_add(&cache->generation, 1);
	for (size_t s = 0; s < SHARDS; s++) {
		struct shard *shard = &cache->shards[s];

		pthread_mutex_lock(&shard->lock);
		for (size_t i = 0; i < SETS * WAYS; i++) {
			struct proof *slot = &shard->slots[i / WAYS][i % WAYS];

			if (slot->user_id == user_id)
				*slot = (struct proof){ 0 };
		}
		pthread_mutex_unlock(&shard->lock);
	}
}

uint32_t
proof_cache_admins(struct proof_cache *cache)
{
	int64_t since_ms = clock_monotonic_ms() - LATELY_MS;
	uint32_t count = 0;

	for (size_t s = 0; s < SHARDS; s++) {
		struct shard *shard = &cache->shards[s];

		pthread_mutex_lock(&shard->lock);
		for (size_t i = 0; i < SETS * WAYS; i++) {
			const struct proof *slot =
				&shard->slots[i / WAYS][i % WAYS];

			count += slot->user_id != 0 && slot->session_id != 0 &&
				 slot->role >= USER_ROLE_ADMIN &&
				 slot->loaded_ms > since_ms;
		}
		pthread_mutex_unlock(&shard->lock);
	}
	return count;
}
