/* bench_events.c - taking in listens, and what each page of statistics costs.
 *
 *	bench_events fill FILE EVENTS
 *	bench_events ask FILE [PAGE]
 *	bench_events accept FILE commit|second
 *	bench_events log FILE ROWS
 *	bench_events look FILE
 *
 * fill makes FILE anew with EVENTS listens over 90 days by 20,000 people, in
 * batches of 1,000 from two threads, carries the plays away as the service
 * does, then packs the past days. ask runs the queries of each page on it,
 * accept appends single listens. Each prints lines "name figure [figure…]";
 * times in microseconds: median and 95th percentile (accept: 99th), of ask also
 * the 95th percentile of processor time alone, for a machine that is busy.
 *
 * log makes FILE anew with ROWS requests and a quarter as many searches; look
 * asks for pages of them, narrowed to what is common, rare and not there, each
 * page as far as the admin's lists go (api/admin_logs.c).
 *
 * Tracks and people follow a Zipf law; a track's artist is drawn so that some
 * artists have many tracks. Three in four listens count, one in seven is a
 * skip. The file is as durable as the setting says, here "commit". */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "driver/events.h"

#define DAYS 90
#define FIRST_DAY 20400
#define PEOPLE 20000
#define TRACKS 1000000
#define ARTISTS 40000
#define GENRES 120
#define BATCH 1000
#define THREADS 2

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "bench_events: %s\n", what);
	exit(1);
}

/* ---- drawing -------------------------------------------------------------- */

