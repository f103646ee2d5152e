/* station.c - see station.h.
 *
 * Picks are kept in a few slots, each with an arena. A slot is given to another
 * pick when it is neither planned nor playing; the one used longest ago first.
 * Drawn picks remember what they were drawn from, and go when that changed. */
#include "service/station.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/log.h"
#include "library/channel_plans.h"
#include "library/listening.h"
#include "library/tracks.h"
#include "service/playlist.h"
#include "service/sounds.h"

#define SLOTS 12
#define DRAWS_MAX 60 /* tries to find a track outside the windows */
#define ERRORS_MAX 5 /* in a row, before it rests */
#define REST_MS 10000
#define TRACK_WINDOW_MINUTES 60 /* where the automatic DJ says nothing */
#define ARTIST_WINDOW_MINUTES 15
#define SEEDS 3 /* tracks whose like is looked for */
#define LIKE_EACH 60
#define OF_THE_FIRST 3 /* one of them is drawn */
#define FIRST_ONES 200 /* drawn from when nothing has played yet */

const struct option station_options[] = {
	{ .name = "AUTO_END_TIMEOUT_MINUTES", .type = OPTION_U32,
	  .preset = "5", .unit = "min",
	  .summary = "A new channel leaves the air after so long without "
		     "listeners; each can be set otherwise.",
	  .min = 1, .max = 60,
	  .offset = offsetof(struct station_settings, auto_end_minutes) },
	{ .name = "AUTO_END_TIMEOUT", .type = OPTION_U32, .preset = "0",
	  .unit = "s", .max = 3600,
	  .summary = "The same to the second, for channels that keep "
		     "AUTO_END_TIMEOUT_MINUTES; 0: that holds.",
	  .offset = offsetof(struct station_settings, auto_end_seconds) },
	{ .name = "PLACEHOLDER_AUDIO_PATH", .type = OPTION_TEXT,
	  .preset = "",
	  .summary = "A sound file that channels play in a loop while their "
		     "queue is empty; none: a quiet bed of tones.",
	  .offset = offsetof(struct station_settings, placeholder_path) },
	{ 0 },
};

struct slot {
	struct arena arena;
	struct station_pick pick;
	const char *drawn_from; /* NULL: not drawn */
	int64_t artist_id;
	uint64_t used; /* turn in which it was planned last */
	bool filled, started;
	bool resumed; /* was current before a restart */
};

struct station {
	struct store *store;
	struct sounds *sounds;
	int64_t channel_id;
	struct slot slots[SLOTS];
	uint64_t turn;
	bool began; /* something has started since station_new() */
	char resume_id[64];
	int64_t resume_ms;
	unsigned errors; /* in a row */
	int64_t rests_until_ms;
};

struct station *
station_new(struct store *store, struct sounds *sounds, int64_t channel_id)
{
	struct station *station = mem_new(1, sizeof *station);

	station->store = store;
	station->sounds = sounds;
	station->channel_id = channel_id;
	for (size_t i = 0; i < SLOTS; i++)
		arena_init(&station->slots[i].arena);
	return station;
}

void
station_free(struct station *station)
{
	if (station == NULL)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		arena_release(&station->slots[i].arena);
	free(station);
}

void
station_resume(struct station *station, const char *item_id,
	       int64_t position_ms)
{
	if (strlen(item_id) >= sizeof station->resume_id)
		return;
	memcpy(station->resume_id, item_id, strlen(item_id) + 1);
	station->resume_ms = position_ms;
}

/* ---- slots ---------------------------------------------------------------- */

static struct slot *
slot_find(const struct station *station, const char *id)
{
	for (size_t i = 0; i < SLOTS; i++) {
		const struct slot *slot = &station->slots[i];

		if (slot->filled && strcmp(slot->pick.item.id, id) == 0)
			return (struct slot *)slot;
	}
	return NULL;
}

