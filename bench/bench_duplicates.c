/* bench_duplicates.c - how surely the same recording is found, and what it costs.
 *
 *	bench_duplicates pieces FILE COUNT      prints of so many different pieces
 *	bench_duplicates print FILE             of s16le mono, 22,050 Hz, from stdin
 *	bench_duplicates look DATA PIECES FOLDER
 *	bench_duplicates scale DATA TRACKS
 *
 * A piece is synthesised: a key, a tempo, chords, a melody, an instrument and a
 * beat by chance, 25 s long. look: DATA is a library (bench_library) with a track
 * for each piece and more; the pieces are looked up and entered one after the
 * other, then the originals NUMBER.fp of FOLDER, and each NUMBER.KIND.fp is looked
 * up. Lengths are not compared, so sound alone decides. scale: enters marks of so
 * many tracks that nobody has (0: they are there), and looks up. Prints "name<tab>value" lines. */
#include <chromaprint.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "library/fingerprints.h"
#include "library/migrations.h"
#include "library/track_analysis.h"

#define RATE 11025
#define PIECE_SECONDS 25
#define PIECE_SAMPLES (RATE * PIECE_SECONDS)
#define VOICES 4
#define TABLE 1024
#define PROCESSES 2
#define SECONDS_MAX 120
#define LOOKS 2000

static uint64_t seed;

static uint64_t
roll(void)
{
	uint64_t z = seed += 0x9E3779B97F4A7C15u; /* splitmix64 */

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

static unsigned
dice(unsigned sides)
{
	return (unsigned)(roll() >> 33) % sides;
}

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "bench_duplicates: %s\n", what);
	exit(1);
}

/* ---- pieces ------------------------------------------------------------------- */

struct piece {
	float wave[TABLE];
	unsigned key, beat_samples, scale;
	unsigned chords[8];
};

static void
piece_make(struct piece *piece)
{
	*piece = (struct piece){ .key = dice(12), .scale = dice(3),
				 .beat_samples = RATE * 60 / (70 + dice(90)) };
	for (unsigned harmonic = 1; harmonic <= 6; harmonic++) {
		double loud = (double)(1 + dice(100)) / 100 / harmonic;

		for (int i = 0; i < TABLE; i++)
			piece->wave[i] += (float)(loud *
				sin(2 * M_PI * harmonic * i / TABLE));
	}
	for (size_t i = 0; i < 8; i++)
		piece->chords[i] = dice(7);
}

static double
tone_hz(const struct piece *piece, unsigned step)
{
	static const unsigned scales[][7] = { { 0, 2, 4, 5, 7, 9, 11 },
					      { 0, 2, 3, 5, 7, 8, 10 },
					      { 0, 2, 3, 5, 7, 9, 10 } };
	unsigned tone = piece->key + scales[piece->scale][step % 7] +
			12 * (step / 7);

	return 110 * pow(2, tone / 12.0);
}

/* Three voices hold the chord, one goes its own way. */
static void
piece_play(const struct piece *piece, int16_t *out)
{
	double place[VOICES] = { 0 }, speed[VOICES] = { 0 };
	unsigned note = 0;

	for (unsigned i = 0, beat = 0; i < PIECE_SAMPLES; i++) {
		unsigned at = i % piece->beat_samples;
		double sound = 0;

		if (at == 0) {
			unsigned chord = piece->chords[beat++ / 4 % 8];

			for (unsigned k = 0; k < 3; k++)
				speed[k] = tone_hz(piece, chord + 2 * k);
		}
		if (i % (piece->beat_samples / 2) == 0 && dice(4) > 0) {
			note = 7 + dice(14);
			speed[3] = tone_hz(piece, note);
		}
		for (unsigned k = 0; k < VOICES; k++) {
			place[k] += speed[k] * TABLE / RATE;
			sound += (k == 3 ? 2 : 1) *
				 (double)piece->wave[(unsigned)place[k] % TABLE];
		}
		if (at < piece->beat_samples / 8)
			sound += 1.0 - (double)dice(1000) / 500;
		out[i] = (int16_t)(sound * 1800);
	}
}

