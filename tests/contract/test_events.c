/* test_events.c - what every log of events promises (driver/events.h).
 *
 * Each scenario runs over each driver of the table at the end; the last ones
 * compare the SQLite log with the memory log, whose answers are the rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/sanitized.h"
#include "driver/events.h"
#include "driver/store.h"
#include "tests/support/folder.h"
#include "tests/support/stores.h"

#define DAY_0 20000 /* 2024-10-04 */
#define AT(day, ms) ((int64_t)(DAY_0 + (day)) * DAY_MS + (ms))
#define HOUR_MS 3600000

struct place {
	const struct events_driver *driver;
	char folder[64];
	char path[128];
	struct events_settings settings;
	struct events_log *log;
	struct arena arena;
	struct fault fault;
};

static void
place_start(struct place *place)
{
	struct events_open_args args = { .settings = &place->settings,
					 .path = place->path };

	if (events_open(place->driver, &args, &place->log, &place->fault) !=
	    STATUS_OK)
		fail_msg("%s", place->fault.message);
}

static void
place_reopen(struct place *place)
{
	events_close(place->log);
	place_start(place);
}

static int
place_open(void **state, const struct events_driver *driver)
{
	struct place *place = mem_new(1, sizeof *place);

	place->driver = driver;
	place->settings = (struct events_settings){
		.durability = "commit",
		.keep_requests_days = 10,
		.keep_searches_days = 20,
		.keep_activity_days = 30,
		.readers_max = 3,
		.cache_kib = 256,
	};
	arena_init(&place->arena);
	test_folder_make(place->folder);
	snprintf(place->path, sizeof place->path, "%s/events.db",
		 place->folder);
	place_start(place);
	*state = place;
	return 0;
}

static int
sqlite_place(void **state)
{
	return place_open(state, &events_driver_sqlite);
}

static int
memory_place(void **state)
{
	return place_open(state, &events_driver_memory);
}

static int
place_close(void **state)
{
	struct place *place = *state;

	events_close(place->log);
	arena_release(&place->arena);
	test_folder_remove(place->folder);
	free(place);
	return 0;
}

static void
ok(struct place *place, enum status status)
{
	if (status != STATUS_OK)
		fail_msg("%s: %s", status_name(status), place->fault.message);
}

/* ---- helpers -------------------------------------------------------------- */

static size_t
append_listens(struct place *place, const struct event_listen *listens,
	       size_t count)
{
	struct events_batch batch = { .listens = listens,
				      .listen_count = count };
	struct events_receipt receipt = { 0 };

	ok(place, events_append(place->log, &batch, &receipt, &place->fault));
	return receipt.duplicates;
}

/* One play of a track of that artist, three minutes long. */
static struct event_listen
play(int64_t user_id, int64_t track_id, int64_t at_ms)
{
	return (struct event_listen){
		.at_ms = at_ms,
		.began_at_ms = at_ms - 180000,
		.user_id = user_id,
		.track_id = track_id,
		.artists = { track_id / 10 },
		.album_id = 5,
		.genre_id = 3,
		.action = EVENT_COMPLETE,
		.source = EVENT_FROM_ALBUM,
		.heard_ms = 180000,
		.total_ms = 180000,
		.position_ms = 180000,
		.counts = true,
		.platform = "web",
		.device = "desktop",
		.client = "ogma-web 1",
		.country = "RU",
	};
}

static struct event_listen
skipped(int64_t user_id, int64_t track_id, int64_t at_ms)
{
	struct event_listen listen = play(user_id, track_id, at_ms);

	listen.action = EVENT_SKIP;
	listen.counts = false;
	listen.heard_ms = listen.total_ms = listen.position_ms = 7000;
	return listen;
}

static const struct events_range all_days = { DAY_0 - 100, DAY_0 + 200 };
static const struct events_look all_rows = { 0 };

static size_t
sums(struct place *place, enum events_kind kind, int64_t id,
     const struct events_range *range, struct events_sum **out)
{
	size_t count = 0;

	*out = NULL;
	ok(place, events_sums(place->log, &place->arena, kind, id, range, out,
			      &count, &place->fault));
	return count;
}

static struct events_top
top(struct place *place, enum events_kind kind,
    const struct events_range *range, uint32_t limit)
{
	struct events_top found;

	ok(place, events_top(place->log, &place->arena, kind, range, limit,
			     &found, &place->fault));
	return found;
}

static struct events_listeners
listeners(struct place *place, enum events_kind kind, int64_t id,
	  const struct events_range *range, uint32_t window)
{
	struct events_listeners found;

	ok(place, events_listeners(place->log, &place->arena, kind, id, range,
				   window, &found, &place->fault));
	return found;
}

/* Of either track. */
static struct events_listeners
listeners_of(struct place *place, int64_t one, int64_t other,
	     const struct events_range *range)
{
	const int64_t ids[] = { one, other };
	struct events_listeners found;

	ok(place, events_listeners_of_any(place->log, &place->arena,
					  EVENTS_TRACK, ids, 2, range, 28,
					  &found, &place->fault));
	return found;
}

struct walked {
	struct event_listen listens[64];
	int64_t seqs[64];
	size_t count, limit;
};

static bool
walk_visit(void *cookie, int64_t seq, const struct event_listen *listen)
{
	struct walked *walked = cookie;

	walked->seqs[walked->count] = seq;
	walked->listens[walked->count++] = *listen;
	return walked->count < walked->limit;
}

static void
walk(struct place *place, const struct events_walk *asked,
     struct walked *walked)
{
	walked->count = 0;
	if (walked->limit == 0)
		walked->limit = 64;
	ok(place, events_listens(place->log, asked, walk_visit, walked,
				 &place->fault));
}

static struct events_walk
walk_of(int64_t user_id)
{
	return (struct events_walk){ .user_id = user_id,
				     .from_ms = 0,
				     .until_ms = INT64_MAX };
}

static void
tidy(struct place *place, int64_t now_ms)
{
	bool more = true;

	while (more)
		ok(place, events_tidy(place->log, now_ms, &more,
				      &place->fault));
}

static void
check(struct place *place)
{
	ok(place, events_check(place->log, &all_days, &place->fault));
}

/* ---- sums ----------------------------------------------------------------- */

static void
a_new_log_is_empty(void **state)
{
	struct place *place = *state;
	struct events_state empty;
	struct events_sum *items;
	struct walked walked = { .limit = 0 };
	struct events_walk asked = walk_of(1);

	ok(place, events_get_state(place->log, &empty, &place->fault));
	assert_int_equal(empty.listens, 0);
	assert_true(empty.last_day < empty.first_day);
	assert_int_equal(sums(place, EVENTS_TRACK, 1, &all_days, &items), 0);
	assert_int_equal(top(place, EVENTS_TRACK, &all_days, 10).count, 0);
	assert_int_equal(
		listeners(place, EVENTS_TOTAL, 0, &all_days, 28).distinct, 0);
	walk(place, &asked, &walked);
	assert_int_equal(walked.count, 0);
	tidy(place, AT(1, 0));
}