static uint64_t
next(uint64_t *seed)
{
	uint64_t x = *seed += 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

static double
uniform(uint64_t *seed)
{
	return (double)(next(seed) >> 11) / 9007199254740992.0;
}

/* A rank from 1, with a weight of rank^-s (s < 1), by the inverse of its
 * integral. */
static int64_t
zipf(uint64_t *seed, double s, int64_t count)
{
	double rank = pow(uniform(seed), 1 / (1 - s)) * (double)count;

	return 1 + (int64_t)rank % count;
}

static uint64_t
mix(uint64_t number)
{
	return next(&number);
}

/* Ids of popular things lie anywhere. */
static int64_t
scatter(int64_t rank, int64_t count)
{
	return 1 + (int64_t)((uint64_t)rank * 7919u % (uint64_t)count);
}

static int64_t
artist_of(int64_t track)
{
	uint64_t seed = mix((uint64_t)track);

	return scatter(zipf(&seed, 0.6, ARTISTS), ARTISTS);
}

static void
listen_draw(uint64_t *seed, int64_t at_ms, struct event_listen *out)
{
	static const char *const platforms[] = { "web", "android", "ios",
						 "telegram", "desktop" };
	static const char *const devices[] = { "desktop", "mobile", "tablet",
					       "speaker" };
	static const char *const countries[] = { "RU", "DE", "KZ", "US", "GB",
						 "FR", "AM", "RS" };
	int64_t track = scatter(zipf(seed, 0.75, TRACKS), TRACKS);
	double dice = uniform(seed);
	uint32_t heard = (uint32_t)(120000 + next(seed) % 180000);

	*out = (struct event_listen){
		.at_ms = at_ms,
		.began_at_ms = at_ms - heard,
		.user_id = scatter(zipf(seed, 0.5, PEOPLE), PEOPLE),
		.track_id = track,
		.artists = { artist_of(track) },
		.album_id = 1 + track / 10,
		.genre_id = 1 + artist_of(track) % GENRES,
		.action = dice < 0.15 ? EVENT_SKIP : EVENT_COMPLETE,
		.source = (enum event_source)(next(seed) % 6),
		.heard_ms = heard,
		.total_ms = heard,
		.position_ms = heard,
		.counts = dice >= 0.25,
		.platform = platforms[next(seed) % 5],
		.device = devices[next(seed) % 4],
		.client = "ogma-web 0.1",
		.country = countries[next(seed) % 8],
	};
	if (track % 8 == 0)
		out->artists[1] = 1 + (out->artists[0] + track) % ARTISTS;
}

/* ---- filling -------------------------------------------------------------- */

struct filling {
	struct events_log *log;
	int64_t events;
	_Atomic int64_t next_batch;
};

static void *
fill_run(void *cookie)
{
	struct filling *filling = cookie;
	struct event_listen *listens = mem_new(BATCH, sizeof *listens);
	int64_t batches = filling->events / BATCH;

	for (;;) {
		int64_t number = atomic_fetch_add(&filling->next_batch, 1);
		struct events_batch batch = { .listens = listens,
					      .listen_count = BATCH };
		struct events_receipt receipt;
		struct fault fault;
		uint64_t seed = mix((uint64_t)number);

		if (number >= batches)
			break;
		for (int64_t i = 0; i < BATCH; i++) {
			double part = (double)(number * BATCH + i) /
				      (double)filling->events;

			listen_draw(&seed,
				    (int64_t)((FIRST_DAY + part * DAYS) *
					      DAY_MS),
				    &listens[i]);
		}
		if (events_append(filling->log, &batch, &receipt, &fault) !=
		    STATUS_OK)
			die(fault.message);
		if (number % 200 == 199) {
			struct events_state state;

			if (events_get_state(filling->log, &state, &fault) !=
				    STATUS_OK ||
			    events_plays_drop(filling->log, state.seq,
					      &fault) != STATUS_OK)
				die(fault.message);
		}
	}
	free(listens);
	return NULL;
}

static double
seconds_since(int64_t begun_us)
{
	return (double)(clock_monotonic_us() - begun_us) / 1e6;
}

static void
fill(struct events_log *log, int64_t events)
{
	struct filling filling = { .log = log, .events = events };
	int64_t begun_us = clock_monotonic_us();
	pthread_t threads[THREADS];
	struct events_state state;
	struct fault fault;
	double taken, packed;
	bool more = true;

	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, fill_run, &filling) != 0)
			die("no threads");
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	taken = seconds_since(begun_us);
	begun_us = clock_monotonic_us();
	while (more)
		if (events_tidy(log, (int64_t)(FIRST_DAY + DAYS) * DAY_MS - 1,
				&more, &fault) != STATUS_OK)
			die(fault.message);
	packed = seconds_since(begun_us);
	if (events_get_state(log, &state, &fault) != STATUS_OK)
		die(fault.message);
	printf("ingest %.0f\n", (double)events / taken);
	printf("pack %.1f\n", packed);
	printf("with_packing %.0f\n", (double)events / (taken + packed));
	printf("bytes_per_event %.1f\n",
	       (double)state.size_bytes / (double)events);
}

/* ---- asking --------------------------------------------------------------- */

struct asking {
	struct events_log *log;
	struct arena arena;
	struct fault fault;
	uint64_t seed;
	struct events_range month, quarter, week, year;
};

static void
expect(const struct asking *asking, enum status status)
{
	if (status != STATUS_OK)
		die(asking->fault.message);
}

static void
ask_sums(struct asking *asking, enum events_kind kind, int64_t id,
	 const struct events_range *range)
{
	struct events_sum *sums;
	size_t count;

	expect(asking, events_sums(asking->log, &asking->arena, kind, id,
				   range, &sums, &count, &asking->fault));
}

static void
ask_top(struct asking *asking, enum events_kind kind,
	const struct events_range *range)
{
	struct events_top top;

	expect(asking, events_top(asking->log, &asking->arena, kind, range,
				  100, &top, &asking->fault));
}

static void
ask_listeners(struct asking *asking, enum events_kind kind, int64_t id)
{
	struct events_listeners listeners;

	expect(asking,
	       events_listeners(asking->log, &asking->arena, kind, id,
				&asking->quarter, 28, &listeners,
				&asking->fault));
}