const struct station_pick *
station_find(const struct station *station, const char *item_id)
{
	const struct slot *slot = slot_find(station, item_id);

	return slot == NULL ? NULL : &slot->pick;
}

/* One plays and a few are planned, so one is always free. */
static struct slot *
slot_take(struct station *station)
{
	struct slot *oldest = NULL;

	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *slot = &station->slots[i];

		if (!slot->filled || (!slot->started &&
				      (oldest == NULL ||
				       slot->used < oldest->used)))
			oldest = slot;
		if (!slot->filled)
			break;
	}
	if (oldest == NULL) /* all were told to have started: forget one */
		oldest = &station->slots[station->turn % SLOTS];
	arena_reset(&oldest->arena);
	oldest->pick = (struct station_pick){ 0 };
	oldest->drawn_from = NULL;
	oldest->resumed = false;
	oldest->artist_id = 0;
	oldest->started = false;
	oldest->filled = true;
	oldest->used = station->turn;
	return oldest;
}

static void
item_copy(struct slot *slot, const struct queue_item *item)
{
	slot->pick.item = *item;
	slot->pick.item.id = arena_copy_text(&slot->arena, item->id);
	slot->pick.item.title = arena_copy_text(&slot->arena, item->title);
	slot->pick.item.url = arena_copy_text(&slot->arena, item->url);
	slot->pick.item.requester =
		arena_copy_text(&slot->arena, item->requester);
	slot->pick.item.metadata = NULL;
}

/* ---- one plan ------------------------------------------------------------- */

struct plan {
	struct station *station;
	int64_t now_ms;
	struct arena *arena; /* of the work */
	struct channel channel;
	struct jingle_row *jingles;
	size_t jingle_count;
	struct slot *slots[STATION_PLAN_MAX];
	size_t count;
	int64_t tracks; /* planned that are no jingles */
};

static double
gain_of(const struct channel *channel, const struct track *track)
{
	const struct media_gain *gain = &track->track_gain;

	if (channel->settings.level == LEVEL_OFF)
		return 0;
	if (channel->settings.level == LEVEL_ALBUM && track->album_gain.known)
		gain = &track->album_gain;
	if (gain->known)
		return gain->gain_db;
	if (track->loudness_lufs.known) /* to ReplayGain's level */
		return -18 - track->loudness_lufs.value;
	return 0;
}

/* What the catalogue knows of a slot's track; false: it is gone. */
static bool
slot_look(struct store_session *session, struct plan *plan, struct slot *slot)
{
	struct track track;

	if (slot->pick.item.track_id == 0)
		return true;
	if (tracks_get(session, slot->pick.item.track_id, plan->arena, &track,
		       NULL) != STATUS_OK)
		return false;
	if (slot->pick.item.title == NULL)
		slot->pick.item.title =
			arena_copy_text(&slot->arena, track.title);
	if (*track.artist != '\0')
		slot->pick.artist = arena_copy_text(&slot->arena, track.artist);
	if (track.cover.id != 0)
		slot->pick.cover_url = arena_print(
			&slot->arena, "/api/v1/tracks/%lld/cover?v=%s",
			(long long)track.id, track.cover.version);
	slot->artist_id = track.artist_id;
	slot->pick.item.duration_ms = track.duration_ms;
	slot->pick.gain_db = gain_of(&plan->channel, &track);
	return true;
}

static void
plan_put(struct plan *plan, struct slot *slot)
{
	slot->used = plan->station->turn;
	plan->slots[plan->count++] = slot;
	if (slot->pick.jingle_id == 0)
		plan->tracks++;
}

static bool
plan_has(const struct plan *plan, const struct slot *slot)
{
	for (size_t i = 0; i < plan->count; i++) {
		if (plan->slots[i] == slot)
			return true;
	}
	return false;
}

/* ---- jingles -------------------------------------------------------------- */

