/* visits.c - see visits.h. A hash table of chains. */
#include "service/visits.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"

#define BUCKETS 4096

struct entry {
	struct visit visit;
	struct entry *next;
};

struct visits {
	pthread_mutex_t lock;
	struct entry *buckets[BUCKETS];
	size_t count;
};

struct visits *
visits_new(void)
{
	struct visits *visits = mem_new(1, sizeof *visits);

	pthread_mutex_init(&visits->lock, NULL);
	return visits;
}

static bool
is_over(const struct visit *visit, int64_t now_ms)
{
	return now_ms - visit->seen_at_ms > VISIT_GAP_MS;
}

static void
entry_remove(struct visits *visits, struct entry **link)
{
	struct entry *entry = *link;

	*link = entry->next;
	visits->count--;
	free(entry);
}

void
visits_free(struct visits *visits)
{
	if (visits == NULL)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		while (visits->buckets[i] != NULL)
			entry_remove(visits, &visits->buckets[i]);
	pthread_mutex_destroy(&visits->lock);
	free(visits);
}

static struct entry **
chain_of(struct visits *visits, int64_t user_id)
{
	return &visits->buckets[(uint64_t)user_id * 0x9e3779b97f4a7c15u >> 52];
}

/* One that is over but not taken yet stays beside the new one. Under lock. */
static struct entry *
entry_of(struct visits *visits, int64_t user_id, int64_t now_ms)
{
	struct entry **chain = chain_of(visits, user_id), *entry;

	for (entry = *chain; entry != NULL; entry = entry->next)
		if (entry->visit.user_id == user_id &&
		    !is_over(&entry->visit, now_ms))
			return entry;
	if (visits->count >= VISITS_MAX)
		return NULL;
	visits->count++;
	entry = mem_new(1, sizeof *entry);
	entry->visit = (struct visit){ .user_id = user_id,
				       .began_at_ms = now_ms,
				       .seen_at_ms = now_ms };
	entry->next = *chain;
	*chain = entry;
	return entry;
}

void
visits_see(struct visits *visits, int64_t user_id, int64_t now_ms,
	   uint32_t tracks, uint32_t searches)
{
	struct entry *entry;

	pthread_mutex_lock(&visits->lock);
	entry = entry_of(visits, user_id, now_ms);
	if (entry != NULL) {
		if (entry->visit.seen_at_ms < now_ms)
			entry->visit.seen_at_ms = now_ms;
		entry->visit.tracks += tracks;
		entry->visit.searches += searches;
	}
	pthread_mutex_unlock(&visits->lock);
}

size_t
visits_take(struct visits *visits, int64_t now_ms, struct visit *out,
	    size_t room)
{
	size_t count = 0;

	pthread_mutex_lock(&visits->lock);
	for (size_t i = 0; i < BUCKETS; i++) {
		struct entry **link = &visits->buckets[i];

		while (*link != NULL && count < room) {
			if (!is_over(&(*link)->visit, now_ms)) {
				link = &(*link)->next;
				continue;
			}
			out[count++] = (*link)->visit;
			entry_remove(visits, link);
		}
	}
	pthread_mutex_unlock(&visits->lock);
	return count;
}

void
visits_forget(struct visits *visits, int64_t user_id)
{
	struct entry **link;

	pthread_mutex_lock(&visits->lock);
	link = chain_of(visits, user_id);
	while (*link != NULL)
		if ((*link)->visit.user_id == user_id)
			entry_remove(visits, link);
		else
			link = &(*link)->next;
	pthread_mutex_unlock(&visits->lock);
}