static void
a_listen_adds_to_the_sums_of_all_it_is_about(void **state)
{
	struct place *place = *state;
	struct event_listen listens[] = { play(1, 70, AT(0, 2 * HOUR_MS)),
					  skipped(1, 70, AT(0, 3 * HOUR_MS)) };
	static const struct {
		enum events_kind kind;
		int64_t id;
	} things[] = {
		{ EVENTS_TOTAL, 0 },	       { EVENTS_TRACK, 70 },
		{ EVENTS_ARTIST, 7 },	       { EVENTS_GENRE, 3 },
		{ EVENTS_USER, 1 },	       { EVENTS_SOURCE,
						 EVENT_FROM_ALBUM },
		{ EVENTS_PLATFORM, EVENTS_EVERY }, { EVENTS_COUNTRY,
						     EVENTS_EVERY },
	};

	append_listens(place, listens, 2);
	for (size_t i = 0; i < ARRAY_LENGTH(things); i++) {
		struct events_sum *items;

		assert_int_equal(sums(place, things[i].kind, things[i].id,
				      &all_days, &items),
				 1);
		assert_int_equal(items[0].day, DAY_0);
		assert_int_equal(items[0].plays, 1);
		assert_int_equal(items[0].completes, 1);
		assert_int_equal(items[0].skips, 1);
		assert_int_equal(items[0].starts, 0);
		assert_int_equal(items[0].heard_ms, 187000);
	}
	check(place);
}

static void
sums_are_kept_for_each_day_hour_and_source(void **state)
{
	struct place *place = *state;
	struct event_listen listens[] = {
		play(1, 70, AT(0, 0)),
		play(2, 70, AT(0, DAY_MS - 1)),
		play(2, 70, AT(1, 0)),
		play(2, 70, AT(1, 1)),
	};
	struct events_range second = { DAY_0 + 1, DAY_0 + 1 };
	struct events_sum *items;

	listens[3].source = EVENT_FROM_RADIO;
	append_listens(place, listens, 4);
	assert_int_equal(sums(place, EVENTS_TRACK, 70, &all_days, &items), 3);
	assert_int_equal(items[0].day, DAY_0);
	assert_int_equal(items[0].plays, 2);
	assert_int_equal(items[0].part, EVENT_FROM_ALBUM);
	assert_int_equal(items[2].day, DAY_0 + 1);
	assert_int_equal(items[2].part, EVENT_FROM_RADIO);
	assert_int_equal(sums(place, EVENTS_TRACK, 70, &second, &items), 2);
	assert_int_equal(
		sums(place, EVENTS_HOUR, EVENTS_EVERY, &all_days, &items), 3);
	assert_int_equal(items[0].id, 0);
	assert_int_equal(items[1].id, 23);
	assert_int_equal(
		sums(place, EVENTS_SOURCE, EVENTS_EVERY, &second, &items), 2);
}

static void
every_credited_artist_gets_the_play(void **state)
{
	struct place *place = *state;
	struct event_listen listen = play(1, 70, AT(0, 0));
	struct events_sum *items;

	listen.artists[1] = 8;
	listen.artists[2] = 9;
	append_listens(place, &listen, 1);
	for (int64_t id = 7; id <= 9; id++) {
		assert_int_equal(
			sums(place, EVENTS_ARTIST, id, &all_days, &items), 1);
		assert_int_equal(items[0].plays, 1);
	}
	assert_int_equal(sums(place, EVENTS_TOTAL, 0, &all_days, &items), 1);
	assert_int_equal(items[0].plays, 1);
	check(place);
}

static void
words_are_kept_and_unknown_ones_are_left_out(void **state)
{
	struct place *place = *state;
	struct event_listen listens[] = { play(1, 70, AT(0, 0)),
					  play(1, 70, AT(0, 1)),
					  play(1, 70, AT(0, 2)) };
	struct events_sum *items;

	listens[1].platform = "телефон";
	listens[2].platform = NULL;
	append_listens(place, listens, 3);
	assert_int_equal(
		sums(place, EVENTS_PLATFORM, EVENTS_EVERY, &all_days, &items),
		2);
	assert_string_equal(items[0].word, "web");
	assert_string_equal(items[1].word, "телефон");
	assert_int_equal(items[1].plays, 1);
}

static void
text_of_any_length_is_cut_and_does_no_harm(void **state)
{
	struct place *place = *state;
	struct event_listen listen = play(1, 70, AT(0, 0));
	char text[2000];
	struct events_sum *items;

	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	listen.client = text;
	append_listens(place, &listen, 1);
	assert_int_equal(
		sums(place, EVENTS_CLIENT, EVENTS_EVERY, &all_days, &items), 1);
	assert_int_equal(strlen(items[0].word), EVENT_WORD_BYTES_MAX);
}

static void
an_event_that_comes_twice_is_kept_once(void **state)
{
	struct place *place = *state;
	struct event_listen listens[] = { play(1, 70, AT(0, 0)),
					  play(1, 70, AT(0, 0)),
					  play(1, 71, AT(0, 1)) };
	struct events_sum *items;

	listens[0].key = listens[1].key = 0xfedcba9876543210u;
	listens[2].key = 5;
	assert_int_equal(append_listens(place, listens, 3), 1);
	assert_int_equal(append_listens(place, listens, 3), 3);
	place_reopen(place);
	if (place->driver == &events_driver_sqlite)
		assert_int_equal(append_listens(place, listens, 3), 3);
	else
		append_listens(place, listens, 3);
	assert_int_equal(sums(place, EVENTS_TOTAL, 0, &all_days, &items), 1);
	assert_int_equal(items[0].plays, 2);
	check(place);
}

/* ---- tops ----------------------------------------------------------------- */

static void
the_most_played_come_first(void **state)
{
	struct place *place = *state;
	struct event_listen listens[] = {
		play(1, 70, AT(0, 0)), play(1, 80, AT(1, 0)),
		play(2, 80, AT(2, 0)), play(1, 90, AT(3, 0)),
		skipped(1, 60, AT(0, 0)),
	};
	struct events_range early = { DAY_0, DAY_0 + 1 };
	struct events_top found;

	listens[3].heard_ms = 200000;
	append_listens(place, listens, 5);
	found = top(place, EVENTS_TRACK, &all_days, 10);
	assert_int_equal(found.total, 3); /* 60 was never played */
	assert_int_equal(found.count, 3);
	assert_int_equal(found.items[0].id, 80);
	assert_int_equal(found.items[0].plays, 2);
	assert_int_equal(found.items[1].id, 90); /* heard longer */
	assert_int_equal(found.items[2].id, 70);
	found = top(place, EVENTS_ARTIST, &all_days, 1);
	assert_int_equal(found.total, 3);
	assert_int_equal(found.count, 1);
	assert_int_equal(found.items[0].id, 8);
	found = top(place, EVENTS_TRACK, &early, 10);
	assert_int_equal(found.count, 2);
	assert_int_equal(found.items[0].id, 70); /* equal: by id */
}

static void
totals_come_in_the_order_asked_for(void **state)
{
	struct place *place = *state;
	struct event_listen listens[] = { play(1, 70, AT(0, 0)),
					  play(1, 80, AT(1, 0)),
					  skipped(2, 80, AT(2, 0)),
					  play(1, 80, AT(5, 0)) };
	struct events_range range = { DAY_0, DAY_0 + 3 };
	int64_t ids[] = { 80, 999, 70, 80 };
	struct events_sum *totals;

	append_listens(place, listens, 4);
	ok(place, events_totals(place->log, &place->arena, EVENTS_TRACK, ids,
				4, &range, &totals, &place->fault));
	assert_int_equal(totals[0].id, 80);
	assert_int_equal(totals[0].plays, 1);
	assert_int_equal(totals[0].skips, 1);
	assert_int_equal(totals[1].id, 999);
	assert_int_equal(totals[1].heard_ms, 0);
	assert_int_equal(totals[2].plays, 1);
	assert_int_equal(totals[3].plays, 1);
}