static bool
visit_count(void *cookie, int64_t seq, const struct event_listen *listen)
{
	int64_t *left = cookie;

	(void)seq;
	(void)listen;
	return --*left > 0;
}

static void
ask_walk(struct asking *asking, int64_t user, int32_t first_day, int64_t limit)
{
	struct events_walk walk = {
		.user_id = user,
		.from_ms = (int64_t)first_day * DAY_MS,
		.until_ms = INT64_MAX,
		.newest_first = true,
	};

	expect(asking, events_listens(asking->log, &walk, visit_count, &limit,
				      &asking->fault));
}

static int64_t
draw_user(struct asking *asking)
{
	return scatter(zipf(&asking->seed, 0.5, PEOPLE), PEOPLE);
}

static void
page_user(struct asking *asking)
{
	int64_t user = draw_user(asking);

	ask_sums(asking, EVENTS_USER, user, &asking->year);
	ask_walk(asking, user, asking->quarter.first_day, INT64_MAX);
}

static void
page_history(struct asking *asking)
{
	ask_walk(asking, draw_user(asking), asking->year.first_day, 50);
}

static void
page_recap(struct asking *asking)
{
	int64_t user = draw_user(asking);

	ask_sums(asking, EVENTS_USER, user, &asking->year);
	ask_walk(asking, user, asking->year.first_day, INT64_MAX);
}

static void
page_track(struct asking *asking)
{
	int64_t track = scatter(zipf(&asking->seed, 0.75, TRACKS), TRACKS);

	ask_sums(asking, EVENTS_TRACK, track, &asking->quarter);
	ask_listeners(asking, EVENTS_TRACK, track);
}

static void
page_artist(struct asking *asking)
{
	int64_t track = scatter(zipf(&asking->seed, 0.75, TRACKS), TRACKS);
	int64_t artist = artist_of(track), ids[30];
	struct events_sum *sums;

	ask_sums(asking, EVENTS_ARTIST, artist, &asking->quarter);
	ask_listeners(asking, EVENTS_ARTIST, artist);
	for (size_t i = 0; i < ARRAY_LENGTH(ids); i++)
		ids[i] = 1 + (int64_t)(next(&asking->seed) % TRACKS);
	expect(asking,
	       events_totals(asking->log, &asking->arena, EVENTS_TRACK, ids,
			     ARRAY_LENGTH(ids), &asking->quarter, &sums,
			     &asking->fault));
}

static void
page_platform(struct asking *asking)
{
	static const enum events_kind kinds[] = {
		EVENTS_TOTAL,  EVENTS_HOUR,   EVENTS_SOURCE, EVENTS_PLATFORM,
		EVENTS_DEVICE, EVENTS_CLIENT, EVENTS_COUNTRY
	};
	struct events_query_rank *queries;
	struct events_count *counts;
	size_t count;

	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
		ask_sums(asking, kinds[i], EVENTS_EVERY, &asking->quarter);
	ask_listeners(asking, EVENTS_TOTAL, 0);
	ask_listeners(asking, EVENTS_ACTIVE, 0);
	for (int kind = 0; kind < EVENTS_COUNT_KINDS; kind++)
		expect(asking,
		       events_counts(asking->log, &asking->arena,
				     (enum events_count_kind)kind,
				     &asking->quarter, &counts, &count,
				     &asking->fault));
	expect(asking, events_queries(asking->log, &asking->arena,
				      &asking->quarter, 20, &queries, &count,
				      &asking->fault));
}

static void
page_popular_week(struct asking *asking)
{
	ask_top(asking, EVENTS_TRACK, &asking->week);
}

static void
page_popular_month(struct asking *asking)
{
	ask_top(asking, EVENTS_TRACK, &asking->month);
}

static void
page_popular_quarter(struct asking *asking)
{
	ask_top(asking, EVENTS_TRACK, &asking->quarter);
}