static void
print_write(FILE *file, ChromaprintContext *context)
{
	uint32_t *words;
	int count;

	if (!chromaprint_finish(context) ||
	    !chromaprint_get_raw_fingerprint(context, &words, &count))
		die("no print");
	fwrite(&count, sizeof count, 1, file);
	fwrite(words, sizeof *words, (size_t)count, file);
	chromaprint_dealloc(words);
}

static void
pieces_some(const char *path, unsigned first, unsigned end)
{
	static int16_t sound[PIECE_SAMPLES];
	FILE *file = fopen(path, "w");

	if (file == NULL)
		die(path);
	for (unsigned i = first; i < end; i++) {
		ChromaprintContext *context =
			chromaprint_new(CHROMAPRINT_ALGORITHM_DEFAULT);
		struct piece piece;

		seed = i * 7919u;
		piece_make(&piece);
		piece_play(&piece, sound);
		chromaprint_start(context, RATE, 1);
		chromaprint_feed(context, sound, PIECE_SAMPLES);
		print_write(file, context);
		chromaprint_free(context);
	}
	if (fclose(file) != 0)
		die(path);
}

static int
pieces(const char *path, unsigned count)
{
	char part[4096];
	int how, bad = 0;

	for (unsigned i = 0; i < PROCESSES; i++) {
		if (fork() != 0)
			continue;
		snprintf(part, sizeof part, "%s.%u", path, i);
		pieces_some(part, i * count / PROCESSES,
			    (i + 1) * count / PROCESSES);
		return 0;
	}
	while (wait(&how) > 0)
		bad |= how;
	return bad != 0;
}

static int
print(const char *path)
{
	ChromaprintContext *context =
		chromaprint_new(CHROMAPRINT_ALGORITHM_DEFAULT);
	static int16_t sound[2 * RATE];
	FILE *file = fopen(path, "w");
	size_t count;

	if (file == NULL)
		die(path);
	chromaprint_start(context, 2 * RATE, 1);
	for (int i = 0; i < SECONDS_MAX &&
			(count = fread(sound, 2, 2 * RATE, stdin)) > 0; i++)
		chromaprint_feed(context, sound, (int)count);
	print_write(file, context);
	return fclose(file) != 0;
}

/* ---- looking up ------------------------------------------------------------------ */

struct looks {
	struct store *store;
	struct arena arena;
	struct fingerprint_wanted wanted;
	struct fingerprint_found *found;
	size_t count;
};

static enum status
find_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct looks *looks = cookie;

	return fingerprints_find(session, &looks->wanted, &looks->arena,
				 &looks->found, &looks->count, fault);
}

static enum status
enter_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct looks *looks = cookie;
	const struct media_analysis heard = {
		.sample_rate_hz = RATE,
		.fingerprint = { (const char *)looks->wanted.print.words,
				 looks->wanted.print.count * 4 },
	};
	enum status status = analysis_save(session, looks->wanted.track_id, 1,
					   &heard, NULL, 1, fault);

	return status == STATUS_OK ?
		       fingerprints_enter(session, &looks->wanted, fault) :
		       status;
}

static void
must(enum status status, const struct fault *fault)
{
	if (status != STATUS_OK)
		die(fault->message);
}

static void
find(struct looks *looks)
{
	struct fault fault = { 0 };

	must(store_read(looks->store, find_work, looks, &fault), &fault);
}

static void
enter(struct looks *looks)
{
	struct fault fault = { 0 };

	must(store_write(looks->store, enter_work, looks, &fault), &fault);
}