static bool
jingle_planned(const struct plan *plan, int64_t id)
{
	for (size_t i = 0; i < plan->count; i++) {
		if (plan->slots[i]->pick.jingle_id == id)
			return true;
	}
	return false;
}

/* The pick made for it in an earlier plan, or a new one. */
static struct slot *
jingle_slot(struct station *station, const struct jingle_row *row)
{
	struct queue_item item = { .channel_id = row->channel_id,
				   .title = row->title,
				   .track_id = row->track_id };
	char id[QUEUE_ID_BYTES];
	struct slot *slot;

	for (size_t i = 0; i < SLOTS; i++) {
		slot = &station->slots[i];
		if (slot->filled && !slot->started &&
		    slot->pick.jingle_id == row->id &&
		    slot->pick.item.track_id == row->track_id)
			return slot;
	}
	queue_id_make(id);
	item.id = id;
	slot = slot_take(station);
	item_copy(slot, &item);
	slot->pick.kind = PLAY_JINGLE;
	slot->pick.jingle_id = row->id;
	return slot;
}

static void
plan_jingles(struct store_session *session, struct plan *plan)
{
	for (size_t i = 0; i < plan->jingle_count &&
			   plan->count < STATION_PLAN_MAX;
	     i++) {
		const struct jingle_row *row = &plan->jingles[i];
		struct slot *slot;

		if (!jingle_is_due(row, plan->tracks, plan->now_ms) ||
		    jingle_planned(plan, row->id))
			continue;
		slot = jingle_slot(plan->station, row);
		if (slot_look(session, plan, slot))
			plan_put(plan, slot);
		else
			slot->filled = false;
		return; /* one at a time */
	}
}

/* ---- the queue ------------------------------------------------------------ */

static struct slot *
queue_slot(struct store_session *session, struct plan *plan,
	   const struct queue_item *item)
{
	struct slot *slot = slot_find(plan->station, item->id);

	if (slot == NULL) {
		slot = slot_take(plan->station);
		item_copy(slot, item);
	}
	slot_look(session, plan, slot); /* a track that is gone fails later */
	return slot;
}

static enum status
plan_queue(struct store_session *session, struct plan *plan,
	   struct fault *fault)
{
	struct channel_queue queue;
	enum status status = channel_queue_get(session,
					       plan->station->channel_id,
					       plan->arena, &queue, fault);

	for (size_t i = 0; status == STATUS_OK && i < queue.count; i++) {
		plan_jingles(session, plan);
		if (plan->count == STATION_PLAN_MAX)
			break;
		plan_put(plan, queue_slot(session, plan, &queue.items[i]));
	}
	return status;
}

/* ---- drawing -------------------------------------------------------------- */

struct pool { /* what is drawn from */
	const char *name; /* differs whenever the pool does */
	enum play_kind kind;
	int64_t *ids;
	size_t count;
	int64_t track_window_ms, artist_window_ms;
	bool in_order; /* the first ones are the best */
};

/* Within what is planned or plays. */
static bool
drawn_near(const struct station *station, const struct plan *plan,
	   int64_t track_id, int64_t artist_id, bool artists_too)
{
	for (size_t i = 0; i < SLOTS; i++) {
		const struct slot *slot = &station->slots[i];

		if (!slot->filled || (!slot->started && !plan_has(plan, slot)))
			continue;
		if (slot->pick.item.track_id == track_id ||
		    (artists_too && artist_id != 0 &&
		     slot->artist_id == artist_id))
			return true;
	}
	return false;
}

/* 0: nothing against it; 1: its artist was heard; 2: itself was. */
static enum status
draw_rate(struct store_session *session, const struct plan *plan,
	  const struct pool *pool, int64_t track_id, int *out,
	  struct fault *fault)
{
	int64_t channel_id = plan->station->channel_id, artist_id = 0;
	int64_t track_after = plan->now_ms - pool->track_window_ms;
	int64_t artist_after = plan->now_ms - pool->artist_window_ms;
	bool track = false, artist = false;
	enum status status = sql_query_int(
		session,
		"select coalesce(artist_id, 0) from tracks where id = $1",
		SQL_ARGS(SQL_INT(track_id)), &artist_id, fault);