/* ---- listeners ------------------------------------------------------------ */

static void
listeners_are_counted_once_a_day_a_window_and_a_range(void **state)
{
	struct place *place = *state;
	struct event_listen listens[] = {
		play(1, 70, AT(0, 0)), play(1, 70, AT(0, 5)),
		play(2, 70, AT(0, 9)), play(1, 70, AT(2, 0)),
		play(3, 70, AT(4, 0)), skipped(4, 70, AT(4, 0)),
		play(5, 80, AT(4, 0)), play(2, 70, AT(6, 0)),
	};
	struct events_range range = { DAY_0 + 2, DAY_0 + 6 };
	static const uint32_t daily[] = { 1, 0, 1, 0, 1 };
	static const uint32_t rolling[] = { 2, 1, 2, 1, 2 };
	struct events_listeners found;

	append_listens(place, listens, 8);
	found = listeners(place, EVENTS_TRACK, 70, &range, 3);
	for (size_t i = 0; i < ARRAY_LENGTH(daily); i++) {
		assert_int_equal(found.daily[i], daily[i]);
		assert_int_equal(found.rolling[i], rolling[i]);
	}
	assert_int_equal(found.distinct, 3);
	found = listeners(place, EVENTS_ARTIST, 8, &all_days, 28);
	assert_int_equal(found.distinct, 1);
	found = listeners_of(place, 70, 80, &range);
	assert_int_equal(found.distinct, 4);
	assert_int_equal(found.daily[2], 2);
	found = listeners_of(place, 70, 70, &range); /* nobody is two */
	assert_int_equal(found.distinct, 3);
	assert_int_equal(found.daily[2], 1);
	found = listeners(place, EVENTS_TOTAL, 0, &all_days, 28);
	assert_int_equal(found.distinct, 4);
}

static void
anonymous_sessions_are_listeners_but_nobody_is_not(void **state)
{
	struct place *place = *state;
	struct event_listen listens[] = { play(0, 70, AT(0, 0)),
					  play(0, 70, AT(0, 1)),
					  play(0, 70, AT(0, 2)),
					  play(1, 70, AT(0, 3)) };
	struct events_sum *items;

	listens[0].session = 0xfeed000000000001u;
	listens[1].session = 0xbeef000000000002u;
	append_listens(place, listens, 4);
	assert_int_equal(
		listeners(place, EVENTS_TRACK, 70, &all_days, 7).distinct, 3);
	assert_int_equal(
		listeners(place, EVENTS_ACTIVE, 0, &all_days, 7).distinct, 1);
	assert_int_equal(sums(place, EVENTS_TOTAL, 0, &all_days, &items), 1);
	assert_int_equal(items[0].plays, 4);
	check(place);
}

/* ---- walks ---------------------------------------------------------------- */

static void
one_persons_listens_come_in_order_with_all_they_had(void **state)
{
	struct place *place = *state;
	struct event_listen listens[] = { play(1, 70, AT(3, 10)),
					  play(2, 71, AT(1, 0)),
					  skipped(1, 72, AT(0, 5)),
					  play(1, 73, AT(3, 5)) };
	struct events_walk asked = walk_of(1);
	struct walked walked = { .limit = 0 };

	listens[0].source = EVENT_FROM_PLAYLIST;
	listens[0].source_id = 77;
	append_listens(place, listens, 4);
	walk(place, &asked, &walked);
	assert_int_equal(walked.count, 3);
	assert_int_equal(walked.listens[0].track_id, 72);
	assert_int_equal(walked.listens[0].action, EVENT_SKIP);
	assert_int_equal(walked.listens[0].heard_ms, 7000);
	assert_int_equal(walked.listens[1].track_id, 73);
	assert_int_equal(walked.listens[2].track_id, 70);
	assert_int_equal(walked.listens[2].user_id, 1);
	assert_int_equal(walked.listens[2].began_at_ms, AT(3, 10) - 180000);
	assert_int_equal(walked.listens[2].artists[0], 7);
	assert_int_equal(walked.listens[2].album_id, 5);
	assert_int_equal(walked.listens[2].genre_id, 3);
	assert_int_equal(walked.listens[2].source, EVENT_FROM_PLAYLIST);
	assert_int_equal(walked.listens[2].source_id, 77);
	assert_true(walked.listens[2].counts);
	asked.newest_first = true;
	walk(place, &asked, &walked);
	assert_int_equal(walked.listens[0].track_id, 70);
	assert_int_equal(walked.listens[2].track_id, 72);
	asked.from_ms = AT(0, 6);
	asked.until_ms = AT(3, 10);
	walk(place, &asked, &walked);
	assert_int_equal(walked.count, 1);
	assert_int_equal(walked.listens[0].track_id, 73);
}

static void
a_walk_goes_on_behind_the_last_one_seen(void **state)
{
	struct place *place = *state;
	struct events_walk asked = walk_of(1);
	struct walked walked = { .limit = 4 };
	bool seen[30] = { false };

	for (int64_t i = 0; i < 30; i++) { /* three at each moment */
		struct event_listen listen =
			play(1, 100 + i, AT(i / 10, i / 3 * 1000));

		append_listens(place, &listen, 1);
	}
	asked.newest_first = true;
	for (size_t total = 0; total < 30; total += walked.count) {
		walk(place, &asked, &walked);
		assert_true(walked.count > 0);
		for (size_t i = 0; i < walked.count; i++) {
			int64_t track = walked.listens[i].track_id - 100;

			assert_false(seen[track]);
			seen[track] = true;
		}
		asked.has_after = true;
		asked.after_ms = walked.listens[walked.count - 1].at_ms;
		asked.after_seq = walked.seqs[walked.count - 1];
	}
	walk(place, &asked, &walked);
	assert_int_equal(walked.count, 0);
}

static void
an_anonymous_session_can_be_walked_too(void **state)
{
	struct place *place = *state;
	struct event_listen listens[] = { play(0, 70, AT(0, 0)),
					  play(0, 71, AT(0, 1)) };
	struct events_walk asked = walk_of(0);
	struct walked walked = { .limit = 0 };

	listens[0].session = 0xf00000000000000fu;
	listens[1].session = 2;
	append_listens(place, listens, 2);
	asked.session = listens[0].session;
	walk(place, &asked, &walked);
	assert_int_equal(walked.count, 1);
	assert_int_equal(walked.listens[0].track_id, 70);
}

/* ---- the other logs ------------------------------------------------------- */

struct seen_logs {
	size_t count;
	int64_t seq, user_id;
	unsigned status;
	char text[64];
};

static bool
see_request(void *cookie, int64_t seq, const struct event_request *request)
{
	struct seen_logs *seen = cookie;

	seen->count++;
	seen->seq = seq;
	seen->user_id = request->user_id;
	seen->status = request->status;
	snprintf(seen->text, sizeof seen->text, "%s %s", request->method,
		 request->route);
	return seen->count < 2;
}

