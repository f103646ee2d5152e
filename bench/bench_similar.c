/* bench_similar.c - how long it takes to find what sounds alike, and what
 * somebody may like.
 *
 *	bench_similar points COUNT
 *	bench_similar library FOLDER
 *
 * points: COUNT made-up points as wide along each axis as media/sound.h's are over
 * the set that its axes come from, but without any order in them, which is harder
 * than music. Prints "name number" lines: arranged_ms, megabytes, median_us,
 * p99_us, median_cpu_us, p99_cpu_us.
 * library: a copy of a library (FOLDER/ogma.db), to which points and what 200
 * people heard are added. Prints, for each question, "name median_us p99_us".
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "driver/store.h"
#include "library/listening.h"
#include "library/migrations.h"
#include "service/nearest.h"
#include "service/recommend.h"
#include "service/sounds.h"

#define ASKED 500
#define LIMIT 30
#define PEOPLE 200
#define HEARD_EACH 300

static const double widths[SOUND_CODES] = {
	3.85, 3.02, 2.52, 2.06, 1.61, 1.26, 1.13, 1.10, 0.93, 0.90,
	0.81, 0.78, 0.74, 0.68, 0.67, 0.62, 0.60, 0.59, 0.57, 0.56,
	0.53, 0.53, 0.52, 0.49, 0.48, 0.47, 0.47, 0.46, 0.45, 0.45,
	0.70, 0.70, 0.60, 0.60, 0.60, 0.60, 0.60, 0.60, 0.60, 0.60,
};

static uint32_t seed = 1;

static double
chance(void)
{
	seed = seed * 1664525u + 1013904223u;
	return ((double)(seed >> 8) + 0.5) / (1 << 24);
}

static void
point_make(uint8_t out[SOUND_CODES])
{
	for (size_t i = 0; i < SOUND_CODES; i++) {
		double normal = sqrt(-2 * log(chance())) *
				cos(2 * M_PI * chance());
		double code = 128 + widths[i] / SOUND_STEP * normal;

		out[i] = (uint8_t)fmin(fmax(code, 0), 255);
	}
}

static double
now_us(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double
part(double *times, double share)
{
	qsort(times, ASKED, sizeof *times, compare);
	return times[(size_t)(share * (ASKED - 1))];
}

static void
must(enum status status, const struct fault *fault)
{
	if (status == STATUS_OK)
		return;
	fprintf(stderr, "bench_similar: %s: %s\n", status_name(status),
		fault->message);
	exit(1);
}

static void
points_run(int64_t count)
{
	static double clock[ASKED], cpu[ASKED];
	struct nearest *nearest = nearest_new();
	struct near_point out[LIMIT];
	uint8_t codes[SOUND_CODES];
	double began;

	for (int64_t id = 1; id <= count; id++) {
		point_make(codes);
		nearest_put(nearest, id, codes);
	}
	began = now_us(CLOCK_THREAD_CPUTIME_ID);
	nearest = nearest_arrange(nearest);
	printf("arranged_ms %.0f\n",
	       (now_us(CLOCK_THREAD_CPUTIME_ID) - began) / 1e3);
	printf("megabytes %.1f\n", (double)nearest_bytes(nearest) / 1e6);
	for (size_t i = 0; i < ASKED; i++) {
		double clock_began = now_us(CLOCK_MONOTONIC);
		double cpu_began = now_us(CLOCK_THREAD_CPUTIME_ID);

		nearest_get(nearest, 1 + (int64_t)(chance() * (double)count),
			    codes);
		nearest_find(nearest, codes, LIMIT, out);
		cpu[i] = now_us(CLOCK_THREAD_CPUTIME_ID) - cpu_began;
		clock[i] = now_us(CLOCK_MONOTONIC) - clock_began;
	}
	printf("median_us %.0f\np99_us %.0f\n", part(clock, 0.5),
	       part(clock, 0.99));
	printf("median_cpu_us %.0f\np99_cpu_us %.0f\n", part(cpu, 0.5),
	       part(cpu, 0.99));
	nearest_free(nearest);
}

/* ---- a library ------------------------------------------------------------ */

struct bench {
	struct store *store;
	struct sounds *sounds;
	int64_t *tracks, *users;
	size_t track_count, user_count;
	int64_t id;
	bool similar;
};

static enum status
tracks_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct bench *bench = cookie;
	struct store_rows *rows;
	enum status status = sql_query(session,
				       "select id from tracks where visible = 1",
				       NULL, 0, &rows, fault);

	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		bench->tracks = mem_grow(bench->tracks, bench->track_count + 1,
					 sizeof *bench->tracks);
		bench->tracks[bench->track_count++] = sql_column_int(rows, 0);
	}
	sql_end(rows);
	return status;
}