	if (status == STATUS_OK)
		status = channel_history_heard(session, channel_id, track_id,
					       track_after, INT64_MAX, &track,
					       fault);
	if (status == STATUS_OK && !track)
		status = channel_history_heard(session, channel_id, track_id,
					       INT64_MAX, artist_after,
					       &artist, fault);
	track = track ||
		drawn_near(plan->station, plan, track_id, 0, false);
	artist = artist || (pool->artist_window_ms > 0 &&
			    drawn_near(plan->station, plan, track_id,
				       artist_id, true));
	*out = track ? 2 : artist ? 1 : 0;
	return status;
}

static size_t
random_below(size_t bound)
{
	uint64_t number;

	random_bytes(&number, sizeof number);
	return (size_t)(number % bound);
}

/* The best of a few tries; with a small pool, of all. */
static enum status
draw(struct store_session *session, const struct plan *plan,
     const struct pool *pool, int64_t *out, struct fault *fault)
{
	size_t tries = pool->count < DRAWS_MAX ? pool->count : DRAWS_MAX;
	size_t first = random_below(pool->count);
	int best = 3;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < tries && best > 0 && status == STATUS_OK; i++) {
		size_t at = pool->count <= DRAWS_MAX ?
				    (first + i) % pool->count :
				    random_below(pool->count);
		int rate = 3;

		status = draw_rate(session, plan, pool, pool->ids[at], &rate,
				   fault);
		if (status == STATUS_OK && rate < best) {
			best = rate;
			*out = pool->ids[at];
		}
	}
	return status;
}

/* One of the first that nothing speaks against, else the best. */
static enum status
draw_in_order(struct store_session *session, const struct plan *plan,
	      const struct pool *pool, int64_t *out, struct fault *fault)
{
	int64_t fits[OF_THE_FIRST];
	size_t count = 0;
	int best = 3;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < pool->count && count < OF_THE_FIRST &&
			   status == STATUS_OK;
	     i++) {
		int rate = 3;

		status = draw_rate(session, plan, pool, pool->ids[i], &rate,
				   fault);
		if (status == STATUS_OK && rate < best) {
			best = rate;
			*out = pool->ids[i];
		}
		if (status == STATUS_OK && rate == 0)
			fits[count++] = pool->ids[i];
	}
	if (count > 0)
		*out = fits[random_below(count)];
	return status;
}

/* One that was drawn before and did not play yet. */
static struct slot *
drawn_before(const struct plan *plan, const struct pool *pool)
{
	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *slot = &plan->station->slots[i];

		if (slot->filled && !slot->started &&
		    slot->drawn_from != NULL && !plan_has(plan, slot) &&
		    strcmp(slot->drawn_from, pool->name) == 0)
			return slot;
	}
	return NULL;
}

static enum status
plan_drawn(struct store_session *session, struct plan *plan,
	   const struct pool *pool, struct fault *fault)
{
	struct queue_item item = { .channel_id = plan->station->channel_id,
				   .added_at_ms = plan->now_ms };
	char id[QUEUE_ID_BYTES];
	struct slot *slot = drawn_before(plan, pool);
	enum status status;

	if (slot == NULL) {
		status = pool->in_order ?
				 draw_in_order(session, plan, pool,
					       &item.track_id, fault) :
				 draw(session, plan, pool, &item.track_id,
				      fault);
		if (status != STATUS_OK)
			return status;
		queue_id_make(id);
		item.id = id;
		slot = slot_take(plan->station);
		item_copy(slot, &item);
		slot->pick.kind = pool->kind;
		slot->drawn_from = arena_copy_text(&slot->arena, pool->name);
	}
	if (slot_look(session, plan, slot))
		plan_put(plan, slot);
	else
		slot->filled = false;
	return STATUS_OK;
}