static bool
print_next(FILE *file, struct looks *looks)
{
	uint32_t words[FINGERPRINT_WORDS_MAX];
	int count;

	if (fread(&count, sizeof count, 1, file) != 1 || count < 0 ||
	    count > FINGERPRINT_WORDS_MAX ||
	    fread(words, 4, (size_t)count, file) != (size_t)count)
		return false;
	arena_reset(&looks->arena);
	looks->wanted = (struct fingerprint_wanted){
		.print = fingerprint_read((struct span){ (const char *)words,
							 (size_t)count * 4 },
					  &looks->arena),
	};
	return true;
}

static double
ms_of(int64_t begun_ns)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec * 1000000000LL + now.tv_nsec - begun_ns) /
	       1e6;
}

static int64_t
now_ns(void)
{
	return (int64_t)(ms_of(0) * 1e6);
}

/* The middle and the 99th of a hundred. */
static int
compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void
times_tell(double *times, size_t count)
{
	qsort(times, count, sizeof *times, compare_doubles);
	printf("ms\t%.2f\nms99\t%.2f\n", times[count / 2],
	       times[count * 99 / 100]);
}

static void
memory_tell(void)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[200];
	long kib;

	while (fgets(line, sizeof line, file) != NULL)
		if (sscanf(line, "VmHWM: %ld", &kib) == 1)
			printf("mib\t%ld\n", kib / 1024);
	fclose(file);
}

static int64_t
pieces_enter(struct looks *looks, const char *path, double *times,
	     size_t *timed)
{
	int64_t tracks = 0;
	unsigned wrong = 0, silent = 0;

	for (unsigned i = 0; i < PROCESSES; i++) {
		char part[4096];
		FILE *file;

		snprintf(part, sizeof part, "%s.%u", path, i);
		file = fopen(part, "r");
		while (file != NULL && print_next(file, looks)) {
			int64_t begun = now_ns();

			looks->wanted.track_id = ++tracks;
			silent += !fingerprint_tells(&looks->wanted.print);
			find(looks);
			times[(*timed)++ % LOOKS] = ms_of(begun);
			wrong += looks->count > 0;
			enter(looks);
		}
		if (file == NULL)
			die(part);
		fclose(file);
	}
	printf("pieces\t%lld\nfalse\t%u\nsilent\t%u\n", (long long)tracks,
	       wrong, silent);
	return tracks;
}

static bool
file_load(struct looks *looks, const char *folder, const char *name)
{
	char path[4096];
	FILE *file;
	bool good;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "r");
	good = file != NULL && print_next(file, looks);
	if (file != NULL)
		fclose(file);
	return good;
}

static void
copies_find(struct looks *looks, const char *folder, int64_t after)
{
	struct dirent **names;
	int count = scandir(folder, &names, NULL, alphasort);
	unsigned copies = 0, found = 0, wrong = 0, originals = 0;
	double worst = 0;

	for (int i = 0; i < count; i++) { /* NUMBER.fp */
		int number, end = 0;

		if (sscanf(names[i]->d_name, "%d.fp%n", &number, &end) != 1 ||
		    end == 0 || !file_load(looks, folder, names[i]->d_name))
			continue;
		looks->wanted.track_id = after + number;
		find(looks);
		wrong += looks->count > 0;
		originals++;
		enter(looks);
	}
	for (int i = 0; i < count; i++) { /* NUMBER.KIND.fp */
		int number, end = 0;
		bool hit = false;

		sscanf(names[i]->d_name, "%d.%*[^.].fp%n", &number, &end);
		if (end == 0 || !file_load(looks, folder, names[i]->d_name))
			continue;
		find(looks);
		copies++;
		for (size_t k = 0; k < looks->count; k++) {
			bool right = looks->found[k].track_id == after + number;

			hit |= right;
			wrong += !right;
			if (right && looks->found[k].error_rate > worst)
				worst = looks->found[k].error_rate;
		}
		found += hit;
		if (!hit)
			fprintf(stderr, "not found: %s\n", names[i]->d_name);
	}
	printf("originals\t%u\ncopies\t%u\nfound\t%u\nwrong\t%u\n"
	       "worst\t%.3f\n", originals, copies, found, wrong, worst);
}

