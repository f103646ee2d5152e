/* bench_catalogue.c - the store and the library at size: how fast tracks are saved,
 * how long lists take on their first and their last page, memory.
 *
 *	bench_catalogue [TRACKS [POSTGRES_DSN]]
 *
 * TRACKS (100000) are made up: albums of ten, artists by Zipf, a third of the
 * names Russian. SQLite in a temporary folder, or an empty PostgreSQL database
 * when its DSN is given. Times are of one thread, in microseconds.
 */
#include <ftw.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "library/albums.h"
#include "library/artists.h"
#include "library/catalogue.h"
#include "library/documents.h"
#include "library/files.h"
#include "library/migrations.h"
#include "library/sources.h"
#include "library/summary.h"
#include "library/tracks.h"

#define BATCH 500
#define TRACKS_PER_ALBUM 10
#define GENRES 40

static void
must(enum status status, const struct fault *fault)
{
	if (status == STATUS_OK)
		return;
	fprintf(stderr, "bench_catalogue: %s: %s\n", status_name(status),
		fault->message);
	exit(1);
}

static double
resident_mib(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	long pages = 0;

	if (file == NULL || fscanf(file, "%*d %ld", &pages) != 1)
		pages = 0;
	if (file != NULL)
		fclose(file);
	return (double)pages * (double)sysconf(_SC_PAGESIZE) / (1 << 20);
}

/* ---- a made-up library ---------------------------------------------------- */

/* splitmix64: the same number gives the same name everywhere. */
static uint64_t
mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static const char *const latin[] = { "ka", "lo", "mi", "ren", "tha", "so",
				     "vel", "dra", "un", "sta", "per", "ni",
				     "go", "la", "fi", "tor" };
static const char *const russian[] = { "ва", "ло", "ми", "рен", "ста", "со",
				       "вел", "дра", "ун", "при", "пер", "ни",
				       "го", "ла", "фи", "тор" };

/* A name of one to three words. */
static void
name_of(uint64_t seed, char *out, size_t size)
{
	uint64_t bits = mix(seed);
	const char *const *parts = bits % 3 == 0 ? russian : latin;
	int words = 1 + (int)(bits >> 8 & 3) % 3;
	size_t length = 0;

	out[0] = '\0';
	for (int w = 0; w < words; w++) {
		bits = mix(bits);
		for (int s = 0; s < 2 + (int)(bits >> 60 & 1); s++)
			length += (size_t)snprintf(
				out + length, size - length, "%s%s",
				s == 0 && w > 0 ? " " : "",
				parts[bits >> (s * 8) & 15]);
	}
}

/* Zipf-like: few artists have many albums. */
static uint64_t
artist_of_album(uint64_t album, uint64_t artists)
{
	double u = (double)(mix(album ^ 0xa11) >> 11) / 9007199254740992.0;

	return (uint64_t)(pow((double)artists, u)) - 1;
}

struct making {
	int64_t source_id;
	uint64_t first, count;
	uint64_t world; /* tracks of the whole library */
};