/* ---- pools ---------------------------------------------------------------- */

static enum status
pool_of_playlist(struct store_session *session, const struct plan *plan,
		 int64_t playlist_id, struct pool *pool, struct fault *fault)
{
	struct playlist playlist;
	enum status status = playlists_get(session, playlist_id, plan->arena,
					   &playlist, fault);

	pool->count = 0;
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status == STATUS_OK)
		status = playlist_all(session, &playlist, plan->arena,
				      &pool->ids, &pool->count, fault);
	return status;
}

static enum status
pool_of_schedule(struct store_session *session, const struct plan *plan,
		 struct pool *pool, struct fault *fault)
{
	struct schedule_row *rows;
	size_t count = 0;
	time_t now = (time_t)(plan->now_ms / 1000);
	struct tm local;
	enum status status =
		channel_schedule_list(session, plan->station->channel_id,
				      plan->arena, &rows, &count, fault);

	localtime_r(&now, &local);
	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		if (!schedule_covers(&rows[i], (local.tm_wday + 6) % 7,
				     local.tm_hour * 60 + local.tm_min))
			continue;
		*pool = (struct pool){
			.kind = PLAY_SCHEDULE,
			.name = arena_print(plan->arena, "schedule %lld %lld",
					    (long long)rows[i].id,
					    (long long)rows[i].playlist_id),
			.track_window_ms = TRACK_WINDOW_MINUTES * 60000,
			.artist_window_ms = ARTIST_WINDOW_MINUTES * 60000,
		};
		status = pool_of_playlist(session, plan, rows[i].playlist_id,
					  pool, fault);
		if (pool->count > 0)
			break;
	}
	return status;
}

static int64_t
window_ms(const json_t *auto_dj, const char *name, int64_t preset_minutes)
{
	const json_t *given = json_object_get(auto_dj, name);
	int64_t minutes = json_is_integer(given) ? json_integer_value(given) :
						   preset_minutes;

	return minutes * 60000;
}

static enum status
pool_of_rules(struct store_session *session, const struct plan *plan,
	      json_t *asked, struct pool *pool, struct fault *fault)
{
	struct playlist_rules *rules;
	struct rules_found found = { 0 };
	enum status status =
		playlist_rules_check(asked, plan->arena, &rules, fault);

	if (status == STATUS_OK)
		status = playlist_evaluate(session, rules, 0,
					   plan->station->channel_id,
					   plan->arena, &found, fault);
	pool->ids = found.ids;
	pool->count = status == STATUS_OK ? found.count : 0;
	return status;
}

static bool
pool_has(const struct pool *pool, int64_t track_id)
{
	for (size_t i = 0; i < pool->count; i++) {
		if (pool->ids[i] == track_id)
			return true;
	}
	return false;
}

/* What sounds like the tracks that began last, the nearest of each by turns. */
static enum status
pool_of_seeds(struct store_session *session, const struct plan *plan,
	      const int64_t *seeds, size_t seed_count, struct pool *pool,
	      struct fault *fault)
{
	struct sound_alike alike[SEEDS][LIKE_EACH];
	size_t counts[SEEDS] = { 0 };
	enum status status = STATUS_OK;

	for (size_t i = 0; i < seed_count && status == STATUS_OK; i++)
		status = sounds_alike(plan->station->sounds, session, seeds[i],
				      LIKE_EACH, alike[i], &counts[i], fault);
	pool->ids = arena_new(plan->arena, int64_t, SEEDS * LIKE_EACH);
	for (size_t k = 0; k < LIKE_EACH && status == STATUS_OK; k++)
		for (size_t i = 0; i < seed_count; i++)
			if (k < counts[i] &&
			    !pool_has(pool, alike[i][k].track_id))
				pool->ids[pool->count++] =
					alike[i][k].track_id;
	pool->in_order = true;
	return status;
}

