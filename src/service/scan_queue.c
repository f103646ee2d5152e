/* scan_queue.c - items, bounded queues and sets of a scan; see scan_parts.h. */
#include "service/scan_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SET_FIRST 1024 /* places at the start, power of two */

struct scan_item *
scan_item_new(enum scan_task task, const char *folder, const char *name)
{
	struct scan_item *item = mem_new(1, sizeof *item);

	arena_init(&item->arena);
	item->task = task;
	item->folder = arena_copy_text(&item->arena, folder);
	item->name = arena_copy_text(&item->arena, name);
	item->file.folder = item->folder;
	item->file.name = item->name;
	return item;
}

void
scan_item_free(struct scan_item *item)
{
	arena_release(&item->arena);
	free(item);
}

const char *
scan_item_path(struct scan_item *item)
{
	return item->folder[0] == '\0' ?
		       item->name :
		       arena_print(&item->arena, "%s/%s", item->folder,
				   item->name);
}

void
scan_queue_init(struct scan_queue *queue, size_t limit, uint32_t producers)
{
	pthread_condattr_t monotonic;

	*queue = (struct scan_queue){ .limit = limit, .producers = producers };
	queue->last = &queue->first;
	pthread_mutex_init(&queue->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&queue->room, &monotonic);
	pthread_cond_init(&queue->filled, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

static void
queue_empty(struct scan_queue *queue)
{
	while (queue->first != NULL) {
		struct scan_item *item = queue->first;

		queue->first = item->next;
		scan_item_free(item);
	}
	queue->last = &queue->first;
	queue->count = 0;
}

void
scan_queue_release(struct scan_queue *queue)
{
	queue_empty(queue);
	pthread_cond_destroy(&queue->filled);
	pthread_cond_destroy(&queue->room);
	pthread_mutex_destroy(&queue->lock);
}

void
scan_queue_push(struct scan_queue *queue, struct scan_item *item)
{
	bool taken;

	pthread_mutex_lock(&queue->lock);
	while (queue->count >= queue->limit && !queue->broken)
		pthread_cond_wait(&queue->room, &queue->lock);
	taken = !queue->broken;
	if (taken) {
		item->next = NULL;
		*queue->last = item;
		queue->last = &item->next;
		queue->count++;
		pthread_cond_signal(&queue->filled);
	}
	pthread_mutex_unlock(&queue->lock);
	if (!taken)
		scan_item_free(item);
}

static struct timespec
time_after(uint32_t timeout_ms)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += timeout_ms / 1000;
	end.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
	if (end.tv_nsec >= 1000000000) {
		end.tv_sec++;
		end.tv_nsec -= 1000000000;
	}
	return end;
}

struct scan_item *
scan_queue_pop(struct scan_queue *queue, uint32_t timeout_ms, bool *ended)
{
	struct timespec end = time_after(timeout_ms);
	struct scan_item *item;
	int woken = 0;

	pthread_mutex_lock(&queue->lock);
	while (queue->first == NULL && queue->producers > 0 &&
	       !queue->broken && woken != ETIMEDOUT) {
		if (timeout_ms == UINT32_MAX)
			pthread_cond_wait(&queue->filled, &queue->lock);
		else
			woken = pthread_cond_timedwait(&queue->filled,
						       &queue->lock, &end);
	}
	item = queue->broken ? NULL : queue->first;
	if (item != NULL) {
		queue->first = item->next;
		if (queue->first == NULL)
			queue->last = &queue->first;
		queue->count--;
		pthread_cond_signal(&queue->room);
	}
	*ended = item == NULL && (queue->broken || queue->producers == 0);
	pthread_mutex_unlock(&queue->lock);
	return item;
}

void
scan_queue_leave(struct scan_queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	if (--queue->producers == 0)
		pthread_cond_broadcast(&queue->filled);
	pthread_mutex_unlock(&queue->lock);
}

void
scan_queue_break(struct scan_queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->broken = true;
	queue_empty(queue);
	pthread_cond_broadcast(&queue->filled);
	pthread_cond_broadcast(&queue->room);
	pthread_mutex_unlock(&queue->lock);
}

/* ---- sets ----------------------------------------------------------------- */

/* FNV-1a; 0 stands for a free place. */
uint64_t
scan_hash(const char *text)
{
	uint64_t hash = 0xCBF29CE484222325u;

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001B3u;
	return hash == 0 ? 1 : hash;
}

static size_t
set_place(const uint64_t *places, size_t room, uint64_t number)
{
	size_t at = (size_t)(number ^ number >> 32) & (room - 1);

	while (places[at] != 0 && places[at] != number)
		at = (at + 1) & (room - 1);
	return at;
}

void
scan_set_add(struct scan_set *set, uint64_t number)
{
	if (2 * (set->count + 1) > set->room) {
		size_t room = set->room == 0 ? SET_FIRST : 2 * set->room;
		uint64_t *places = mem_new(room, sizeof *places);

		for (size_t i = 0; i < set->room; i++) {
			if (set->places[i] != 0)
				places[set_place(places, room,
						 set->places[i])] =
					set->places[i];
		}
		free(set->places);
		set->places = places;
		set->room = room;
	}
	if (!scan_set_has(set, number)) {
		set->places[set_place(set->places, set->room, number)] = number;
		set->count++;
	}
}

bool
scan_set_has(const struct scan_set *set, uint64_t number)
{
	return set->room > 0 &&
	       set->places[set_place(set->places, set->room, number)] != 0;
}