static bool
see_search(void *cookie, int64_t seq, const struct event_search *search)
{
	struct seen_logs *seen = cookie;

	seen->count++;
	seen->seq = seq;
	snprintf(seen->text, sizeof seen->text, "%s", search->query);
	return true;
}

static bool
see_activity(void *cookie, int64_t seq, const struct event_activity *activity)
{
	struct seen_logs *seen = cookie;

	seen->count++;
	seen->seq = seq;
	seen->user_id = activity->user_id;
	snprintf(seen->text, sizeof seen->text, "%s", activity->action);
	return true;
}

static void
append_logs(struct place *place)
{
	const struct event_request requests[] = {
		{ .at_ms = AT(0, 0), .user_id = 1, .method = "GET",
		  .route = "/api/v1/tracks", .status = 200, .took_us = 90,
		  .address = "127.0.0.1" },
		{ .at_ms = AT(0, 1), .method = "GET",
		  .route = "/api/v1/tracks/{id}", .status = 404 },
		{ .at_ms = AT(1, 0), .user_id = 2, .method = "POST",
		  .route = "/api/v1/playlists", .status = 200 },
	};
	const struct event_search searches[] = {
		{ .at_ms = AT(0, 0), .user_id = 1, .query = "кино",
		  .surface = "multi", .results = 5 },
		{ .at_ms = AT(0, 1), .query = "кино", .surface = "tracks",
		  .results = 5 },
		{ .at_ms = AT(1, 0), .user_id = 3, .query = "zzz",
		  .surface = "multi" },
		{ .at_ms = AT(1, 1), .user_id = 3, .query = "кино",
		  .surface = "click", .clicked = "track", .clicked_id = 9 },
	};
	const struct event_activity activities[] = {
		{ .at_ms = AT(0, 0), .user_id = 1, .action = "login" },
		{ .at_ms = AT(1, 0), .user_id = 4, .action = "playlist_play",
		  .object = "playlist", .object_id = 3 },
	};
	struct events_batch batch = {
		.requests = requests,	  .request_count = 3,
		.searches = searches,	  .search_count = 4,
		.activities = activities, .activity_count = 2,
	};
	struct events_receipt receipt;

	ok(place, events_append(place->log, &batch, &receipt, &place->fault));
}

static void
logs_are_read_newest_first_in_pages(void **state)
{
	struct place *place = *state;
	struct seen_logs seen = { 0 };
	struct events_look next = { 0 };

	append_logs(place);
	ok(place, events_requests(place->log, &all_rows, see_request, &seen,
				  &place->fault));
	next.after_seq = seen.seq;
	assert_int_equal(seen.count, 2);
	assert_string_equal(seen.text, "GET /api/v1/tracks/{id}");
	assert_int_equal(seen.status, 404);
	assert_int_equal(seen.user_id, 0);
	seen.count = 0;
	ok(place, events_requests(place->log, &next, see_request, &seen,
				  &place->fault));
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.user_id, 1);
	seen.count = 0;
	ok(place, events_searches(place->log, &all_rows, see_search, &seen,
				  &place->fault));
	assert_int_equal(seen.count, 4);
	seen.count = 0;
	ok(place, events_activities(place->log, &all_rows, see_activity, &seen,
				    &place->fault));
	assert_int_equal(seen.count, 2);
	assert_string_equal(seen.text, "login");
}

static bool
see_sums(void *cookie, int64_t seq, const struct event_activity *activity)
{
	struct event_activity *seen = cookie;

	(void)seq;
	*seen = *activity;
	return false; /* the newest is enough */
}

static void
a_visit_has_sums_and_makes_nobody_active(void **state)
{
	struct place *place = *state;
	const struct event_activity activities[] = {
		{ .at_ms = AT(0, 0), .user_id = 1, .action = "login" },
		{ .at_ms = AT(1, 0), .user_id = 1, .action = "visit",
		  .sums_up = true, .visit_minutes = 40, .tracks_played = 9,
		  .searches_made = 2 },
	};
	struct events_batch batch = { .activities = activities,
				      .activity_count = 2 };
	struct events_range second = { DAY_0 + 1, DAY_0 + 1 };
	struct event_activity seen = { 0 };
	struct events_receipt receipt;

	ok(place, events_append(place->log, &batch, &receipt, &place->fault));
	ok(place, events_activities(place->log, &all_rows, see_sums, &seen,
				    &place->fault));
	assert_true(seen.sums_up);
	assert_int_equal(seen.visit_minutes, 40);
	assert_int_equal(seen.tracks_played, 9);
	assert_int_equal(seen.searches_made, 2);
	assert_int_equal(
		listeners(place, EVENTS_ACTIVE, 0, &second, 1).distinct, 0);
}

static void
requests_searches_and_doings_are_counted_by_day(void **state)
{
	struct place *place = *state;
	struct events_query_rank *ranks;
	struct events_count *counts;
	struct events_range range = { DAY_0, DAY_0 + 1 };
	size_t count;

	append_logs(place);
	append_logs(place);
	ok(place, events_counts(place->log, &place->arena, EVENTS_REQUESTS,
				&range, &counts, &count, &place->fault));
	assert_int_equal(count, 3);
	assert_int_equal(counts[1].id, 404);
	assert_int_equal(counts[1].count, 2);
	ok(place, events_counts(place->log, &place->arena, EVENTS_SEARCHES,
				&range, &counts, &count, &place->fault));
	assert_int_equal(count, 2); /* a click is no search */
	assert_int_equal(counts[0].count, 4);
	assert_int_equal(counts[1].id, 1);
	assert_int_equal(counts[1].count, 2);
	ok(place, events_counts(place->log, &place->arena, EVENTS_ACTIONS,
				&range, &counts, &count, &place->fault));
	assert_int_equal(count, 2);
	assert_string_equal(counts[0].word, "login");
	ok(place, events_queries(place->log, &place->arena, &range, 10, &ranks,
				 &count, &place->fault));
	assert_int_equal(count, 2);
	assert_string_equal(ranks[0].text, "кино");
	assert_int_equal(ranks[0].count, 4);
	assert_int_equal(ranks[0].empty, 0);
	assert_int_equal(ranks[1].empty, 2);
	assert_int_equal(
		listeners(place, EVENTS_ACTIVE, 0, &range, 28).distinct, 4);
	tidy(place, AT(2, 0));
	assert_int_equal(
		listeners(place, EVENTS_ACTIVE, 0, &range, 28).distinct, 4);
}

/* ---- plays put aside ------------------------------------------------------ */

static void
plays_wait_until_they_are_dropped(void **state)
{
	struct place *place = *state;
	struct event_listen listens[] = { play(1, 70, AT(0, 0)),
					  skipped(1, 71, AT(0, 1)),
					  play(0, 72, AT(0, 2)) };
	struct event_listen later = play(2, 73, AT(0, 3));
	struct events_play plays[10];
	size_t count;

	append_listens(place, listens, 3);
	append_listens(place, &later, 1);
	ok(place, events_plays_read(place->log, 0, plays, 10, &count,
				    &place->fault));
	assert_int_equal(count, 3);
	assert_int_equal(plays[0].track_id, 70);
	assert_int_equal(plays[0].user_id, 1);
	assert_int_equal(plays[0].at_ms, AT(0, 0));
	assert_int_equal(plays[1].user_id, 0);
	assert_true(plays[0].seq < plays[1].seq);
	ok(place, events_plays_read(place->log, plays[0].seq, plays, 1, &count,
				    &place->fault));
	assert_int_equal(count, 1);
	assert_int_equal(plays[0].track_id, 72);
	ok(place, events_plays_drop(place->log, plays[0].seq, &place->fault));
	ok(place, events_plays_read(place->log, 0, plays, 10, &count,
				    &place->fault));
	assert_int_equal(count, 1);
	assert_int_equal(plays[0].track_id, 73);
}