/* As long as there is nothing to go by, what is heard most. */
static enum status
pool_of_similar(struct store_session *session, const struct plan *plan,
		struct pool *pool, struct fault *fault)
{
	int64_t seeds[SEEDS];
	size_t count;
	enum status status = channel_history_tracks(
		session, plan->station->channel_id, SEEDS, seeds, &count,
		fault);

	if (status == STATUS_OK)
		status = pool_of_seeds(session, plan, seeds, count, pool,
				       fault);
	if (status != STATUS_OK || pool->count > 0)
		return status;
	pool->in_order = false;
	pool->name = arena_print(plan->arena, "%s popular", pool->name);
	return popular_track_ids(session, 0, 0, FIRST_ONES, plan->arena,
				 &pool->ids, &pool->count, fault);
}

static enum status
pool_of_auto_dj(struct store_session *session, const struct plan *plan,
		struct pool *pool, struct fault *fault)
{
	const char *text = plan->channel.settings.auto_dj;
	json_t *auto_dj = NULL, *playlist;
	enum status status;

	if (text == NULL)
		return STATUS_OK;
	status = json_parse(text, strlen(text), &auto_dj, fault);
	if (status != STATUS_OK)
		return status;
	*pool = (struct pool){
		.kind = PLAY_AUTO_DJ,
		.name = text,
		.track_window_ms = window_ms(auto_dj, "track_window_minutes",
					     TRACK_WINDOW_MINUTES),
		.artist_window_ms = window_ms(auto_dj, "artist_window_minutes",
					      ARTIST_WINDOW_MINUTES),
	};
	playlist = json_object_get(auto_dj, "playlist_id");
	if (json_is_integer(playlist))
		status = pool_of_playlist(session, plan,
					  json_integer_value(playlist), pool,
					  fault);
	else if (json_is_true(json_object_get(auto_dj, "similar")))
		status = pool_of_similar(session, plan, pool, fault);
	else
		status = pool_of_rules(session, plan,
				       json_object_get(auto_dj, "rules"), pool,
				       fault);
	json_decref(auto_dj);
	return status;
}

static enum status
plan_fill(struct store_session *session, struct plan *plan,
	  struct fault *fault)
{
	struct pool pool = { 0 };
	enum status status = pool_of_schedule(session, plan, &pool, fault);

	if (status == STATUS_OK && pool.count == 0)
		status = pool_of_auto_dj(session, plan, &pool, fault);
	if (pool.count == 0)
		return status;
	for (size_t tries = 0; status == STATUS_OK &&
			       plan->count < STATION_PLAN_MAX &&
			       tries < STATION_PLAN_MAX;
	     tries++) {
		plan_jingles(session, plan);
		if (plan->count < STATION_PLAN_MAX)
			status = plan_drawn(session, plan, &pool, fault);
	}
	return status;
}

/* ---- planning ------------------------------------------------------------- */

/* What was current before a restart comes first, from where it stood. */
static enum status
plan_current(struct store_session *session, struct plan *plan,
	     struct fault *fault)
{
	struct station *station = plan->station;
	struct played current;
	struct slot *slot;
	enum status status = channel_history_get(session,
						 plan->channel.current_id,
						 plan->arena, &current, fault);

	if (status != STATUS_OK || current.ended_at_ms != 0)
		return status == STATUS_NOT_FOUND ? STATUS_OK : status;
	slot = queue_slot(session, plan, &current.item);
	slot->pick.kind = current.kind;
	slot->resumed = true;
	if (strcmp(station->resume_id, current.item.id) == 0)
		slot->pick.start_ms = station->resume_ms;
	plan_put(plan, slot);
	return STATUS_OK;
}

