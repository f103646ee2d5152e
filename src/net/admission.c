/* admission.c - counts connections; see admission.h. A chained hash table. */
#include "net/admission.h"

#include <stdlib.h>

#include "base/memory.h"

struct admission_entry {
	struct admission_entry *next;
	struct address group;
	uint32_t connections;
};

void
admission_init(struct admission *admission, uint32_t connections_max,
	       uint32_t per_address_max, const struct networks *unlimited)
{
	pthread_mutex_init(&admission->lock, NULL);
	admission->connections_max = connections_max;
	admission->per_address_max = per_address_max;
	admission->unlimited = unlimited;
	atomic_init(&admission->connections, 0);
	admission->bucket_count = 64;
	while (admission->bucket_count < connections_max &&
	       admission->bucket_count < 65536)
		admission->bucket_count *= 2;
	admission->buckets = mem_new(admission->bucket_count,
				     sizeof(struct admission_entry *));
}

void
admission_release(struct admission *admission)
{
	for (uint32_t i = 0; i < admission->bucket_count; i++) {
		struct admission_entry *entry = admission->buckets[i];

		while (entry != NULL) {
			struct admission_entry *next = entry->next;

			free(entry);
			entry = next;
		}
	}
	free(admission->buckets);
	pthread_mutex_destroy(&admission->lock);
}

/* FNV-1a. Somebody who has the addresses to fill one chain has enough to fill
 * connections_max. */
static struct admission_entry **
bucket_of(struct admission *admission, const struct address *group)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < sizeof group->bytes; i++)
		hash = (hash ^ group->bytes[i]) * 16777619u;
	return &admission->buckets[hash & (admission->bucket_count - 1)];
}

/* The pointer to the entry, or the end of its chain. */
static struct admission_entry **
entry_find(struct admission *admission, const struct address *group)
{
	struct admission_entry **at = bucket_of(admission, group);

	while (*at != NULL && memcmp((*at)->group.bytes, group->bytes,
				     sizeof group->bytes) != 0)
		at = &(*at)->next;
	return at;
}

static bool
address_enter(struct admission *admission, const struct address *peer)
{
	struct address group = address_group(peer);
	struct admission_entry **at;
	bool granted;

	pthread_mutex_lock(&admission->lock);
	at = entry_find(admission, &group);
	if (*at == NULL) {
		*at = mem_new(1, sizeof **at);
		(*at)->group = group;
	}
	granted = (*at)->connections < admission->per_address_max;
	if (granted)
		(*at)->connections++;
	pthread_mutex_unlock(&admission->lock);
	return granted;
}

static void
address_leave(struct admission *admission, const struct address *peer)
{
	struct address group = address_group(peer);
	struct admission_entry **at;

	pthread_mutex_lock(&admission->lock);
	at = entry_find(admission, &group);
	if (*at != NULL && --(*at)->connections == 0) {
		struct admission_entry *entry = *at;

		*at = entry->next;
		free(entry);
	}
	pthread_mutex_unlock(&admission->lock);
}

enum admission_result
admission_enter(struct admission *admission, const struct address *peer)
{
	if (atomic_fetch_add(&admission->connections, 1) >=
	    admission->connections_max) {
		atomic_fetch_sub(&admission->connections, 1);
		return ADMISSION_FULL;
	}
	if (networks_contain(admission->unlimited, peer) ||
	    address_enter(admission, peer))
		return ADMISSION_GRANTED;
	atomic_fetch_sub(&admission->connections, 1);
	return ADMISSION_TOO_MANY;
}

void
admission_leave(struct admission *admission, const struct address *peer)
{
	atomic_fetch_sub(&admission->connections, 1);
	if (!networks_contain(admission->unlimited, peer))
		address_leave(admission, peer);
}