/* ---- forgetting and retention --------------------------------------------- */

static void
a_forgotten_person_cannot_be_asked_about_but_still_counts(void **state)
{
	struct place *place = *state;
	struct event_listen listens[] = { play(1, 70, AT(0, 0)),
					  play(2, 70, AT(0, 1)) };
	struct events_walk asked = walk_of(1);
	struct events_query_rank *ranks;
	struct walked walked = { .limit = 0 };
	struct seen_logs seen = { 0 };
	struct events_play plays[4];
	struct events_sum *items;
	size_t count;

	append_logs(place);
	append_listens(place, listens, 2);
	ok(place, events_forget_user(place->log, 1, &place->fault));
	walk(place, &asked, &walked);
	assert_int_equal(walked.count, 0);
	assert_int_equal(sums(place, EVENTS_USER, 1, &all_days, &items), 0);
	assert_int_equal(sums(place, EVENTS_TRACK, 70, &all_days, &items), 1);
	assert_int_equal(items[0].plays, 2);
	assert_int_equal(
		listeners(place, EVENTS_TRACK, 70, &all_days, 7).distinct, 2);
	ok(place, events_searches(place->log, &all_rows, see_search, &seen,
				  &place->fault));
	assert_int_equal(seen.count, 3);
	ok(place, events_queries(place->log, &place->arena, &all_days, 10,
				 &ranks, &count, &place->fault));
	assert_int_equal(ranks[0].count, 1);
	seen.count = 0;
	ok(place, events_activities(place->log, &all_rows, see_activity, &seen,
				    &place->fault));
	assert_int_equal(seen.count, 1);
	ok(place, events_plays_read(place->log, 0, plays, 4, &count,
				    &place->fault));
	assert_int_equal(plays[0].user_id, 0);
	assert_int_equal(plays[1].user_id, 2);
	append_listens(place, listens, 1); /* the same number, a new person */
	walk(place, &asked, &walked);
	assert_int_equal(walked.count, 1);
	assert_int_equal(
		listeners(place, EVENTS_TRACK, 70, &all_days, 7).distinct, 3);
	check(place);
}

static size_t
looked(struct place *place, const struct events_look *look)
{
	struct seen_logs seen = { 0 };

	ok(place, events_searches(place->log, look, see_search, &seen,
				  &place->fault));
	return seen.count;
}

static void
logs_are_narrowed_by_time_person_number_word_and_text(void **state)
{
	struct place *place = *state;
	struct seen_logs seen = { 0 };
	struct events_look look = { .user_id = 3 };

	append_logs(place);
	assert_int_equal(looked(place, &look), 2);
	look = (struct events_look){ .user_id = 77 };
	assert_int_equal(looked(place, &look), 0);
	look = (struct events_look){ .from_ms = AT(0, 1),
				     .until_ms = AT(1, 1) };
	assert_int_equal(looked(place, &look), 2);
	look = (struct events_look){ .bounded = true }; /* nothing was found */
	assert_int_equal(looked(place, &look), 2);
	look = (struct events_look){ .bounded = true, .least = 1, .most = 9 };
	assert_int_equal(looked(place, &look), 2);
	look = (struct events_look){ .word = "multi" };
	assert_int_equal(looked(place, &look), 2);
	look = (struct events_look){ .word = "never" };
	assert_int_equal(looked(place, &look), 0);
	look = (struct events_look){ .text = "КИН", .word = "tracks" };
	assert_int_equal(looked(place, &look), 1);
	look = (struct events_look){ .text = "{ID}", .oldest_first = true };
	ok(place, events_requests(place->log, &look, see_request, &seen,
				  &place->fault));
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.status, 404);
	look = (struct events_look){ .text = "list" };
	seen.count = 0;
	ok(place, events_activities(place->log, &look, see_activity, &seen,
				    &place->fault));
	assert_int_equal(seen.count, 1); /* not the login, which has no object */
	assert_int_equal(seen.user_id, 4);
}

static void
logs_are_read_from_the_oldest_on_too(void **state)
{
	struct place *place = *state;
	struct seen_logs seen = { 0 };
	struct events_look look = { .oldest_first = true };

	append_logs(place);
	ok(place, events_requests(place->log, &look, see_request, &seen,
				  &place->fault));
	assert_int_equal(seen.count, 2);
	assert_string_equal(seen.text, "GET /api/v1/tracks/{id}");
	look.after_seq = seen.seq;
	seen.count = 0;
	ok(place, events_requests(place->log, &look, see_request, &seen,
				  &place->fault));
	assert_int_equal(seen.count, 1);
	assert_string_equal(seen.text, "POST /api/v1/playlists");
}

static void
logs_past_their_time_go_and_counts_stay(void **state)
{
	struct place *place = *state;
	struct seen_logs seen = { 0 };
	struct events_count *counts;
	size_t count;

	append_logs(place);
	tidy(place, AT(11, 0)); /* requests of day 0 are past ten days */
	ok(place, events_requests(place->log, &all_rows, see_request, &seen,
				  &place->fault));
	assert_int_equal(seen.count, 1);
	seen.count = 0;
	ok(place, events_searches(place->log, &all_rows, see_search, &seen,
				  &place->fault));
	assert_int_equal(seen.count, 4);
	tidy(place, AT(40, 0));
	seen.count = 0;
	ok(place, events_searches(place->log, &all_rows, see_search, &seen,
				  &place->fault));
	ok(place, events_activities(place->log, &all_rows, see_activity, &seen,
				    &place->fault));
	assert_int_equal(seen.count, 0);
	ok(place, events_counts(place->log, &place->arena, EVENTS_REQUESTS,
				&all_days, &counts, &count, &place->fault));
	assert_int_equal(count, 3);
}

/* Five thousand requests: of person 1, of whom every thousandth is of person 2
 * and failed. */
#define MANY 5000
#define MANY_ROUTE "/api/v1/rare/{id}"

static void
append_many(struct place *place)
{
	static struct event_request requests[MANY];
	static struct event_search searches[MANY];
	struct events_batch batch = { .requests = requests,
				      .request_count = MANY,
				      .searches = searches,
				      .search_count = MANY };
	struct events_receipt receipt;

	for (int i = 0; i < MANY; i++) {
		bool rare = i % 1000 == 500;

		requests[i] = (struct event_request){
			.at_ms = AT(0, i),
			.user_id = rare ? 2 : 1,
			.method = rare ? "PUT" : "GET",
			.route = rare ? MANY_ROUTE : "/api/v1/tracks",
			.status = rare ? 503 : 200,
		};
		searches[i] = (struct event_search){
			.at_ms = AT(0, i),
			.user_id = 1,
			.query = rare ? "Ёлка в лесу" : "кино",
			.surface = "multi",
			.results = 1,
		};
	}
	ok(place, events_append(place->log, &batch, &receipt, &place->fault));
}

