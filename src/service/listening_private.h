/* listening_private.h - the parts of listening among themselves: listening.c
 * (notes, thread, plays) and listen.c (the rule of plays).
 *
 * Floor: 4 (service); private.
 */
#ifndef OGMA_SERVICE_LISTENING_PRIVATE_H
#define OGMA_SERVICE_LISTENING_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "service/country.h"
#include "service/listening.h"
#include "service/recommend.h"

struct notes { /* waiting to be written */
	struct arena texts;
	struct event_request *requests;
	struct event_search *searches;
	struct event_activity *activities;
	size_t request_count, search_count, activity_count;
};

struct player; /* listen.c */

#define FORGOTTEN_KEPT 64

struct listening {
	struct listening_args args;
	struct countries *countries;
	struct presence *presence;
	struct recommend *recommend;
	struct merges *merges;
	struct visits *visits;

	pthread_mutex_t lock; /* of the notes and the thread's state */
	pthread_cond_t wake;
	struct notes notes;
	int64_t forgotten[FORGOTTEN_KEPT]; /* people, used in turn */
	size_t next_forgotten;
	bool ending;
	pthread_t thread;
	bool has_thread;
	pthread_mutex_t carry_lock; /* one carries plays */
	int64_t log_id;
	int64_t tidied_at_ms, retry_at_ms, visits_at_ms;

	pthread_mutex_t players_lock;
	struct player **players; /* buckets */
	size_t player_count;

	pthread_mutex_t tops_lock;
	struct kept_top *tops; /* KEPT_TOPS places, used in turn */
	size_t next_top;

	_Atomic uint64_t accepted, dropped, waiting;
};

/* Counts events that were written. */
void listening_accepted(struct listening *listening, const char *type,
			size_t count);

void players_init(struct listening *listening);
void players_release(struct listening *listening);

#endif /* OGMA_SERVICE_LISTENING_PRIVATE_H */