static enum status
plan_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct plan *plan = cookie;
	struct station *station = plan->station;
	enum status status;

	plan->count = 0;
	plan->tracks = 0;
	status = channels_get(session, station->channel_id, plan->arena,
			      &plan->channel, fault);
	if (status == STATUS_OK)
		status = channel_jingles_list(session, station->channel_id,
					      plan->arena, &plan->jingles,
					      &plan->jingle_count, fault);
	if (status == STATUS_OK && !station->began &&
	    plan->channel.current_id != 0)
		status = plan_current(session, plan, fault);
	if (status == STATUS_OK && plan->count < STATION_PLAN_MAX)
		status = plan_queue(session, plan, fault);
	if (status == STATUS_OK && plan->count < STATION_PLAN_MAX)
		status = plan_fill(session, plan, fault);
	return status;
}

/* Without the store: what the last plan said and has not played. */
static void
plan_again(struct plan *plan)
{
	plan->count = 0;
	for (size_t i = 0; i < SLOTS && plan->count < STATION_PLAN_MAX; i++) {
		struct slot *slot = &plan->station->slots[i];

		if (slot->filled && !slot->started &&
		    slot->used + 1 == plan->station->turn)
			plan_put(plan, slot);
	}
}

size_t
station_plan(struct station *station, int64_t now_ms,
	     const struct station_pick *picks[STATION_PLAN_MAX])
{
	struct plan plan = { .station = station, .now_ms = now_ms };
	struct fault fault = { 0 };
	struct arena arena;

	if (now_ms < station->rests_until_ms)
		return 0;
	station->turn++;
	arena_init(&arena);
	plan.arena = &arena;
	if (store_read(station->store, plan_work, &plan, &fault) !=
	    STATUS_OK) {
		log_warning("station", "cannot plan",
			    LOG_INT("channel_id", station->channel_id),
			    LOG_TEXT("reason", fault.message));
		plan_again(&plan);
	}
	for (size_t i = 0; i < plan.count; i++)
		picks[i] = &plan.slots[i]->pick;
	arena_release(&arena);
	return plan.count;
}

/* ---- what became of it ---------------------------------------------------- */

struct turn_work {
	const struct station_pick *pick;
	enum end_reason reason;
	bool resumed, left_queue;
};

static enum status
started_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct turn_work *work = cookie;

	return channel_history_begin(session, &work->pick->item,
				     work->pick->kind, work->pick->jingle_id,
				     work->resumed, &work->left_queue, fault);
}

static enum status
ended_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct turn_work *work = cookie;

	return channel_history_end(session, &work->pick->item,
				   work->pick->kind, work->reason,
				   &work->left_queue, fault);
}

enum status
station_started(struct station *station, const char *item_id,
		bool *left_queue, struct fault *fault)
{
	struct slot *slot = slot_find(station, item_id);
	struct turn_work work = { 0 };
	enum status status;

	*left_queue = false;
	station->began = true;
	if (slot == NULL)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "an item began that was never planned");
	slot->started = true;
	work.pick = &slot->pick;
	work.resumed = slot->resumed;
	status = store_write(station->store, started_work, &work, fault);
	*left_queue = work.left_queue;
	return status;
}

enum status
station_ended(struct station *station, const char *item_id,
	      enum end_reason reason, int64_t now_ms, bool *left_queue,
	      struct fault *fault)
{
	struct slot *slot = slot_find(station, item_id);
	struct turn_work work = { .reason = reason };
	enum status status;

	*left_queue = false;
	station->began = true;
	station->errors = reason == END_ERROR ? station->errors + 1 : 0;
	if (station->errors >= ERRORS_MAX) {
		station->errors = 0;
		station->rests_until_ms = now_ms + REST_MS;
	}
	if (slot == NULL)
		return STATUS_OK;
	work.pick = &slot->pick;
	status = store_write(station->store, ended_work, &work, fault);
	*left_queue = work.left_queue;
	/* A store that is down must not make it play again at once. */
	slot->started = false;
	slot->drawn_from = NULL;
	if (slot->pick.jingle_id != 0)
		slot->pick.jingle_id = -1;
	return status;
}