static void
page_artists_quarter(struct asking *asking)
{
	ask_top(asking, EVENTS_ARTIST, &asking->quarter);
}

static void
page_genres(struct asking *asking)
{
	ask_top(asking, EVENTS_GENRE, &asking->quarter);
}

static void
page_trends(struct asking *asking)
{
	struct events_range before = asking->month;

	before.first_day -= 30;
	before.last_day -= 30;
	for (int kind = EVENTS_TRACK; kind <= EVENTS_GENRE; kind++) {
		ask_top(asking, (enum events_kind)kind, &asking->month);
		ask_top(asking, (enum events_kind)kind, &before);
	}
	ask_sums(asking, EVENTS_TOTAL, 0, &asking->quarter);
}

static const struct page {
	const char *name;
	void (*ask)(struct asking *asking);
	int times;
} pages[] = {
	{ "user", page_user, 300 },
	{ "history", page_history, 300 },
	{ "recap", page_recap, 300 },
	{ "track", page_track, 300 },
	{ "artist", page_artist, 300 },
	{ "platform", page_platform, 40 },
	{ "popular_week", page_popular_week, 40 },
	{ "popular_month", page_popular_month, 40 },
	{ "popular_quarter", page_popular_quarter, 20 },
	{ "artists_quarter", page_artists_quarter, 40 },
	{ "genres", page_genres, 40 },
	{ "trends", page_trends, 20 },
	{ 0 },
};

static int
time_compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static int64_t
at_percent(int64_t *us, int count, int percent)
{
	qsort(us, (size_t)count, sizeof *us, time_compare);
	return us[count * percent / 100];
}

static int64_t
processor_us(void)
{
	struct timespec at;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
	return (int64_t)at.tv_sec * 1000000 + at.tv_nsec / 1000;
}

static void
ask(struct events_log *log, const char *only)
{
	int32_t last = FIRST_DAY + DAYS - 1;
	struct asking asking = { .log = log,
				 .seed = 42,
				 .week = { last - 6, last },
				 .month = { last - 29, last },
				 .quarter = { last - 89, last },
				 .year = { last - 364, last } };
	int64_t us[1000], processor[1000];

	arena_init(&asking.arena);
	for (const struct page *page = pages; page->name != NULL; page++) {
		if (only != NULL && strcmp(only, page->name) != 0)
			continue;
		for (int i = 0; i < page->times; i++) {
			int64_t begun_us = clock_monotonic_us();
			int64_t used_us = processor_us();

			page->ask(&asking);
			us[i] = clock_monotonic_us() - begun_us;
			processor[i] = processor_us() - used_us;
			arena_reset(&asking.arena);
		}
		printf("%s %lld %lld %lld\n", page->name,
		       (long long)at_percent(us, page->times, 50),
		       (long long)at_percent(us, page->times, 95),
		       (long long)at_percent(processor, page->times, 95));
		fflush(stdout);
	}
	arena_release(&asking.arena);
}

/* ---- the logs of requests and searches ------------------------------------ */

#define ROUTES 300
#define RARE_ROUTE 299
#define RARE_USER 1000000
#define PAGE_ROWS 51
#define PAGE_LOOKS 200000 /* these of api/admin_logs.c */
#define PAGE_TEXT_LOOKS 100000

static const char *
route_name(int64_t number)
{
	static char names[ROUTES][32];

	if (names[number][0] == '\0')
		snprintf(names[number], sizeof names[number],
			 "/api/v1/part%lld/{id}", (long long)number);
	return names[number];
}

/* One request in a million is of one person, and fails with 503 on a route of
 * its own; 2 % are 404. */