static enum status
save_one(struct catalogue *catalogue, const struct making *making,
	 uint64_t number, struct fault *fault)
{
	uint64_t album = number / TRACKS_PER_ALBUM;
	uint64_t artists = making->world / 25 + 1;
	uint64_t artist = artist_of_album(album, artists), bits = mix(number);
	char folder[64], name[64], title[96], artist_name[96], album_name[96],
		genre[32];
	static const char *const codecs[] = { "mp3", "mp3", "mp3", "flac",
					      "aac", "opus" };
	struct media_facts media = {
		.container = "mp3", .codec = codecs[bits % 6],
		.duration_ms = 60000 + (int64_t)(bits % 300000),
		.bitrate_bps = 256000, .sample_rate_hz = 44100, .channels = 2,
		.title = title, .artist_text = artist_name,
		.album = album_name, .album_artist_text = artist_name,
		.credit_count = 2, .genre_count = 1, .genres = { genre },
		.track_no = (uint32_t)(number % TRACKS_PER_ALBUM) + 1,
		.year = 1960 + (int32_t)(mix(album) % 65),
	};
	struct file_facts file = {
		.source_id = making->source_id, .folder = folder, .name = name,
		.size_bytes = 5000000 + (int64_t)(bits % 1000000),
		.modified_ns = 1700000000000000000 + (int64_t)number,
		.inode = number + 1000, .device = 1,
	};

	name_of(number, title, sizeof title);
	name_of(artist ^ 0x5a5a5a, artist_name, sizeof artist_name);
	snprintf(artist_name + strlen(artist_name),
		 sizeof artist_name - strlen(artist_name), " %" PRIu64, artist);
	name_of(album ^ 0xdeadbeef, album_name, sizeof album_name);
	snprintf(genre, sizeof genre, "Genre %d",
		 (int)pow(GENRES, (double)(mix(album ^ 7) >> 11) /
					  9007199254740992.0));
	snprintf(folder, sizeof folder, "%" PRIu64 "/%" PRIu64, artist, album);
	snprintf(name, sizeof name, "%02" PRIu64 ".mp3", number % 100);
	media.credits[0] = (struct media_credit){ artist_name, CREDIT_MAIN,
						  NULL };
	media.credits[1] = (struct media_credit){ artist_name,
						  CREDIT_ALBUM_MAIN, NULL };
	sha256(&number, sizeof number, media.audio_key);
	return tracks_save(catalogue,
			   &(struct save_args){ .file = &file,
						.media = &media },
			   NULL, fault);
}

static enum status
save_batch(struct catalogue *catalogue, struct store_session *session,
	   void *cookie, struct fault *fault)
{
	const struct making *making = cookie;
	enum status status = STATUS_OK;

	(void)session;
	for (uint64_t i = 0; i < making->count && status == STATUS_OK; i++)
		status = save_one(catalogue, making, making->first + i, fault);
	return status;
}

static enum status
add_source(struct store_session *session, void *cookie, struct fault *fault)
{
	enum status status =
		sources_add(session, "folder", "/bench", NULL, cookie, fault);

	return status == STATUS_CONFLICT ? STATUS_OK : status;
}

static double
cpu_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/* Saves all tracks; prints the rate over all and over the last tenth. */
static void
make_library(struct store *store, uint64_t total, uint64_t world,
	     const char *what)
{
	struct catalogue *catalogue = catalogue_new(store);
	struct making making = { .world = world };
	struct fault fault = { 0 };
	int64_t started_ms = clock_monotonic_ms(), tenth_ms = started_ms, end;
	double cpu = cpu_seconds();

	must(store_write(store, add_source, &making.source_id, &fault), &fault);
	for (; making.first < total; making.first += making.count) {
		making.count = total - making.first < BATCH
				       ? total - making.first
				       : BATCH;
		if (making.first < total / 10 * 9 &&
		    making.first + BATCH >= total / 10 * 9)
			tenth_ms = clock_monotonic_ms();
		must(catalogue_write(catalogue, save_batch, &making, &fault),
		     &fault);
	}
	end = clock_monotonic_ms();
	printf("%-34s %9.0f tracks/s   last tenth %9.0f   cpu %5.0f us each\n",
	       what,
	       (double)total * 1000.0 / (double)(end - started_ms + 1),
	       (double)(total / 10) * 1000.0 / (double)(end - tenth_ms + 1),
	       (cpu_seconds() - cpu) * 1e6 / (double)total);
	catalogue_free(catalogue);
}

/* ---- timing --------------------------------------------------------------- */

typedef enum status timed_step(struct store_session *session,
			       struct arena *arena, uint64_t round,
			       void *cookie, struct fault *fault);

struct timing {
	timed_step *step;
	void *cookie;
	uint64_t round;
	struct arena arena;
};

static enum status
timing_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct timing *timing = cookie;

	arena_reset(&timing->arena);
	return timing->step(session, &timing->arena, timing->round,
			    timing->cookie, fault);
}

