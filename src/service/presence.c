/* presence.c - who is here now; see presence.h. A hash table of chains under
 * one lock; what is old is swept when the table is full or a minute passed. */
#include "service/presence.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"

#define BUCKETS 4096
#define SWEEP_MS 60000

struct entry {
	struct present present;
	struct entry *next;
};

struct presence {
	pthread_mutex_t lock;
	struct entry *buckets[BUCKETS];
	size_t count;
	int64_t swept_at_ms;
};

struct presence *
presence_new(void)
{
	struct presence *presence = mem_new(1, sizeof *presence);

	pthread_mutex_init(&presence->lock, NULL);
	return presence;
}

static void
sweep(struct presence *presence, int64_t before_ms)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		struct entry **link = &presence->buckets[i];

		while (*link != NULL) {
			struct entry *entry = *link;

			if (entry->present.seen_at_ms >= before_ms) {
				link = &entry->next;
				continue;
			}
			*link = entry->next;
			presence->count--;
			free(entry);
		}
	}
}

void
presence_free(struct presence *presence)
{
	if (presence == NULL)
		return;
	sweep(presence, INT64_MAX);
	pthread_mutex_destroy(&presence->lock);
	free(presence);
}

/* The entry of a person or session, made when there is room. Under lock. */
static struct entry *
entry_of(struct presence *presence, int64_t user_id, uint64_t session,
	 int64_t now_ms)
{
	uint64_t key = user_id > 0 ? (uint64_t)user_id : session;
	struct entry **link =
		&presence->buckets[key * 0x9e3779b97f4a7c15u >> 52];

	if (now_ms - presence->swept_at_ms > SWEEP_MS) {
		sweep(presence, now_ms - PRESENCE_KEPT_MS);
		presence->swept_at_ms = now_ms;
	}
	for (struct entry *entry = *link; entry != NULL; entry = entry->next)
		if (entry->present.user_id == user_id &&
		    (user_id > 0 || entry->present.session == session))
			return entry;
	if (presence->count >= PRESENCE_MAX)
		return NULL;
	presence->count++;
	struct entry *entry = mem_new(1, sizeof *entry);

	entry->present.user_id = user_id;
	entry->present.session = session;
	entry->next = *link;
	*link = entry;
	return entry;
}

void
presence_see(struct presence *presence, int64_t user_id, int64_t now_ms)
{
	struct entry *entry;

	pthread_mutex_lock(&presence->lock);
	entry = entry_of(presence, user_id, 0, now_ms);
	if (entry != NULL && entry->present.seen_at_ms < now_ms)
		entry->present.seen_at_ms = now_ms;
	pthread_mutex_unlock(&presence->lock);
}

void
presence_hear(struct presence *presence, const struct present *present)
{
	struct entry *entry;

	pthread_mutex_lock(&presence->lock);
	entry = entry_of(presence, present->user_id, present->session,
			 present->seen_at_ms);
	if (entry != NULL && entry->present.seen_at_ms <= present->seen_at_ms)
		entry->present = *present;
	pthread_mutex_unlock(&presence->lock);
}

uint32_t
presence_count(struct presence *presence, int64_t since_ms)
{
	uint32_t count = 0;

	pthread_mutex_lock(&presence->lock);
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct entry *entry = presence->buckets[i]; entry != NULL;
		     entry = entry->next)
			count += entry->present.user_id > 0 &&
				 entry->present.seen_at_ms >= since_ms;
	pthread_mutex_unlock(&presence->lock);
	return count;
}

static bool
listens(const struct present *present, int64_t now_ms)
{
	return present->track_id > 0 && present->listens_until_ms > now_ms;
}

uint32_t
presence_listening_count(struct presence *presence, int64_t now_ms)
{
	uint32_t count = 0;

	pthread_mutex_lock(&presence->lock);
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct entry *entry = presence->buckets[i]; entry != NULL;
		     entry = entry->next)
			count += listens(&entry->present, now_ms);
	pthread_mutex_unlock(&presence->lock);
	return count;
}

static int
seen_compare(const void *a, const void *b)
{
	const struct present *x = a, *y = b;

	return x->seen_at_ms > y->seen_at_ms ? -1 :
					       x->seen_at_ms < y->seen_at_ms;
}

size_t
presence_listening(struct presence *presence, int64_t now_ms,
		   struct present *out, size_t room)
{
	struct present *found;
	size_t count = 0;

	pthread_mutex_lock(&presence->lock);
	found = mem_new(presence->count + 1, sizeof *found);
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct entry *entry = presence->buckets[i]; entry != NULL;
		     entry = entry->next)
			if (listens(&entry->present, now_ms))
				found[count++] = entry->present;
	pthread_mutex_unlock(&presence->lock);
	qsort(found, count, sizeof *found, seen_compare);
	count = count < room ? count : room;
	for (size_t i = 0; i < count; i++)
		out[i] = found[i];
	free(found);
	return count;
}