static void
request_draw(uint64_t *seed, int64_t at_ms, struct event_request *out)
{
	bool rare = next(seed) % 1000000 == 0;

	*out = (struct event_request){
		.at_ms = at_ms,
		.user_id = rare ? RARE_USER :
				  scatter(zipf(seed, 0.5, PEOPLE), PEOPLE),
		.method = next(seed) % 10 == 0 ? "POST" : "GET",
		.route = route_name(rare ? RARE_ROUTE :
					   zipf(seed, 0.9, RARE_ROUTE) - 1),
		.status = rare ? 503 : next(seed) % 50 == 0 ? 404 : 200,
		.took_us = (uint32_t)(next(seed) % 5000),
		.address = "203.0.113.9",
		.client = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0)",
	};
}

static void
search_draw(uint64_t *seed, int64_t at_ms, char *text, size_t room,
	    struct event_search *out)
{
	static const char *const words[] = { "кино", "звезда", "love",
					     "night", "ветер", "blue",
					     "город", "summer" };

	snprintf(text, room, "%s %s %llu", words[next(seed) % 8],
		 words[next(seed) % 8],
		 (unsigned long long)(next(seed) % 5000));
	*out = (struct event_search){
		.at_ms = at_ms,
		.user_id = scatter(zipf(seed, 0.5, PEOPLE), PEOPLE),
		.query = text,
		.surface = "multi",
		.results = (uint32_t)(next(seed) % 40),
		.took_us = 300,
	};
}

static void
fill_logs(struct events_log *log, int64_t rows)
{
	static struct event_request requests[4 * BATCH];
	static struct event_search searches[BATCH];
	static char texts[BATCH][64];
	const struct events_batch batch = { .requests = requests,
					    .request_count = 4 * BATCH,
					    .searches = searches,
					    .search_count = BATCH };
	int64_t begun_us = clock_monotonic_us();
	uint64_t seed = 11;
	struct events_receipt receipt;
	struct fault fault;

	for (int64_t done = 0; done < rows; done += 4 * BATCH) {
		int64_t at_ms = (int64_t)FIRST_DAY * DAY_MS +
				(int64_t)((double)done / (double)rows * DAYS *
					  DAY_MS);

		for (int i = 0; i < 4 * BATCH; i++)
			request_draw(&seed, at_ms, &requests[i]);
		for (int i = 0; i < BATCH; i++)
			search_draw(&seed, at_ms, texts[i], sizeof texts[i],
				    &searches[i]);
		if (events_append(log, &batch, &receipt, &fault) != STATUS_OK)
			die(fault.message);
	}
	printf("logged %.0f\n",
	       (double)rows * 1.25 / seconds_since(begun_us));
}

static bool
page_full(void *cookie)
{
	return ++*(int *)cookie < PAGE_ROWS;
}

static bool
see_request(void *cookie, int64_t seq, const struct event_request *request)
{
	(void)seq;
	(void)request;
	return page_full(cookie);
}

static bool
see_search(void *cookie, int64_t seq, const struct event_search *search)
{
	(void)seq;
	(void)search;
	return page_full(cookie);
}

static const struct {
	const char *name;
	bool searches;
	struct events_look look;
} looks[] = {
	{ "all", false, { 0 } },
	{ "a_person", false, { .user_id = 7 } },
	{ "a_rare_person", false, { .user_id = RARE_USER } },
	{ "a_rare_route", false, { .text = "part299/" } },
	{ "a_rare_status", false,
	  { .bounded = true, .least = 500, .most = 599 } },
	{ "a_person_whose_requests_failed", false,
	  { .user_id = 9, .bounded = true, .least = 500, .most = 599 } },
	{ "a_person_and_a_method_and_a_status", false,
	  { .user_id = 9, .word = "POST", .bounded = true, .least = 400,
	    .most = 499 } },
	{ "two_months_ago", false,
	  { .until_ms = (int64_t)(FIRST_DAY + 30) * DAY_MS } },
	{ "a_rare_text", true, { .text = "звезда город 4321" } },
	{ "a_text_never_searched_for", true, { .text = "xyzzy" } },
	{ "searches_of_a_person_that_found_nothing", true,
	  { .user_id = 9, .bounded = true } },
};