static int
compare_us(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

#define ROUNDS_MAX 1000

static void
time_step(struct store *store, const char *what, int rounds, timed_step *step,
	  void *cookie)
{
	static int64_t us[ROUNDS_MAX];
	struct timing timing = { .step = step, .cookie = cookie };
	struct fault fault = { 0 };

	arena_init(&timing.arena);
	for (int i = 0; i < rounds; i++) {
		int64_t started_us = clock_monotonic_us();

		timing.round = (uint64_t)i;
		must(store_read(store, timing_work, &timing, &fault), &fault);
		us[i] = clock_monotonic_us() - started_us;
	}
	arena_release(&timing.arena);
	qsort(us, (size_t)rounds, sizeof *us, compare_us);
	printf("%-34s p50 %8" PRId64 "  p99 %8" PRId64 "  max %8" PRId64 "\n",
	       what, us[rounds / 2], us[rounds * 99 / 100], us[rounds - 1]);
}

struct listing {
	struct track_filter filter;
	enum track_sort sort;
	uint32_t limit;
	int64_t total;
};

static enum status
list_first(struct store_session *session, struct arena *arena, uint64_t round,
	   void *cookie, struct fault *fault)
{
	struct listing *listing = cookie;
	struct page_request page = { .limit = listing->limit };
	struct track_list list;
	enum status status;

	(void)round;
	status = tracks_list(session, &listing->filter, listing->sort, &page,
			     arena, &list, fault);
	if (status == STATUS_OK)
		listing->total = list.page.total;
	return status;
}

struct paging {
	const struct listing *listing;
	char cursor[512]; /* "" begins */
	bool at_end;
};

static enum status
page_next(struct store_session *session, struct arena *arena, uint64_t round,
	  void *cookie, struct fault *fault)
{
	struct paging *paging = cookie;
	struct page_request page = {
		.limit = paging->listing->limit,
		.cursor = paging->cursor[0] == '\0' ? NULL : paging->cursor,
	};
	struct track_list list;
	enum status status;

	(void)round;
	status = tracks_list(session, &paging->listing->filter,
			     paging->listing->sort, &page, arena, &list, fault);
	if (status != STATUS_OK)
		return status;
	paging->at_end = list.page.next_cursor == NULL;
	if (!paging->at_end)
		snprintf(paging->cursor, sizeof paging->cursor, "%s",
			 list.page.next_cursor);
	return status;
}

/* Reads every page of a list; prints what the first and last hundred cost. */
static void
time_all_pages(struct store *store, const char *what,
	       const struct listing *listing)
{
	static int64_t first[100], last[100];
	struct paging paging = { .listing = listing };
	struct timing timing = { .step = page_next, .cookie = &paging };
	struct fault fault = { 0 };
	uint64_t pages = 0;
	size_t kept;

	arena_init(&timing.arena);
	while (!paging.at_end) {
		int64_t started_us = clock_monotonic_us();

		must(store_read(store, timing_work, &timing, &fault), &fault);
		last[pages % 100] = clock_monotonic_us() - started_us;
		if (pages < 100)
			first[pages] = last[pages];
		pages++;
	}
	arena_release(&timing.arena);
	kept = pages < 100 ? (size_t)pages : 100;
	qsort(first, kept, sizeof *first, compare_us);
	qsort(last, kept, sizeof *last, compare_us);
	printf("%-34s first %6" PRId64 "  last %8" PRId64 "  pages %6" PRIu64
	       "\n",
	       what, first[kept / 2], last[kept / 2], pages);
}

static enum status
get_one(struct store_session *session, struct arena *arena, uint64_t round,
	void *cookie, struct fault *fault)
{
	uint64_t total = *(uint64_t *)cookie;
	struct track track;

	return tracks_get(session, 1 + (int64_t)(mix(round) % total), arena,
			  &track, fault);
}

static enum status
get_twenty(struct store_session *session, struct arena *arena, uint64_t round,
	   void *cookie, struct fault *fault)
{
	uint64_t total = *(uint64_t *)cookie;
	struct track *tracks;
	int64_t ids[20];
	size_t count;

	for (uint64_t i = 0; i < 20; i++)
		ids[i] = 1 + (int64_t)(mix(round * 20 + i) % total);
	return tracks_get_many(session, ids, 20, arena, &tracks, &count, fault);
}

static enum status
album_page(struct store_session *session, struct arena *arena, uint64_t round,
	   void *cookie, struct fault *fault)
{
	uint64_t total = *(uint64_t *)cookie;
	struct page_request page = { .limit = 100 };
	struct track_list list;
	struct album album;
	int64_t id = 1 + (int64_t)(mix(round) % (total / TRACKS_PER_ALBUM / 2));
	enum status status = albums_get(session, id, arena, &album, fault);

	if (status == STATUS_OK)
		status = albums_tracks(session, id, &page, arena, &list, fault);
	return status;
}

static enum status
artists_first(struct store_session *session, struct arena *arena,
	      uint64_t round, void *cookie, struct fault *fault)
{
	struct artist_filter filter = { .letter = round % 2 == 0 ? NULL : "К" };
	struct page_request page = { .limit = 50 };
	struct artist_list list;

	(void)cookie;
	return artists_list(session, &filter, ARTISTS_BY_NAME, &page, arena,
			    &list, fault);
}

static enum status
albums_first(struct store_session *session, struct arena *arena,
	     uint64_t round, void *cookie, struct fault *fault)
{
	struct album_filter filter = { 0 };
	struct page_request page = { .limit = 50 };
	struct album_list list;

	(void)cookie;
	return albums_list(session, &filter,
			   (enum album_sort)(round % ALBUM_SORTS), &page,
			   arena, &list, fault);
}

static enum status
summary_step(struct store_session *session, struct arena *arena,
	     uint64_t round, void *cookie, struct fault *fault)
{
	struct library_summary summary;

	(void)arena;
	(void)round;
	(void)cookie;
	return library_summary_get(session, &summary, fault);
}

static enum status
count_document(void *cookie, const struct search_document *document,
	       struct fault *fault)
{
	(void)document;
	(void)fault;
	++*(uint64_t *)cookie;
	return STATUS_OK;
}

static enum status
all_documents(struct store_session *session, struct arena *arena,
	      uint64_t round, void *cookie, struct fault *fault)
{
	uint64_t count = 0;

	(void)arena;
	(void)round;
	(void)cookie;
	return documents_each(session, SEARCH_TRACK, count_document, &count,
			      fault);
}

static bool
count_file(void *cookie, const struct folder_row *folder,
	   const struct file_row *file)
{
	(void)folder;
	(void)file;
	++*(uint64_t *)cookie;
	return true;
}

static enum status
all_files(struct store_session *session, struct arena *arena, uint64_t round,
	  void *cookie, struct fault *fault)
{
	uint64_t count = 0;

	(void)arena;
	(void)round;
	(void)cookie;
	return files_each(session, 1, count_file, &count, fault);
}

/* ---- the table ------------------------------------------------------------ */

static void
time_lists(struct store *store)
{
	static const struct {
		const char *what;
		struct track_filter filter;
		enum track_sort sort;
	} lists[] = {
		{ "by title", { 0 }, TRACKS_BY_TITLE },
		{ "by artist", { 0 }, TRACKS_BY_ARTIST },
		{ "by -created_at", { 0 }, TRACKS_BY_CREATED_DESC },
		{ "genre of many, by title", { .genre = "genre 1" },
		  TRACKS_BY_TITLE },
		{ "genre of many, by artist", { .genre = "genre 1" },
		  TRACKS_BY_ARTIST },
		{ "genre of few, by title", { .genre = "genre 39" },
		  TRACKS_BY_TITLE },
		{ "one year, by title", { .year = 1999 }, TRACKS_BY_TITLE },
		{ "ten years, by popularity",
		  { .year_min = 1990, .year_max = 1999 },
		  TRACKS_BY_POPULARITY_DESC },
		{ "codec flac, by title", { .codec = "flac" },
		  TRACKS_BY_TITLE },
		{ "first artist, by album", { .artist_id = 1 },
		  TRACKS_BY_ALBUM },
		{ "genre and year, by title",
		  { .genre = "genre 2", .year = 1999 }, TRACKS_BY_TITLE },
		{ "source folder, by year", { .source = "folder" },
		  TRACKS_BY_YEAR },
	};

	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		struct listing listing = { .filter = lists[i].filter,
					   .sort = lists[i].sort,
					   .limit = 50 };
		char what[64];

		snprintf(what, sizeof what, "50 %s", lists[i].what);
		time_step(store, what, 100, list_first, &listing);
	}
}

