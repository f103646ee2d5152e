/* station.h - what a live channel plays next.
 *
 * In this order: a jingle that is due; the queue; the playlist that the schedule
 * has now; the channel's automatic DJ (a playlist, rules, or what sounds like the
 * tracks played last), which leaves out tracks and artists that played within
 * its windows while there are others; nothing, which is the placeholder.
 *
 * What was planned keeps its id until it plays, also what was drawn by chance,
 * so that it can be opened ahead. What begins leaves the queue, is noted in the
 * history and becomes the current item in one transaction.
 *
 * Floor: 4 (service). Threads: a station belongs to one thread at a time; its
 * functions read and write the store.
 */
#ifndef OGMA_SERVICE_STATION_H
#define OGMA_SERVICE_STATION_H

#include <stdint.h>

#include "base/option.h"
#include "library/channel_history.h"
#include "library/channels.h"

#define STATION_PLAN_MAX 3

struct station_settings {
	uint32_t auto_end_minutes;    /* of channels that say nothing */
	uint32_t auto_end_seconds;    /* instead of that; 0: it holds */
	const char *placeholder_path; /* "": a built-in bed of tones */
};

extern const struct option station_options[];

struct sounds;
struct station;

struct station_pick {
	struct queue_item item;
	const char *artist; /* NULL: not known */
	const char *cover_url; /* NULL: none */
	enum play_kind kind;
	int64_t jingle_id; /* 0: none */
	double gain_db;    /* as the channel's level mode wants it */
	int64_t start_ms;  /* not 0: it goes on from there after a restart */
};

/* The channel's row need not be there: then nothing is ever planned. `sounds`
 * NULL: nothing sounds alike. Both are borrowed. */
struct station *station_new(struct store *store, struct sounds *sounds,
			    int64_t channel_id);
void station_free(struct station *station);

/* Before the first plan: where the item that was current stood. Without it such
 * an item begins anew. */
void station_resume(struct station *station, const char *item_id,
		    int64_t position_ms);

/* What comes after what has started; lives until the next call of this
 * function. A store that cannot be asked gives what was planned before. */
size_t station_plan(struct station *station, int64_t now_ms,
		    const struct station_pick *picks[STATION_PLAN_MAX]);

/* Something that was planned or plays; NULL when it was so long ago. */
const struct station_pick *station_find(const struct station *station,
					const char *item_id);

/* *left_queue: the queue changed. STATUS_CONFLICT: it was taken out, or ended,
 * before it began, and is not to be heard. */
enum status station_started(struct station *station, const char *item_id,
			    bool *left_queue, struct fault *fault);
enum status station_ended(struct station *station, const char *item_id,
			  enum end_reason reason, int64_t now_ms,
			  bool *left_queue, struct fault *fault);

#endif /* OGMA_SERVICE_STATION_H */