static void
look(struct events_log *log)
{
	for (size_t i = 0; i < ARRAY_LENGTH(looks); i++) {
		int64_t us[100], processor[100];
		int rows = 0;

		for (size_t k = 0; k < ARRAY_LENGTH(us); k++) {
			struct events_look asked = looks[i].look;
			bool text = looks[i].searches && asked.text != NULL;
			struct events_reach reach = {
				text ? PAGE_TEXT_LOOKS : PAGE_LOOKS, 0, 0 };
			int64_t begun_us = clock_monotonic_us();
			int64_t used_us = processor_us();
			struct fault fault;

			asked.reach = &reach;
			rows = 0;
			if ((looks[i].searches ?
				     events_searches(log, &asked, see_search,
						     &rows, &fault) :
				     events_requests(log, &asked, see_request,
						     &rows, &fault)) !=
			    STATUS_OK)
				die(fault.message);
			us[k] = clock_monotonic_us() - begun_us;
			processor[k] = processor_us() - used_us;
		}
		printf("%s %lld %lld %lld %d\n", looks[i].name,
		       (long long)at_percent(us, ARRAY_LENGTH(us), 50),
		       (long long)at_percent(us, ARRAY_LENGTH(us), 95),
		       (long long)at_percent(processor,
					     ARRAY_LENGTH(processor), 95),
		       rows);
		fflush(stdout);
	}
}

/* ---- single listens ------------------------------------------------------- */

static void
accept_singles(struct events_log *log)
{
	static int64_t us[5000];
	uint64_t seed = 7;

	for (size_t i = 0; i < ARRAY_LENGTH(us); i++) {
		struct event_listen listen;
		struct events_batch batch = { .listens = &listen,
					      .listen_count = 1 };
		struct events_receipt receipt;
		struct fault fault;
		int64_t begun_us;

		listen_draw(&seed, (int64_t)(FIRST_DAY + DAYS) * DAY_MS - 1000,
			    &listen);
		begun_us = clock_monotonic_us();
		if (events_append(log, &batch, &receipt, &fault) != STATUS_OK)
			die(fault.message);
		us[i] = clock_monotonic_us() - begun_us;
	}
	printf("accept %lld %lld\n",
	       (long long)at_percent(us, ARRAY_LENGTH(us), 50),
	       (long long)at_percent(us, ARRAY_LENGTH(us), 99));
}

int
main(int count, char **arguments)
{
	struct events_settings settings = { .durability = "commit",
					    .keep_requests_days = 14,
					    .keep_searches_days = 90,
					    .keep_activity_days = 180,
					    .readers_max = 4,
					    .cache_kib = 1024 };
	struct events_open_args args = { .settings = &settings };
	struct events_log *log;
	struct fault fault;
	const char *mode;

	if (count < 3)
		die("usage: bench_events fill|ask|accept|log|look FILE "
		    "[EVENTS|commit|second]");
	mode = arguments[1];
	args.path = arguments[2];
	if (strcmp(mode, "fill") == 0 || strcmp(mode, "log") == 0)
		unlink(args.path);
	if (strcmp(mode, "accept") == 0 && count > 3)
		settings.durability = arguments[3];
	if (events_open(&events_driver_sqlite, &args, &log, &fault) !=
	    STATUS_OK)
		die(fault.message);
	if (strcmp(mode, "fill") == 0)
		fill(log, count > 3 ? strtoll(arguments[3], NULL, 10) :
				      20000000);
	else if (strcmp(mode, "log") == 0)
		fill_logs(log, count > 3 ? strtoll(arguments[3], NULL, 10) :
					   20000000);
	else if (strcmp(mode, "look") == 0)
		look(log);
	else if (strcmp(mode, "ask") == 0)
		ask(log, count > 3 ? arguments[3] : NULL);
	else
		accept_singles(log);
	events_close(log);
	return 0;
}