static void
run(struct store *store, uint64_t total)
{
	struct listing by_title = { .sort = TRACKS_BY_TITLE, .limit = 100 };
	struct listing by_artist = { .sort = TRACKS_BY_ARTIST, .limit = 100 };

	if (getenv("BENCH_FOLDER") == NULL)
		make_library(store, total, total, "save, new");
	if (getenv("BENCH_SAVE_ONLY") != NULL)
		return;
	if (getenv("BENCH_FOLDER") == NULL)
		make_library(store, total < 50000 ? total : 50000, total,
		     "save, unchanged facts");
	printf("memory after saving %.1f MiB\n", resident_mib());
	time_step(store, "one track", 1000, get_one, &total);
	time_step(store, "20 tracks by id", 1000, get_twenty, &total);
	time_step(store, "an album with its tracks", 1000, album_page, &total);
	time_step(store, "50 albums, any order", 300, albums_first, NULL);
	time_step(store, "50 artists, half by letter", 300, artists_first,
		  NULL);
	time_step(store, "library summary", 300, summary_step, NULL);
	time_lists(store);
	time_all_pages(store, "all pages of 100 by title", &by_title);
	time_all_pages(store, "all pages of 100 by artist", &by_artist);
	time_step(store, "all search documents", 3, all_documents, NULL);
	time_step(store, "all file rows", 3, all_files, NULL);
	printf("memory at the end   %.1f MiB\n", resident_mib());
}

