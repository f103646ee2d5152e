/* bench_library.c - a library of any size, made through the library's own code.
 *
 *	bench_library DATA_FOLDER TRACKS
 *
 * Fills ogma.db as a scan would, in batches of tracks_save(); only the files
 * themselves are missing, so the source's folder is one that is not there. The
 * search index is left to `ogma index --rebuild`. The same number of tracks
 * always gives the same library: ten tracks an album, 2.5 albums an artist,
 * words of two to four syllables by Zipf's law, a third of it Russian. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "driver/store.h"
#include "library/catalogue.h"
#include "library/migrations.h"
#include "library/sources.h"

#define ALBUM_TRACKS 10
#define WORDS 40000
#define WORD_BYTES 40
#define ZIPF_S 1.1
#define BATCH_TRACKS 20000 /* few commits: this is not what is measured */

static const char *const latin[] = { "ma", "lo", "ri", "ten", "sha", "do",
				     "ve", "kan", "su", "mer", "ni", "gol",
				     "pa", "fir", "zo", "bu", "ly", "cor" };
static const char *const cyrillic[] = { "ма", "ло", "ри", "тен", "ша", "до",
					"ве", "кан", "су", "мер", "ни", "гол",
					"па", "фир", "зо", "бу", "лы", "кор" };
static const char *const genres[] = { "Rock", "Pop", "Jazz", "Classical",
				      "Folk", "Metal", "Electronic", "Шансон",
				      "Рок", "Hip-Hop", "Blues",
				      "Soundtrack" };

struct words {
	char text[WORDS][WORD_BYTES];
};

struct making {
	uint64_t dice;
	double sums[WORDS]; /* of the words' chances */
	struct words english, russian;
	int64_t source_id;
	size_t next, end; /* tracks of this batch */
	struct arena arena;
};

static _Noreturn void
die(const struct fault *fault)
{
	fprintf(stderr, "bench_library: %s\n", fault->message);
	exit(1);
}

