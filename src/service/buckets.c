/* buckets.c - see buckets.h. A key is looked for in one set of WAYS slots; sets
 * are spread over shards with a lock each. Keys are hashed with a secret, so that
 * nobody can aim at a set. */
#include "service/buckets.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/memory.h"

#define SHARDS 16
#define WAYS 8

struct bucket {
	uint64_t key; /* 0: free */
	double tokens; /* at `at_ms` */
	int64_t at_ms;
};

struct shard {
	pthread_mutex_t lock;
	struct bucket *slots;
};

struct buckets {
	struct shard shards[SHARDS];
	size_t sets; /* of a shard */
	uint8_t secret[SHA256_BYTES];
};

struct buckets *
buckets_new(size_t room)
{
	struct buckets *buckets = mem_new(1, sizeof *buckets);

	if (room < 1024)
		room = 1024;
	buckets->sets = room / SHARDS / WAYS;
	random_bytes(buckets->secret, sizeof buckets->secret);
	for (size_t i = 0; i < SHARDS; i++) {
		pthread_mutex_init(&buckets->shards[i].lock, NULL);
		buckets->shards[i].slots = mem_new(buckets->sets * WAYS,
						   sizeof(struct bucket));
	}
	return buckets;
}

void
buckets_free(struct buckets *buckets)
{
	if (buckets == NULL)
		return;
	for (size_t i = 0; i < SHARDS; i++) {
		pthread_mutex_destroy(&buckets->shards[i].lock);
		free(buckets->shards[i].slots);
	}
	free(buckets);
}

static uint64_t
key_hash(const struct buckets *buckets, unsigned kind, struct span key)
{
	uint8_t secret[SHA256_BYTES + sizeof kind], sum[SHA256_BYTES];
	uint64_t hash;

	memcpy(secret, buckets->secret, SHA256_BYTES);
	memcpy(secret + SHA256_BYTES, &kind, sizeof kind);
	hmac_sha256((struct span){ (char *)secret, sizeof secret }, key, sum);
	memcpy(&hash, sum, sizeof hash);
	return hash != 0 ? hash : 1;
}

static double
tokens_now(const struct bucket *bucket, struct bucket_rate rate,
	   int64_t now_ms)
{
	double tokens = bucket->tokens + (double)(now_ms - bucket->at_ms) /
						 1000 * rate.per_second;

	return tokens < rate.burst ? tokens : rate.burst;
}

/* The key's slot: its own, a free one, or the one least held back. A bucket of
 * another rate is measured by ours, which is near enough to choose. */
static struct bucket *
slot_of(struct bucket *set, uint64_t key, struct bucket_rate rate,
	int64_t now_ms)
{
	struct bucket *best = &set[0];
	double most = -1;

	for (size_t i = 0; i < WAYS; i++) {
		double tokens = set[i].key == 0 ?
					INFINITY :
					tokens_now(&set[i], rate, now_ms);

		if (set[i].key == key)
			return &set[i];
		if (tokens > most) {
			most = tokens;
			best = &set[i];
		}
	}
	*best = (struct bucket){ key, rate.burst, now_ms };
	return best;
}

/* Adds `change` to the bucket when that leaves it at 0 or above. */
static uint32_t
bucket_change(struct buckets *buckets, uint64_t key, struct bucket_rate rate,
	      double needed, double change, int64_t now_ms)
{
	struct shard *shard = &buckets->shards[key % SHARDS];
	struct bucket *bucket;
	uint32_t wait_ms = 0;

	pthread_mutex_lock(&shard->lock);
	bucket = slot_of(shard->slots + key / SHARDS % buckets->sets * WAYS,
			 key, rate, now_ms);
	bucket->tokens = tokens_now(bucket, rate, now_ms);
	bucket->at_ms = now_ms;
	if (bucket->tokens >= needed) {
		bucket->tokens += change;
	} else {
		double wait = (needed - bucket->tokens) / rate.per_second;

		wait_ms = wait < 86400 ? (uint32_t)(wait * 1000) + 1 :
					 86400000;
	}
	pthread_mutex_unlock(&shard->lock);
	return wait_ms;
}

uint32_t
buckets_take(struct buckets *buckets, unsigned kind, struct span key,
	     struct bucket_rate rate, int64_t now_ms)
{
	if (rate.burst <= 0)
		return 0;
	return bucket_change(buckets, key_hash(buckets, kind, key), rate, 1,
			     -1, now_ms);
}

uint32_t
buckets_look(struct buckets *buckets, unsigned kind, struct span key,
	     struct bucket_rate rate, int64_t now_ms)
{
	if (rate.burst <= 0)
		return 0;
	return bucket_change(buckets, key_hash(buckets, kind, key), rate, 1,
			     0, now_ms);
}

void
buckets_return(struct buckets *buckets, unsigned kind, struct span key,
	       struct bucket_rate rate, int64_t now_ms)
{
	if (rate.burst > 0)
		bucket_change(buckets, key_hash(buckets, kind, key), rate, 0,
			      1, now_ms);
}