struct gathered {
	size_t count, steps;
	int64_t seqs[16];
};

static bool
gather(void *cookie, int64_t seq)
{
	struct gathered *gathered = cookie;

	assert_true(gathered->count < ARRAY_LENGTH(gathered->seqs));
	gathered->seqs[gathered->count++] = seq;
	return true;
}

static bool
gather_request(void *cookie, int64_t seq, const struct event_request *request)
{
	(void)request;
	return gather(cookie, seq);
}

static bool
gather_search(void *cookie, int64_t seq, const struct event_search *search)
{
	(void)search;
	return gather(cookie, seq);
}

/* Goes on where each look had to stop, until the end. */
static void
follow(struct place *place, struct events_look look, int64_t rows,
       bool searches, struct gathered *gathered)
{
	struct events_reach reach = { .rows = rows };

	*gathered = (struct gathered){ 0 };
	look.reach = &reach;
	do {
		look.after_seq = reach.seq;
		ok(place,
		   searches ? events_searches(place->log, &look, gather_search,
					      gathered, &place->fault) :
			      events_requests(place->log, &look,
					      gather_request, gathered,
					      &place->fault));
		gathered->steps++;
		assert_true(gathered->steps < MANY);
		if (reach.seq != 0)
			assert_int_equal(reach.at_ms,
					 AT(0, (reach.seq - 1) % MANY));
	} while (reach.seq != 0);
}

static void
what_is_rare_is_found_in_steps_that_end(void **state)
{
	const struct events_look rare[] = {
		{ .user_id = 2 },
		{ .word = "PUT" },
		{ .text = "rare" },
		{ .bounded = true, .least = 500, .most = 599 },
		{ .user_id = 2, .word = "PUT", .text = "RARE/",
		  .from_ms = AT(0, 10), .until_ms = AT(0, MANY) },
	};
	static const int64_t upwards[] = { 501, 1501, 2501, 3501, 4501 };
	struct place *place = *state;
	struct gathered found;

	append_many(place);
	for (size_t i = 0; i < ARRAY_LENGTH(rare); i++) {
		struct events_look up = rare[i];

		follow(place, rare[i], MANY, false, &found);
		assert_int_equal(found.steps, 1);
		assert_int_equal(found.count, 5);
		follow(place, rare[i], 300, false, &found);
		assert_int_equal(found.count, 5);
		assert_int_equal(found.seqs[0], 4501);
		up.oldest_first = true;
		follow(place, up, 300, false, &found);
		assert_memory_equal(found.seqs, upwards, sizeof upwards);
	}
	follow(place, (struct events_look){ .text = "елка" }, 1000, true,
	       &found);
	assert_int_equal(found.steps, 5); /* texts are read one by one */
	assert_int_equal(found.count, 5);
}

static enum status
marks_drop(struct store_session *session, void *cookie, struct fault *fault)
{
	(void)cookie;
	return sql_script(session, "drop table marks", fault);
}

/* How many steps of as many rows find nothing of a person who once was there. */
static size_t
steps_to_nothing(struct place *place)
{
	const struct events_look look = { .user_id = 2, .word = "POST" };
	struct gathered found;

	follow(place, look, 1200, false, &found);
	assert_int_equal(found.count, 0);
	return found.steps;
}

/* Five blocks of requests; none has both the person and the word. */
static void
blocks_without_what_is_wanted_are_passed_over_in_logs_of_any_age(void **state)
{
	struct place *place = *state;
	struct store_sqlite_settings sqlite = { .path = place->path,
						.readers_max = 1,
						.cache_kib = 256,
						.busy_timeout_ms = 1000 };
	struct event_request one = { .at_ms = AT(0, MANY),
				     .user_id = 3,
				     .method = "POST",
				     .route = "/api/v1/tracks",
				     .status = 200 };
	struct events_batch batch = { .requests = &one, .request_count = 1 };
	struct events_receipt receipt;
	struct store *store;

	append_many(place);
	ok(place, events_append(place->log, &batch, &receipt, &place->fault));
	assert_int_equal(steps_to_nothing(place), 1);
	events_close(place->log);
	ok(place, store_open(&store_driver_sqlite, &sqlite, &store,
			     &place->fault));
	ok(place, store_write(store, marks_drop, NULL, &place->fault));
	store_close(store);
	place_start(place); /* as if an older program had written it */
	assert_int_equal(steps_to_nothing(place), 5);
	tidy(place, AT(0, MANY));
	assert_int_equal(steps_to_nothing(place), 1);
}

static void
rows_outside_of_a_look_are_not_found_in_any_step(void **state)
{
	const struct events_look nothing[] = {
		{ .user_id = 1, .word = "PUT" },
		{ .user_id = 3 },
		{ .text = "tracks", .bounded = true, .least = 500,
		  .most = 599 },
		{ .from_ms = AT(0, MANY) },
		{ .until_ms = AT(0, 0) },
	};
	struct place *place = *state;
	struct gathered found;

	append_many(place);
	for (size_t i = 0; i < ARRAY_LENGTH(nothing); i++) {
		follow(place, nothing[i], 700, false, &found);
		assert_int_equal(found.count, 0);
	}
	tidy(place, AT(11, 0)); /* they are past their time */
	append_many(place);
	follow(place, (struct events_look){ .user_id = 2 }, 3 * MANY, false,
	       &found);
	assert_int_equal(found.count, 5);
	assert_int_equal(found.seqs[4], MANY + 501);
	ok(place, events_forget_user(place->log, 2, &place->fault));
	follow(place, (struct events_look){ .user_id = 2 }, 300, false,
	       &found);
	assert_int_equal(found.count, 0);
	follow(place, (struct events_look){ .word = "PUT" }, 3 * MANY, false,
	       &found);
	assert_int_equal(found.count, 5);
}

static void
a_durability_that_is_unknown_is_refused(void **state)
{
	struct place *place = *state;
	struct events_open_args args = { .settings = &place->settings,
					 .path = place->path };
	struct events_log *log = NULL;

	place->settings.durability = "maybe";
	assert_int_equal(events_open(place->driver, &args, &log,
				     &place->fault),
			 STATUS_INVALID);
	assert_string_equal(place->fault.field, "EVENTS_DURABILITY");
	assert_null(log);
}

/* ---- many at once --------------------------------------------------------- */

#define APPENDERS 4
#define APPENDS 200

struct appender {
	struct place *place;
	int64_t number;
};

static void *
append_run(void *cookie)
{
	struct appender *appender = cookie;

	for (int64_t i = 0; i < APPENDS; i++) {
		struct event_listen listens[3] = {
			play(1 + appender->number, 70, AT(0, i)),
			play(1 + i % 5, 71, AT(i % 3, i)),
			skipped(0, 72, AT(0, i)),
		};
		struct events_batch batch = { .listens = listens,
					      .listen_count = 3 };
		struct events_receipt receipt;

		if (events_append(appender->place->log, &batch, &receipt,
				  NULL) != STATUS_OK)
			abort();
	}
	return NULL;
}