static uint64_t
roll(struct making *making)
{
	uint64_t z = making->dice += 0x9E3779B97F4A7C15u; /* splitmix64 */

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

static double
roll_unit(struct making *making)
{
	return (double)(roll(making) >> 11) * 0x1p-53;
}

static void
words_make(struct making *making, struct words *words,
	   const char *const *syllables, size_t count)
{
	for (size_t i = 0; i < WORDS; i++) {
		size_t length = 2 + roll(making) % 3;
		char *text = words->text[i];

		for (size_t k = 0; k < length; k++) {
			size_t used = strlen(text);

			snprintf(text + used, sizeof words->text[i] - used,
				 "%s", syllables[roll(making) % count]);
		}
	}
}

static const char *
word_pick(struct making *making, bool russian)
{
	double at = roll_unit(making) * making->sums[WORDS - 1];
	size_t low = 0, high = WORDS - 1;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (making->sums[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	return (russian ? &making->russian : &making->english)->text[low];
}

/* One to four words. */
static const char *
title_make(struct making *making, bool russian)
{
	size_t count = 1 + roll(making) % 4;
	const char *title = word_pick(making, russian);

	while (--count > 0)
		title = arena_print(&making->arena, "%s %s", title,
				    word_pick(making, russian));
	return title;
}

struct album {
	size_t number;
	size_t artist;
	const char *artist_name, *title;
	int32_t year;
	bool russian;
};

/* Always the same for one number: dice of its own. */
static void
album_make(struct making *making, size_t number, struct album *out)
{
	out->number = number;
	out->artist = number * 2 / 5;
	making->dice = out->artist * 7919 + 1;
	out->russian = roll(making) % 3 == 0;
	out->artist_name = arena_print(&making->arena, "%s %zu",
				       title_make(making, out->russian),
				       out->artist);
	making->dice = number * 104729 + 2;
	out->title = title_make(making, out->russian);
	out->year = 1960 + (int32_t)(roll(making) % 65);
}

static enum status
track_make(struct making *making, struct catalogue *catalogue,
	   const struct album *album, size_t number, struct fault *fault)
{
	const char *folder = arena_print(&making->arena, "%zu/%zu",
					 album->artist, album->number);
	const char *name = arena_print(&making->arena, "%02zu.flac",
				       number % ALBUM_TRACKS + 1);
	struct media_facts *media =
		arena_alloc(&making->arena, sizeof *media);
	struct file_facts file = {
		.source_id = making->source_id,
		.folder = folder,
		.name = name,
		.size_bytes = 20000000 + (int64_t)number,
		.modified_ns = 1700000000000000000 + (int64_t)number,
		.inode = number + 1,
		.device = 1,
	};
	struct save_args args = { .file = &file, .media = media };

	making->dice = number * 15485863 + 3;
	*media = (struct media_facts){
		.container = "flac",
		.codec = "flac",
		.duration_ms = 120000 + (int64_t)(roll(making) % 240000),
		.bitrate_bps = 800000,
		.sample_rate_hz = 44100,
		.channels = 2,
		.bit_depth = 16,
		.title = title_make(making, album->russian),
		.artist_text = album->artist_name,
		.album = album->title,
		.album_artist_text = album->artist_name,
		.credits = { { album->artist_name, CREDIT_MAIN, NULL },
			     { album->artist_name, CREDIT_ALBUM_MAIN, NULL } },
		.credit_count = 2,
		.genres = { genres[album->artist % ARRAY_LENGTH(genres)] },
		.genre_count = 1,
		.track_no = (uint32_t)(number % ALBUM_TRACKS + 1),
		.track_total = ALBUM_TRACKS,
		.year = album->year,
	};
	sha256(&number, sizeof number, media->audio_key);
	return tracks_save(catalogue, &args, NULL, fault);
}

static enum status
batch_make(struct catalogue *catalogue, struct store_session *session,
	   void *cookie, struct fault *fault)
{
	struct making *making = cookie;
	enum status status = STATUS_OK;
	struct album album = { .number = SIZE_MAX };

	(void)session;
	for (size_t i = making->next; i < making->end && status == STATUS_OK;
	     i++) {
		if (album.number != i / ALBUM_TRACKS)
			album_make(making, i / ALBUM_TRACKS, &album);
		status = track_make(making, catalogue, &album, i, fault);
	}
	return status;
}

static enum status
source_make(struct store_session *session, void *cookie, struct fault *fault)
{
	struct making *making = cookie;

	return sources_add(session, "folder", "/nonexistent/ogma-bench", "{}",
			   &making->source_id, fault);
}

static void
library_fill(struct making *making, struct store *store, size_t tracks)
{
	struct catalogue *catalogue = catalogue_new(store);
	int64_t begun_ms = clock_monotonic_ms();
	struct fault fault = { 0 };

	for (size_t at = 0; at < tracks; at = making->end) {
		making->next = at;
		making->end = at + BATCH_TRACKS < tracks ? at + BATCH_TRACKS :
							   tracks;
		arena_reset(&making->arena);
		if (catalogue_write(catalogue, batch_make, making, &fault) !=
		    STATUS_OK)
			die(&fault);
		if (making->end % 100000 == 0)
			fprintf(stderr, "%zu tracks, %.0f a second\n",
				making->end,
				(double)making->end * 1000 /
					(double)(clock_monotonic_ms() -
						 begun_ms));
	}
	catalogue_free(catalogue);
}

int
main(int count, char **arguments)
{
	struct making *making = mem_new(1, sizeof *making);
	struct store_sqlite_settings sqlite = { .readers_max = 1,
						.cache_kib = 32768,
						.busy_timeout_ms = 5000 };
	struct fault fault = { 0 };
	struct store *store;
	char path[4096];

	if (count != 3) {
		fputs("usage: bench_library DATA_FOLDER TRACKS\n", stderr);
		return 2;
	}
	for (size_t i = 0; i < WORDS; i++)
		making->sums[i] = (i > 0 ? making->sums[i - 1] : 0) +
				  pow((double)i + 1, -ZIPF_S);
	words_make(making, &making->english, latin, ARRAY_LENGTH(latin));
	words_make(making, &making->russian, cyrillic, ARRAY_LENGTH(cyrillic));
	arena_init(&making->arena);
	snprintf(path, sizeof path, "%s/ogma.db", arguments[1]);
	sqlite.path = path;
	if (folder_make(arguments[1], &fault) != STATUS_OK ||
	    store_open(&store_driver_sqlite, &sqlite, &store, &fault) !=
		    STATUS_OK ||
	    migrations_apply(store, &fault) != STATUS_OK ||
	    store_write(store, source_make, making, &fault) != STATUS_OK)
		die(&fault);
	library_fill(making, store, strtoul(arguments[2], NULL, 10));
	store_close(store);
	arena_release(&making->arena);
	free(making);
	return 0;
}