static int
look(const char *data, const char *pieces_path, const char *folder,
     struct looks *looks)
{
	static double times[LOOKS];
	size_t timed = 0;
	int64_t tracks;

	(void)data;
	tracks = pieces_enter(looks, pieces_path, times, &timed);
	copies_find(looks, folder, tracks);
	times_tell(times, timed < LOOKS ? timed : LOOKS);
	memory_tell();
	return 0;
}

/* ---- a million ------------------------------------------------------------------------ */

struct scaling {
	uint64_t marks, at;
	uint32_t tracks, gap;
};

#define MARKS_AT_ONCE 500000

static enum status
marks_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct scaling *scaling = cookie;
	enum status status = STATUS_OK;

	for (uint64_t i = 0; i < MARKS_AT_ONCE && status == STATUS_OK &&
			     scaling->marks > 0; i++, scaling->marks--) {
		scaling->at += 1 + dice(2 * scaling->gap - 1);
		status = sql_post(session,
				  "insert into fingerprint_marks "
				  "(mark, track_id) values ($1, $2)",
				  SQL_ARGS(SQL_INT(scaling->at),
					   SQL_INT(1000000000 +
						   dice(scaling->tracks))),
				  fault);
	}
	return status;
}

/* As in a real library, marks lie in the lowest part of all numbers. */
static int
scale(struct looks *looks, uint32_t tracks)
{
	static double times[LOOKS];
	struct scaling scaling = { .marks = (uint64_t)tracks *
					    FINGERPRINT_MARKS,
				   .tracks = tracks };
	struct fault fault = { 0 };

	if (tracks > 0)
		scaling.gap = (uint32_t)(UINT32_MAX / 20 / scaling.marks) + 1;
	while (scaling.marks > 0)
		must(store_write(looks->store, marks_work, &scaling, &fault),
		     &fault);
	for (size_t i = 0; i < LOOKS; i++) {
		uint32_t words[948];
		int64_t begun;

		for (size_t k = 0; k < 948; k++)
			words[k] = (uint32_t)roll();
		arena_reset(&looks->arena);
		looks->wanted = (struct fingerprint_wanted){
			.print = fingerprint_read(
				(struct span){ (const char *)words,
					       sizeof words },
				&looks->arena) };
		begun = now_ns();
		find(looks);
		times[i] = ms_of(begun);
	}
	times_tell(times, LOOKS);
	memory_tell();
	return 0;
}

int
main(int count, char **arguments)
{
	struct store_sqlite_settings sqlite = { .readers_max = 1,
						.cache_kib = 32768,
						.busy_timeout_ms = 5000,
						.relaxed = true };
	struct fault fault = { 0 };
	struct looks looks = { 0 };
	char path[4096];

	if (count == 4 && strcmp(arguments[1], "pieces") == 0)
		return pieces(arguments[2],
			      (unsigned)strtoul(arguments[3], NULL, 10));
	if (count == 3 && strcmp(arguments[1], "print") == 0)
		return print(arguments[2]);
	if (count < 4)
		die("see its first lines");
	snprintf(path, sizeof path, "%s/ogma.db", arguments[2]);
	sqlite.path = path;
	must(store_open(&store_driver_sqlite, &sqlite, &looks.store, &fault),
	     &fault);
	must(migrations_apply(looks.store, &fault), &fault);
	arena_init(&looks.arena);
	if (strcmp(arguments[1], "look") == 0 && count == 5)
		count = look(arguments[2], arguments[3], arguments[4], &looks);
	else
		count = scale(&looks,
			      (uint32_t)strtoul(arguments[3], NULL, 10));
	arena_release(&looks.arena);
	store_close(looks.store);
	return count;
}