static void
appends_at_the_same_time_are_all_kept(void **state)
{
	struct place *place = *state;
	struct appender appenders[APPENDERS];
	pthread_t threads[APPENDERS];
	struct events_state log_state;
	struct events_sum *items;

	for (int64_t i = 0; i < APPENDERS; i++) {
		appenders[i] = (struct appender){ place, i };
		assert_int_equal(pthread_create(&threads[i], NULL, append_run,
						&appenders[i]),
				 0);
	}
	for (size_t i = 0; i < APPENDERS; i++)
		pthread_join(threads[i], NULL);
	ok(place, events_get_state(place->log, &log_state, &place->fault));
	assert_int_equal(log_state.listens, 3 * APPENDERS * APPENDS);
	assert_int_equal(log_state.plays_waiting, 2 * APPENDERS * APPENDS);
	assert_int_equal(sums(place, EVENTS_TRACK, 70, &all_days, &items), 1);
	assert_int_equal(items[0].plays, APPENDERS * APPENDS);
	check(place);
}

/* ---- SQLite beside the rules ---------------------------------------------- */

static uint64_t
draw(uint64_t *seed)
{
	uint64_t x = *seed += 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	return x ^ x >> 31;
}

static void
draw_listens(uint64_t *seed, struct event_listen *out, size_t count,
	     int64_t days)
{
	static const char *const platforms[] = { "web", "ios", NULL };

	for (size_t i = 0; i < count; i++) {
		int64_t at = AT((int64_t)(draw(seed) % (uint64_t)days),
				(int64_t)(draw(seed) % DAY_MS));

		out[i] = play(1 + (int64_t)(draw(seed) % 7),
			      10 + (int64_t)(draw(seed) % 30), at);
		out[i].action = (enum event_action)(draw(seed) %
						    EVENT_ACTIONS);
		out[i].source = (enum event_source)(draw(seed) % 3);
		out[i].counts = draw(seed) % 2;
		out[i].platform = platforms[draw(seed) % 3];
		out[i].heard_ms = (uint32_t)(draw(seed) % 200000);
		out[i].began_at_ms = at - (int64_t)(draw(seed) % 300000);
		out[i].genre_id = (int64_t)(draw(seed) % 3);
		if (draw(seed) % 4 == 0)
			out[i].artists[1] = 9;
		if (draw(seed) % 5 == 0) {
			out[i].user_id = 0;
			out[i].session = draw(seed) % 4 << 60;
		}
	}
}

static void
assert_same_sums(struct place *a, struct place *b, enum events_kind kind,
		 int64_t id)
{
	struct events_sum *x, *y;
	size_t count = sums(a, kind, id, &all_days, &x);

	assert_int_equal(count, sums(b, kind, id, &all_days, &y));
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(x[i].day, y[i].day);
		assert_int_equal(x[i].part, y[i].part);
		assert_int_equal(x[i].plays, y[i].plays);
		assert_int_equal(x[i].starts, y[i].starts);
		assert_int_equal(x[i].completes, y[i].completes);
		assert_int_equal(x[i].skips, y[i].skips);
		assert_int_equal(x[i].heard_ms, y[i].heard_ms);
	}
}

static void
assert_same_tops(struct place *a, struct place *b, enum events_kind kind)
{
	static const struct events_range ranges[] = {
		{ DAY_0 - 100, DAY_0 + 200 },
		{ DAY_0, DAY_0 + 40 }, /* October is not whole */
		{ DAY_0 + 7, DAY_0 + 7 },
	};

	for (size_t r = 0; r < ARRAY_LENGTH(ranges); r++) {
		struct events_top x = top(a, kind, &ranges[r], 20);
		struct events_top y = top(b, kind, &ranges[r], 20);

		assert_int_equal(x.count, y.count);
		assert_int_equal(x.total, y.total);
		for (size_t i = 0; i < x.count; i++) {
			assert_int_equal(x.items[i].id, y.items[i].id);
			assert_int_equal(x.items[i].plays, y.items[i].plays);
			assert_int_equal(x.items[i].heard_ms,
					 y.items[i].heard_ms);
		}
	}
}

static void
assert_same_listeners(struct place *a, struct place *b, enum events_kind kind,
		      int64_t id)
{
	struct events_range range = { DAY_0 + 3, DAY_0 + 60 };
	struct events_listeners x = listeners(a, kind, id, &range, 28);
	struct events_listeners y = listeners(b, kind, id, &range, 28);

	assert_int_equal(x.distinct, y.distinct);
	for (int32_t i = 0; i <= range.last_day - range.first_day; i++) {
		assert_int_equal(x.daily[i], y.daily[i]);
		assert_int_equal(x.rolling[i], y.rolling[i]);
	}
}

static void
assert_same_totals(struct place *a, struct place *b)
{
	struct events_range range = { DAY_0 + 1, DAY_0 + 50 };
	struct events_sum *x, *y;
	int64_t ids[35];

	for (int64_t i = 0; i < 35; i++)
		ids[i] = 8 + (i * 11) % 35;
	ok(a, events_totals(a->log, &a->arena, EVENTS_TRACK, ids, 35, &range,
			    &x, &a->fault));
	ok(b, events_totals(b->log, &b->arena, EVENTS_TRACK, ids, 35, &range,
			    &y, &b->fault));
	for (size_t i = 0; i < 35; i++) {
		assert_int_equal(x[i].plays, y[i].plays);
		assert_int_equal(x[i].skips, y[i].skips);
		assert_int_equal(x[i].heard_ms, y[i].heard_ms);
	}
}

static bool
hash_visit(void *cookie, int64_t seq, const struct event_listen *listen)
{
	uint64_t *hash = cookie;
	uint64_t parts[] = { (uint64_t)seq, (uint64_t)listen->at_ms,
			     (uint64_t)listen->began_at_ms,
			     (uint64_t)listen->track_id,
			     (uint64_t)listen->artists[1],
			     (uint64_t)listen->action,
			     (uint64_t)listen->source, listen->heard_ms,
			     listen->total_ms, listen->counts,
			     listen->platform != NULL };

	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
		*hash = (*hash ^ parts[i]) * 0x100000001b3u;
	return true;
}

static uint64_t
walk_hash(struct place *place, int64_t user_id, bool newest_first)
{
	struct events_walk asked = walk_of(user_id);
	uint64_t hash = 7;

	asked.session = (uint64_t)1 << 60;
	asked.newest_first = newest_first;
	ok(place, events_listens(place->log, &asked, hash_visit, &hash,
				 &place->fault));
	return hash;
}

static void
assert_same(struct place *a, struct place *b)
{
	assert_same_sums(a, b, EVENTS_TOTAL, 0);
	assert_same_sums(a, b, EVENTS_HOUR, EVENTS_EVERY);
	assert_same_sums(a, b, EVENTS_SOURCE, EVENTS_EVERY);
	assert_same_sums(a, b, EVENTS_GENRE, EVENTS_EVERY);
	for (int64_t id = 9; id < 42; id += 4)
		assert_same_sums(a, b, EVENTS_TRACK, id);
	for (int64_t id = 0; id < 10; id += 3)
		assert_same_sums(a, b, EVENTS_ARTIST, id);
	assert_same_tops(a, b, EVENTS_TRACK);
	assert_same_tops(a, b, EVENTS_ARTIST);
	assert_same_tops(a, b, EVENTS_GENRE);
	assert_same_listeners(a, b, EVENTS_TRACK, 12);
	assert_same_listeners(a, b, EVENTS_ARTIST, 9);
	assert_same_listeners(a, b, EVENTS_TOTAL, 0);
	assert_same_listeners(a, b, EVENTS_ACTIVE, 0);
	assert_same_totals(a, b);
	for (int64_t user = 0; user < 9; user += 2) {
		assert_same_sums(a, b, EVENTS_USER, user);
		assert_true(walk_hash(a, user, true) ==
			    walk_hash(b, user, true));
		assert_true(walk_hash(a, user, false) ==
			    walk_hash(b, user, false));
	}
	arena_reset(&a->arena);
	arena_reset(&b->arena);
}