static struct store *
open_store(const char *folder, const char *dsn)
{
	char path[128];
	const struct store_sqlite_settings sqlite = {
		.path = path, .readers_max = 4, .cache_kib = 512,
		.busy_timeout_ms = 10000,
	};
	const struct store_postgres_settings postgres = {
		.dsn = dsn, .database_url = "", .pool_min = 1, .pool_max = 8,
		.connect_timeout_seconds = 5, .prepare = true,
	};
	struct store *store = NULL;
	struct fault fault = { 0 };

	snprintf(path, sizeof path, "%s/ogma.db", folder);
	must(store_open_by_settings(&sqlite, &postgres, &store, &fault),
	     &fault);
	must(migrations_apply(store, &fault), &fault);
	return store;
}

static int
file_drop(const char *path, const struct stat *facts, int kind,
	  struct FTW *walk)
{
	(void)facts, (void)kind, (void)walk;
	return remove(path);
}

int
main(int argc, char **argv)
{
	uint64_t total = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000;
	const char *dsn = argc > 2 ? argv[2] : "";
	char folder[] = "/tmp/ogma-bench-XXXXXX", command[64];
	struct stat facts;
	struct store *store;

	if (total < 1000 ||
	    (getenv("BENCH_FOLDER") == NULL && mkdtemp(folder) == NULL)) {
		fputs("usage: bench_catalogue [TRACKS >= 1000 [DSN]]\n", stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	store = open_store(getenv("BENCH_FOLDER") != NULL
				   ? getenv("BENCH_FOLDER")
				   : folder,
			   dsn);
	printf("%" PRIu64 " tracks in %s\n", total, store->driver->name);
	run(store, total);
	store_close(store);
	snprintf(command, sizeof command, "%s/ogma.db", folder);
	if (stat(command, &facts) == 0)
		printf("file                %.1f MiB\n",
		       (double)facts.st_size / (1 << 20));
	if (getenv("BENCH_KEEP") != NULL)
		return 0;
	return nftw(folder, file_drop, 16, FTW_DEPTH | FTW_PHYS);
}