static enum status
points_write(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct bench *bench = cookie;
	enum status status = STATUS_OK;
	uint8_t codes[SOUND_CODES];

	for (size_t i = 0; i < bench->track_count && status == STATUS_OK; i++) {
		point_make(codes);
		status = sql_post(session,
				  "insert into track_sounds (track_id, version, "
				  "made_at, codes) values ($1, $2, $3, $4)",
				  SQL_ARGS(SQL_INT(bench->tracks[i]),
					   SQL_INT(SOUND_VERSION), SQL_INT(1),
					   sql_bytes(codes, sizeof codes)),
				  fault);
	}
	return status;
}

/* Everybody hears some of what many hear and some of the rest. */
static enum status
people_write(struct store_session *session, void *cookie, struct fault *fault)
{
	struct bench *bench = cookie;
	enum status status = STATUS_OK;

	bench->users = mem_new(PEOPLE, sizeof *bench->users);
	for (size_t p = 0; p < PEOPLE && status == STATUS_OK; p++) {
		char name[40];

		snprintf(name, sizeof name, "similar%zu", p);
		status = sql_query_int(
			session,
			"insert into users (username, username_key, role, "
			"is_active, created_at, updated_at) values "
			"($1, $1, 'user', 1, 1, 1) returning id",
			SQL_ARGS(sql_text(name)), &bench->users[p], fault);
		for (int i = 0; i < HEARD_EACH && status == STATUS_OK; i++) {
			double of = i % 3 == 0 ? 500 :
						 (double)bench->track_count;
			size_t at = (size_t)(chance() * of);

			status = sql_post(
				session,
				"insert into user_tracks (user_id, track_id, "
				"plays, last_played_at) values ($1, $2, $3, $4) "
				"on conflict do nothing",
				SQL_ARGS(SQL_INT(bench->users[p]),
					 SQL_INT(bench->tracks[at %
							       bench->track_count]),
					 SQL_INT(1 + (int64_t)(chance() * 30)),
					 SQL_INT(1000 + i)),
				fault);
		}
	}
	return status;
}

static enum status
ask(struct store_session *session, void *cookie, struct fault *fault)
{
	struct bench *bench = cookie;
	struct recommended *out;
	struct arena arena;
	size_t count;
	enum status status;

	arena_init(&arena);
	status = bench->similar ?
			 recommend_similar(session, bench->sounds, bench->id,
					   LIMIT, &arena, &out, &count, fault) :
			 recommend_for_user(session, bench->sounds, bench->id,
					    LIMIT, &arena, &out, &count, fault);
	arena_release(&arena);
	return status;
}

static void
time_asking(struct bench *bench, const char *name)
{
	static double times[ASKED];
	struct fault fault = { 0 };

	for (size_t i = 0; i < ASKED; i++) {
		double began;

		bench->id = bench->similar ?
				    bench->tracks[(size_t)(
					    chance() *
					    (double)bench->track_count)] :
				    bench->users[(size_t)(chance() * PEOPLE)];
		began = now_us(CLOCK_MONOTONIC);
		must(store_read(bench->store, ask, bench, &fault), &fault);
		times[i] = now_us(CLOCK_MONOTONIC) - began;
	}
	printf("%s %.0f %.0f\n", name, part(times, 0.5), part(times, 0.99));
}

static void
neighbours_make(struct bench *bench)
{
	struct recommend *recommend = recommend_new(bench->store);
	struct fault fault = { 0 };
	uint32_t left = 1;

	for (size_t i = 0; i < 2000 && i < bench->track_count; i++)
		recommend_mark(recommend, bench->tracks[i]);
	while (left > 0)
		must(recommend_step(recommend, 100, 1000, &left, &fault),
		     &fault);
	recommend_free(recommend);
}

static void
library_run(const char *folder)
{
	struct bench bench = { 0 };
	struct fault fault = { 0 };
	char path[4096];
	const struct store_sqlite_settings sqlite = { .path = path,
						      .readers_max = 2,
						      .cache_kib = 32768,
						      .busy_timeout_ms = 5000 };

	snprintf(path, sizeof path, "%s/ogma.db", folder);
	must(store_open(&store_driver_sqlite, &sqlite, &bench.store, &fault),
	     &fault);
	must(migrations_apply(bench.store, &fault), &fault);
	must(store_read(bench.store, tracks_read, &bench, &fault), &fault);
	must(store_write(bench.store, points_write, &bench, &fault), &fault);
	must(store_write(bench.store, people_write, &bench, &fault), &fault);
	neighbours_make(&bench);
	must(sounds_open(bench.store, &bench.sounds, &fault), &fault);
	must(sounds_catch_up(bench.sounds, &fault), &fault);
	printf("tracks %zu %zu\n", bench.track_count,
	       sounds_count(bench.sounds));
	bench.similar = true;
	time_asking(&bench, "similar");
	bench.similar = false;
	time_asking(&bench, "for_user");
	sounds_close(bench.sounds);
	store_close(bench.store);
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "points") == 0) {
		points_run(strtoll(argv[2], NULL, 10));
	} else if (argc == 3 && strcmp(argv[1], "library") == 0) {
		library_run(argv[2]);
	} else {
		fputs("usage: bench_similar points COUNT | library FOLDER\n",
		      stderr);
		return 2;
	}
	return 0;
}