#define DRAWN 500

static void
append_drawn(struct place *a, struct place *b, uint64_t *seed, int batches,
	     int64_t days)
{
	static struct event_listen listens[DRAWN];

	for (int i = 0; i < batches; i++) {
		draw_listens(seed, listens, DRAWN, days);
		append_listens(a, listens, DRAWN);
		append_listens(b, listens, DRAWN);
	}
}

/* Fresh, packed by the thread, joined to whole days and months, with late
 * listens on top of that, and after being opened again. */
static void
a_log_of_any_age_answers_as_the_rules_say(void **state)
{
	struct place *place = *state, *rules;
	void *other;
	uint64_t seed = 20260101;

	memory_place(&other);
	rules = other;
	append_drawn(place, rules, &seed, 1, 90);
	assert_same(place, rules);
	append_drawn(place, rules, &seed, 36, 90); /* more than a tail */
	check(place);
	assert_same(place, rules);
	tidy(place, AT(120, 0));
	check(place);
	assert_same(place, rules);
	append_drawn(place, rules, &seed, 1, 90);
	assert_same(place, rules);
	append_drawn(place, rules, &seed, 34, 90);
	place_reopen(place);
	check(place);
	tidy(place, AT(120, 0));
	check(place);
	assert_same(place, rules);
	place_close(&other);
}

static void
listens_past_their_time_go_and_their_sums_stay(void **state)
{
	struct place *place = *state, *rules;
	void *other;
	uint64_t seed = 4;

	memory_place(&other);
	rules = other;
	place->settings.keep_listens_days = 60;
	place_reopen(place);
	append_drawn(place, rules, &seed, 34, 40);
	tidy(place, AT(41, 0));
	tidy(place, AT(60 + 41, 0));
	assert_same_sums(place, rules, EVENTS_TRACK, 12);
	assert_same_listeners(place, rules, EVENTS_ARTIST, 9);
	assert_same_tops(place, rules, EVENTS_TRACK);
	check(place);
	place_close(&other);
}

/* ---- a process that dies -------------------------------------------------- */

/* ThreadSanitizer does not follow a forked child with threads. */
#if !SANITIZED_THREADS

#define KILL_ROUNDS 4
#define KILL_BATCH 700

/* Appends and tells how many it was answered for, until it is killed. */
static _Noreturn void
append_and_tell(struct place *place, int fd, uint64_t seed)
{
	static struct event_listen listens[KILL_BATCH];

	place_start(place);
	for (int64_t told = KILL_BATCH;; told += KILL_BATCH) {
		draw_listens(&seed, listens, KILL_BATCH, 30);
		append_listens(place, listens, KILL_BATCH);
		if (write(fd, &told, sizeof told) != sizeof told)
			_exit(1);
	}
}

static int64_t
append_until_killed(struct place *place, int rounds, uint64_t seed)
{
	int64_t told = 0;
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		append_and_tell(place, fds[1], seed);
	close(fds[1]);
	for (int i = 0; i < rounds; i++)
		assert_int_equal(read(fds[0], &told, sizeof told),
				 sizeof told);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	while (read(fds[0], &told, sizeof told) == sizeof told)
		;
	close(fds[0]);
	return told;
}

static void
nothing_that_was_acknowledged_is_lost_when_the_process_is_killed(void **state)
{
	static const char *const durability[] = { "commit", "second" };
	struct place *place = *state;
	int64_t before = 0;

	for (int round = 0; round < KILL_ROUNDS; round++) {
		struct events_state log_state;
		int64_t told;

		place->settings.durability = durability[round % 2];
		events_close(place->log);
		place->log = NULL;
		told = append_until_killed(place, 25 + 17 * round,
					   (uint64_t)round);
		place_start(place);
		ok(place, events_get_state(place->log, &log_state,
					   &place->fault));
		assert_true(log_state.listens == before + told ||
			    log_state.listens == before + told + KILL_BATCH);
		assert_int_equal(log_state.seq, log_state.listens);
		before = log_state.listens;
		check(place);
		tidy(place, AT(40, 0));
		check(place);
	}
}

#endif

#define OVER_ALL(scenario)                                                 \
	{ #scenario " (sqlite)", scenario, sqlite_place, place_close, NULL }, \
	{ #scenario " (memory)", scenario, memory_place, place_close, NULL }
#define OVER_SQLITE(scenario) \
	{ #scenario, scenario, sqlite_place, place_close, NULL }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		OVER_ALL(a_new_log_is_empty),
		OVER_ALL(a_listen_adds_to_the_sums_of_all_it_is_about),
		OVER_ALL(sums_are_kept_for_each_day_hour_and_source),
		OVER_ALL(every_credited_artist_gets_the_play),
		OVER_ALL(words_are_kept_and_unknown_ones_are_left_out),
		OVER_ALL(text_of_any_length_is_cut_and_does_no_harm),
		OVER_ALL(an_event_that_comes_twice_is_kept_once),
		OVER_ALL(the_most_played_come_first),
		OVER_ALL(totals_come_in_the_order_asked_for),
		OVER_ALL(listeners_are_counted_once_a_day_a_window_and_a_range),
		OVER_ALL(anonymous_sessions_are_listeners_but_nobody_is_not),
		OVER_ALL(one_persons_listens_come_in_order_with_all_they_had),
		OVER_ALL(a_walk_goes_on_behind_the_last_one_seen),
		OVER_ALL(an_anonymous_session_can_be_walked_too),
		OVER_ALL(logs_are_read_newest_first_in_pages),
		OVER_ALL(
			logs_are_narrowed_by_time_person_number_word_and_text),
		OVER_ALL(logs_are_read_from_the_oldest_on_too),
		OVER_ALL(a_visit_has_sums_and_makes_nobody_active),
		OVER_ALL(requests_searches_and_doings_are_counted_by_day),
		OVER_ALL(what_is_rare_is_found_in_steps_that_end),
		OVER_ALL(rows_outside_of_a_look_are_not_found_in_any_step),
		OVER_SQLITE(
			blocks_without_what_is_wanted_are_passed_over_in_logs_of_any_age),
		OVER_ALL(plays_wait_until_they_are_dropped),
		OVER_ALL(a_forgotten_person_cannot_be_asked_about_but_still_counts),
		OVER_ALL(logs_past_their_time_go_and_counts_stay),
		OVER_ALL(a_durability_that_is_unknown_is_refused),
		OVER_ALL(appends_at_the_same_time_are_all_kept),
		OVER_SQLITE(a_log_of_any_age_answers_as_the_rules_say),
		OVER_SQLITE(listens_past_their_time_go_and_their_sums_stay),
#if !SANITIZED_THREADS
		OVER_SQLITE(
			nothing_that_was_acknowledged_is_lost_when_the_process_is_killed),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
