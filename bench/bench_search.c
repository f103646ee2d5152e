/* bench_search.c - how fast the embedded index answers on a large library.
 *
 *	bench_search [TRACKS [FOLDER [CLASS…]]]
 *
 * Makes a catalogue that looks like a real one (always the same for one number
 * of tracks), builds the index through the driver in a child process, so that
 * memory figures are those of a process that only searches, and asks about
 * 1000 queries of each class, one after another, in this process. With FOLDER
 * the index is left there and used again by the next run. With classes only
 * these are asked, in the first way only, and the index stays as it is.
 *
 * Every query is asked once, which brings the index into memory as the first
 * minutes of a server's life do ("first p99"), and then ROUNDS times, in rounds
 * of all queries of the class, so that none finds the caches as it left them.
 * "p99" is over all times of the rounds, by the clock and by processor time.
 * "of medians" is the p99 of the queries' own times, each the median of its
 * rounds by processor time: a slow query is slow in all rounds, what a neighbour
 * on the machine does to its caches meets one or two. The bars are held against
 * that; with nothing beside it, it is the time by the clock.
 *
 * The catalogue: a tenth as many albums and a 25th as many artists as tracks;
 * words by Zipf's law (s = 1.1) from wamerican-huge and hunspell-ru, common
 * words first; 32 % of artists Russian, with every twentieth word of theirs
 * English ("remix", "live"), which makes every tenth thing one of two scripts;
 * popularity of artists rank^-0.9 times
 * a lognormal factor, of tracks once more. Query words are chosen with equal
 * chance for each power of ten of their rank. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "driver/search.h"
#include "driver/search_layout.h"

#define CLASS_QUERIES 1000
#define ROUNDS 5 /* odd */
#define ZIPF_S 1.1
#define FOREIGN_WORDS 0.05
#define BAR_SHORT_US 100
#define BAR_US 7000

static uint64_t random_state = 0x9E3779B97F4A7C15u;

static uint64_t
random_u64(void)
{
	uint64_t z = random_state += 0x9E3779B97F4A7C15u; /* splitmix64 */

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

static double
random_unit(void)
{
	return (double)(random_u64() >> 11) * 0x1p-53;
}

static size_t
random_below(size_t limit)
{
	return (size_t)(random_u64() % limit);
}

static double
random_lognormal(double sigma)
{
	double u = random_unit() + 1e-12, v = random_unit();

	return exp(sigma * sqrt(-2 * log(u)) * cos(6.283185307 * v));
}

/* Equal chance for each power of ten. */
static size_t
random_rank(size_t count)
{
	size_t rank = (size_t)exp(random_unit() * log((double)count));

	return rank > 0 && rank <= count ? rank - 1 : 0;
}

static void
die(const char *what, const struct fault *fault)
{
	fprintf(stderr, "bench_search: %s: %s\n", what,
		fault == NULL ? "failed" : fault->message);
	exit(1);
}

/* One language: its words by rank, and the sums of their chances. */
struct language {
	char **words;
	double *sums;
	size_t count, room;
};

static void
language_add(struct language *language, const char *word, size_t length)
{
	if (language->count == language->room) {
		language->room = language->room ? language->room * 2 : 4096;
		language->words = mem_grow(language->words, language->room,
					   sizeof *language->words);
	}
	language->words[language->count] = mem_new(length + 1, 1);
	memcpy(language->words[language->count++], word, length);
}

/* Keeps words of letters only; a line ends at "/" in hunspell's files. */
static bool
word_is_usable(const char *word, size_t length, bool russian)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)word[i];

		if (russian ? c != 0xD0 && c != 0xD1 && (c & 0xC0) != 0x80
			    : c < 'a' || c > 'z')
			return false;
	}
	return length > 0 && length < 60;
}

static void
language_read(struct language *language, const char *path, const char *common,
	      bool russian)
{
	struct buffer text;
	struct span rest = span_of(common), line;
	struct fault fault;
	size_t first;

	while (span_next(&rest, ' ', &line))
		language_add(language, line.at, line.length);
	first = language->count;
	buffer_init(&text, 0);
	if (file_read(path, 16 << 20, &text, &fault) != STATUS_OK)
		die("needs the packages wamerican-huge and hunspell-ru",
		    &fault);
	rest = (struct span){ text.bytes, text.length };
	while (span_next(&rest, '\n', &line)) {
		const char *cut = memchr(line.at, '/', line.length);

		if (cut != NULL)
			line.length = (size_t)(cut - line.at);
		if (word_is_usable(line.at, line.length, russian))
			language_add(language, line.at, line.length);
	}
	buffer_release(&text);
	for (size_t i = language->count - 1; i > first; i--) {
		size_t other = first + random_below(i - first + 1);
		char *word = language->words[i];

		language->words[i] = language->words[other];
		language->words[other] = word;
	}
	language->sums = mem_new(language->count, sizeof(double));
	for (size_t i = 0; i < language->count; i++)
		language->sums[i] = (i > 0 ? language->sums[i - 1] : 0) +
				    pow((double)i + 1, -ZIPF_S);
}

static const char *
language_word(const struct language *language)
{
	double at = random_unit() * language->sums[language->count - 1];
	size_t low = 0, high = language->count - 1;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (language->sums[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	return language->words[low];
}

struct catalogue {
	struct arena arena;
	struct language english, russian;
	struct search_document *documents; /* by popularity */
	size_t count, tracks;
};

static const char *
title_make(struct catalogue *catalogue, bool russian, unsigned least,
	   unsigned most)
{
	unsigned words = least + (unsigned)random_below(most - least + 1);
	struct buffer text;
	const char *title;

	buffer_init(&text, 0);
	for (unsigned i = 0; i < words; i++) {
		bool foreign = russian && random_unit() < FOREIGN_WORDS;

		if (i > 0)
			buffer_add_char(&text, ' ');
		buffer_add_text(&text,
				language_word(russian && !foreign
						      ? &catalogue->russian
						      : &catalogue->english));
	}
	title = arena_copy_text(&catalogue->arena, text.bytes);
	buffer_release(&text);
	return title;
}

static const char *const genres[] = { "Rock",	    "Pop",    "Jazz",
				      "Classical",  "Folk",   "Metal",
				      "Electronic", "Шансон", "Рок",
				      "Hip-Hop",    "Blues",  "Soundtrack" };

static void
artists_make(struct catalogue *catalogue, struct search_document *out,
	     size_t count, bool *russian)
{
	for (size_t i = 0; i < count; i++) {
		russian[i] = random_unit() < 0.32;
		out[i] = (struct search_document){
			.kind = SEARCH_ARTIST,
			.id = (int64_t)i + 1,
			.title = title_make(catalogue, russian[i], 1, 3),
			.popularity = 1e6 * pow((double)i + 1, -0.9) *
				      random_lognormal(0.7),
		};
	}
}

static int
document_compare(const void *a, const void *b)
{
	const struct search_document *x = a, *y = b;

	if (x->popularity != y->popularity)
		return x->popularity > y->popularity ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static void
catalogue_make(struct catalogue *catalogue, size_t tracks)
{
	size_t albums = tracks / 10, artists = tracks / 25 + 1;
	struct search_document *artist, *album, *track;
	bool *russian = mem_new(artists, sizeof *russian);

	arena_init(&catalogue->arena);
	catalogue->tracks = tracks;
	catalogue->count = tracks + albums + artists;
	catalogue->documents =
		mem_new(catalogue->count, sizeof *catalogue->documents);
	track = catalogue->documents;
	album = track + tracks;
	artist = album + albums;
	artists_make(catalogue, artist, artists, russian);
	for (size_t i = 0; i < albums; i++) {
		size_t by = random_rank(artists);

		album[i] = (struct search_document){
			.kind = SEARCH_ALBUM,
			.id = (int64_t)i + 1,
			.title = title_make(catalogue, russian[by], 1, 3),
			.artist = artist[by].title,
			.genre = genres[by % ARRAY_LENGTH(genres)],
			.year = 1960 + (int)random_below(65),
			.artist_id = artist[by].id,
			.popularity = artist[by].popularity * 0.3 *
				      random_lognormal(0.8),
		};
	}
	for (size_t i = 0; i < tracks; i++) {
		const struct search_document *of = &album[i / 10];
		size_t by = (size_t)of->artist_id - 1;

		track[i] = (struct search_document){
			.kind = SEARCH_TRACK,
			.id = (int64_t)i + 1,
			.title = title_make(catalogue, russian[by], 1, 4),
			.artist = of->artist,
			.album = of->title,
			.genre = of->genre,
			.year = of->year,
			.artist_id = of->artist_id,
			.popularity =
				of->popularity * 0.1 * random_lognormal(1.0),
		};
	}
	free(russian);
	qsort(track, tracks, sizeof *track, document_compare);
	qsort(album, albums, sizeof *album, document_compare);
	qsort(artist, artists, sizeof *artist, document_compare);
}

/* Letters of a word, as code points, and back. */
struct letters {
	uint32_t at[64];
	size_t count;
};

static struct letters
letters_of(const char *word)
{
	struct letters letters = { .count = 0 };
	const char *end = word + strlen(word);

	while (word < end && letters.count < 63)
		letters.at[letters.count++] = utf8_next(&word, end);
	return letters;
}

static const char *
letters_text(struct arena *arena, const struct letters *letters, size_t count)
{
	char *text = arena_alloc(arena, 64 * 4), *at = text;

	for (size_t i = 0; i < count && i < letters->count; i++)
		at += utf8_write(letters->at[i], at);
	return text;
}

/* One slip, never in the first letter. */
static void
letters_slip(struct letters *letters)
{
	size_t at = 1 + random_below(letters->count - 1);
	uint32_t other = (letters->at[0] < 0x80 ? 'a' : 0x430u) +
			 (uint32_t)random_below(26);

	switch (random_below(4)) {
	case 0:
		letters->at[at] = other;
		break;
	case 1:
		memmove(letters->at + at, letters->at + at + 1,
			(letters->count - at - 1) * sizeof other);
		letters->count--;
		break;
	case 2:
		memmove(letters->at + at + 1, letters->at + at,
			(letters->count - at) * sizeof other);
		letters->at[at] = other;
		letters->count++;
		break;
	default:
		if (at + 1 < letters->count) {
			other = letters->at[at];
			letters->at[at] = letters->at[at + 1];
			letters->at[at + 1] = other;
		}
	}
}

static const char *
word_pick(const struct catalogue *catalogue, size_t least_letters)
{
	const struct language *language = random_unit() < 0.32
						  ? &catalogue->russian
						  : &catalogue->english;
	const char *word;

	do {
		word = language->words[random_rank(language->count)];
	} while (letters_of(word).count < least_letters);
	return word;
}

/* Up to three words that stand together in one popular thing. */
static size_t
words_pick(const struct catalogue *catalogue, struct arena *arena,
	   const char *out[3], size_t want)
{
	for (;;) {
		const struct search_document *of =
			&catalogue->documents[random_rank(catalogue->tracks)];
		struct span rest = span_of(
			arena_print(arena, "%s %s", of->title, of->artist));
		struct span word;
		size_t count = 0;

		while (count < want && span_next(&rest, ' ', &word))
			out[count++] =
				arena_copy_bytes(arena, word.at, word.length);
		if (count == want)
			return count;
	}
}

static const char *
begun(struct arena *arena, const char *word, size_t letters)
{
	struct letters of = letters_of(word);

	return letters_text(arena, &of, letters);
}

static const char *
slipped(struct arena *arena, const char *word, int slips)
{
	struct letters of = letters_of(word);

	while (slips-- > 0)
		letters_slip(&of);
	return letters_text(arena, &of, of.count);
}

static const char *
translit(struct arena *arena, const char *word)
{
	static const char *const latin[32] = {
		"a",  "b",  "v",  "g",	  "d", "e", "zh", "z", "i",  "y",  "k",
		"l",  "m",  "n",  "o",	  "p", "r", "s",  "t", "u",  "f",  "kh",
		"ts", "ch", "sh", "shch", "",  "y", "",	  "e", "yu", "ya",
	};
	struct letters of = letters_of(word);
	struct buffer text;
	const char *copy;

	buffer_init(&text, 0);
	for (size_t i = 0; i < of.count; i++) {
		if (of.at[i] >= 0x430 && of.at[i] < 0x450)
			buffer_add_text(&text, latin[of.at[i] - 0x430]);
	}
	copy = arena_copy_bytes(arena, text.length > 0 ? text.bytes : "",
				text.length);
	buffer_release(&text);
	return copy;
}

static const char *
noise(struct arena *arena)
{
	struct letters of = { .count = 5 + random_below(7) };

	for (size_t i = 0; i < of.count; i++)
		of.at[i] = 'a' + (uint32_t)random_below(26);
	return letters_text(arena, &of, of.count);
}

static const char *
russian_pick(const struct catalogue *catalogue)
{
	const struct language *language = &catalogue->russian;

	return language->words[random_rank(language->count)];
}

/* A very frequent word and one or two letters. */
static const char *
worst_make(struct arena *arena, const struct language *frequent,
	   const struct language *other)
{
	const char *word = other->words[random_rank(other->count)];

	return arena_print(arena, "%s %s", frequent->words[random_below(30)],
			   begun(arena, word, 1 + random_below(2)));
}

/* "mixed" is "worst" in two languages: words that hardly ever meet. */
static const char *const classes[] = {
	"p1",	  "p2",	     "p3",	"p4",	  "p5",	      "p6",    "full",
	"and2_1", "and2_3",  "and2_w",	"and3",	  "worst",    "mixed", "typo1",
	"typo2",  "typoctx", "typopfx", "layout", "translit", "none",
};

static const char *
query_make(const struct catalogue *catalogue, struct arena *arena,
	   const char *class)
{
	const char *w[3];

	if (class[0] == 'p')
		return begun(arena,
			     word_pick(catalogue, (size_t) class[1] - '0'),
			     (size_t) class[1] - '0');
	if (strcmp(class, "full") == 0)
		return word_pick(catalogue, 1);
	if (strncmp(class, "and2", 4) == 0) {
		words_pick(catalogue, arena, w, 2);
		return arena_print(
			arena, "%s %s", w[0],
			class[5] == 'w'
				? w[1]
				: begun(arena, w[1], (size_t) class[5] - '0'));
	}
	if (strcmp(class, "and3") == 0) {
		words_pick(catalogue, arena, w, 3);
		return arena_print(arena, "%s %s %s", w[0], w[1], w[2]);
	}
	if (strcmp(class, "worst") == 0)
		return worst_make(arena, &catalogue->english,
				  &catalogue->english);
	if (strcmp(class, "mixed") == 0)
		return worst_make(arena, &catalogue->english,
				  &catalogue->russian);
	if (strcmp(class, "typo1") == 0)
		return slipped(arena, word_pick(catalogue, 5), 1);
	if (strcmp(class, "typo2") == 0)
		return slipped(arena, word_pick(catalogue, 9), 2);
	if (strcmp(class, "typoctx") == 0) {
		do {
			words_pick(catalogue, arena, w, 2);
		} while (letters_of(w[1]).count < 5);
		return arena_print(arena, "%s %s", w[0],
				   slipped(arena, w[1], 1));
	}
	if (strcmp(class, "typopfx") == 0)
		return slipped(arena, begun(arena, word_pick(catalogue, 7), 6),
			       1);
	if (strcmp(class, "layout") == 0)
		return search_layout_other(arena,
					   span_of(word_pick(catalogue, 3)));
	if (strcmp(class, "translit") == 0)
		return translit(arena, russian_pick(catalogue));
	return noise(arena);
}

/* The child: builds the index and writes the queries, one a line. */
static void
build(const char *folder, size_t tracks)
{
	struct search_open_args args = { .folder = folder };
	struct catalogue catalogue = { 0 };
	struct search_rebuild *rebuild = NULL;
	struct search_index *index;
	struct buffer queries;
	struct arena arena;
	struct fault fault;
	char path[4096];
	int64_t start_us;

	language_read(
		&catalogue.english, "/usr/share/dict/american-english-huge",
		"the of a you love in me my to i and on it is no for your "
		"all up night one time with we be day blue heart man out "
		"world down life dance song live home black dream remix",
		false);
	language_read(&catalogue.russian, "/usr/share/hunspell/ru_RU.dic",
		      "в и не я на ты с мой любовь ночь мы до по о песня день "
		      "город небо сон моя снег дождь дом мир жизнь зима "
		      "дорога ветер солнце звезда осень белый",
		      true);
	catalogue_make(&catalogue, tracks);
	if (search_open(&search_driver_fts5, &args, &index, &fault) !=
		    STATUS_OK ||
	    search_rebuild_begin(index, &rebuild, &fault) != STATUS_OK)
		die("open", &fault);
	start_us = clock_monotonic_us();
	if (search_rebuild_add(rebuild, catalogue.documents, catalogue.count,
			       &fault) != STATUS_OK ||
	    search_rebuild_commit(rebuild, 1, &fault) != STATUS_OK)
		die("rebuild", &fault);
	printf("build: %.1f s for %zu documents\n",
	       (double)(clock_monotonic_us() - start_us) / 1e6,
	       catalogue.count);
	search_close(index);
	buffer_init(&queries, 0);
	arena_init(&arena);
	random_state = 42;
	for (size_t c = 0; c < ARRAY_LENGTH(classes); c++) {
		for (size_t i = 0; i < CLASS_QUERIES; i++)
			buffer_print(
				&queries, "%s\t%s\n", classes[c],
				query_make(&catalogue, &arena, classes[c]));
	}
	snprintf(path, sizeof path, "%s/queries", folder);
	if (file_write(path, (struct span){ queries.bytes, queries.length },
		       0600, &fault) != STATUS_OK)
		die("queries", &fault);
	fflush(stdout);
	_exit(0);
}

static double
status_mib(const char *name)
{
	struct buffer text;
	const char *at;
	double kib = 0;

	buffer_init(&text, 0);
	if (file_read("/proc/self/status", 1 << 16, &text, NULL) == STATUS_OK &&
	    (at = strstr(text.bytes, name)) != NULL)
		kib = strtod(at + strlen(name) + 1, NULL);
	buffer_release(&text);
	return kib / 1024;
}

static void
memory_print(const char *when)
{
	printf("memory %s: %.1f MiB resident (%.1f own, %.1f of files)\n", when,
	       status_mib("VmRSS:"), status_mib("RssAnon:"),
	       status_mib("RssFile:"));
}

static int
double_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* What a way of asking adds to a query. */
struct way {
	const char *name;
	struct search_query query;
	bool highlight;
};

static double
clock_us(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* Wall and processor time of one query: on a busy machine only the second says
 * something. */
struct cost {
	double wall_us, cpu_us;
};

static struct cost
query_cost(struct search_index *index, struct arena *arena,
	   const struct way *way, const char *text, size_t *hits)
{
	struct search_query query = way->query;
	struct search_answer answer = { 0 };
	struct search_segment *segments;
	struct fault fault;
	struct cost cost;

	query.text = text;
	cost.wall_us = clock_us(CLOCK_MONOTONIC);
	cost.cpu_us = clock_us(CLOCK_THREAD_CPUTIME_ID);
	if (search_run(index, arena, &query, &answer, &fault) != STATUS_OK)
		die(text, &fault);
	for (size_t i = 0;
	     way->highlight && i < answer.found[SEARCH_TRACK].count; i++) {
		const struct search_hit *hit =
			&answer.found[SEARCH_TRACK].hits[i];

		search_highlight(arena, hit->title, &answer, hit->rank,
				 &segments);
		if (hit->artist != NULL)
			search_highlight(arena, hit->artist, &answer, hit->rank,
					 &segments);
	}
	cost.cpu_us = clock_us(CLOCK_THREAD_CPUTIME_ID) - cost.cpu_us;
	cost.wall_us = clock_us(CLOCK_MONOTONIC) - cost.wall_us;
	for (int k = 0; k < SEARCH_KINDS; k++)
		*hits += answer.found[k].count;
	arena_reset(arena);
	return cost;
}

/* Of one class: all times, round after round. */
struct class_costs {
	double us[CLASS_QUERIES * ROUNDS], cpu[CLASS_QUERIES * ROUNDS];
	size_t count, hits;
};

static void
round_run(struct search_index *index, const struct way *way, const char *class,
	  struct span queries, struct class_costs *costs)
{
	size_t query = 0;
	struct span line;
	struct arena arena;

	arena_init(&arena);
	while (query < CLASS_QUERIES && span_next(&queries, '\n', &line)) {
		const char *tab = memchr(line.at, '\t', line.length);
		struct cost cost;
		char text[800];

		if (tab == NULL ||
		    !span_equal(
			    (struct span){ line.at, (size_t)(tab - line.at) },
			    span_of(class)))
			continue;
		snprintf(text, sizeof text, "%.*s",
			 (int)(line.length - (size_t)(tab + 1 - line.at)),
			 tab + 1);
		cost = query_cost(index, &arena, way, text, &costs->hits);
		costs->us[costs->count] = cost.wall_us;
		costs->cpu[costs->count++] = cost.cpu_us;
		query++;
	}
	arena_release(&arena);
}

static double
percentile(const double *sorted, size_t count, size_t percent)
{
	return sorted[count * percent / 100];
}

/* The p99 of the median time of each query. */
static double
medians_p99(const struct class_costs *costs)
{
	static double medians[CLASS_QUERIES];
	size_t queries = costs->count / ROUNDS;

	for (size_t i = 0; i < queries; i++) {
		double cpu[ROUNDS];

		for (size_t r = 0; r < ROUNDS; r++)
			cpu[r] = costs->cpu[r * queries + i];
		qsort(cpu, ROUNDS, sizeof *cpu, double_compare);
		medians[i] = cpu[ROUNDS / 2];
	}
	qsort(medians, queries, sizeof *medians, double_compare);
	return percentile(medians, queries, 99);
}

/* Runs the queries of one class; false: over its bar. */
static bool
class_run(struct search_index *index, const struct way *way, const char *class,
	  struct span queries)
{
	static struct class_costs costs;
	double bar = BAR_US, first, medians;
	size_t n;

	costs.count = costs.hits = 0;
	round_run(index, way, class, queries, &costs);
	if (costs.count == 0)
		return true;
	qsort(costs.us, costs.count, sizeof *costs.us, double_compare);
	first = percentile(costs.us, costs.count, 99);
	costs.count = costs.hits = 0;
	for (int i = 0; i < ROUNDS; i++)
		round_run(index, way, class, queries, &costs);
	n = costs.count;
	medians = medians_p99(&costs);
	qsort(costs.us, n, sizeof *costs.us, double_compare);
	qsort(costs.cpu, n, sizeof *costs.cpu, double_compare);
	if (class[0] == 'p' && class[1] <= '4')
		bar = BAR_SHORT_US;
	printf("%-9s %-8s %8.0f %8.0f %8.0f %8.0f %8.0f %8.0f %10.0f %7.1f %9.0f%s\n",
	       way->name, class, percentile(costs.us, n, 50),
	       percentile(costs.us, n, 95), percentile(costs.us, n, 99),
	       costs.us[n - 1], percentile(costs.cpu, n, 50),
	       percentile(costs.cpu, n, 99), medians,
	       (double)costs.hits / (double)n, first,
	       medians > bar ? "  over" : "");
	return medians <= bar;
}

static void
updates_run(struct search_index *index, size_t tracks, size_t batch)
{
	struct search_document *documents = mem_new(batch, sizeof *documents);
	int64_t start_us = clock_monotonic_us(), us;
	struct search_state state;
	struct fault fault;
	size_t done = 0;

	if (search_get_state(index, &state, &fault) != STATUS_OK)
		die("state", &fault);
	do {
		for (size_t i = 0; i < batch; i++)
			documents[i] = (struct search_document){
				.kind = SEARCH_TRACK,
				.id = 1 + (int64_t)random_below(tracks),
				.title = "A title that was given anew",
				.artist = "Somebody",
				.popularity = (double)random_below(100000),
			};
		if (search_update(index, documents, batch, state.watermark,
				  state.watermark + 1, &fault) != STATUS_OK)
			die("update", &fault);
		state.watermark++;
		done += batch;
		us = clock_monotonic_us() - start_us;
	} while (us < 1000000);
	printf("updates of %zu at a time: %.0f documents/s\n", batch,
	       (double)done * 1e6 / (double)us);
	free(documents);
}

static void
build_in_child(const char *folder, size_t tracks)
{
	int how;
	pid_t child = fork();

	if (child == 0)
		build(folder, tracks);
	if (child < 0 || waitpid(child, &how, 0) != child || how != 0)
		die("build", NULL);
}

static void
folder_remove(const char *folder)
{
	static const char *const names[] = {
		"search.db",	  "search.db-wal",     "search.db-shm",
		"search.db.lock", "search.db.rebuild", "queries"
	};
	char path[4096];

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		unlink(path);
	}
	rmdir(folder);
}

static bool
is_wanted(const char *class, char *const *wanted)
{
	for (size_t i = 0; wanted[i] != NULL; i++) {
		if (strcmp(wanted[i], class) == 0)
			return true;
	}
	return wanted[0] == NULL;
}

/* All classes in all ways, or those wanted in the first; how many are over
 * their bar. */
static int
measure(struct search_index *index, struct span queries, char *const *wanted)
{
	static const struct way ways[] = {
		{ "tracks",
		  { .kinds = SEARCH_KIND_BIT(SEARCH_TRACK), .limit = 20 },
		  false },
		{ "all kinds", { .limit = 10 }, false },
		{ "counted",
		  { .kinds = SEARCH_KIND_BIT(SEARCH_TRACK),
		    .limit = 20,
		    .count_up_to = 1000 },
		  false },
		{ "marked",
		  { .kinds = SEARCH_KIND_BIT(SEARCH_TRACK),
		    .limit = 20,
		    .want_text = true },
		  true },
		{ "facets",
		  { .kinds = SEARCH_KIND_BIT(SEARCH_TRACK),
		    .limit = 20,
		    .count_up_to = 1000,
		    .want_facets = true },
		  false },
	};
	size_t asked = wanted[0] == NULL ? ARRAY_LENGTH(ways) : 1;
	int over = 0;

	printf("%-9s %-8s %8s %8s %8s %8s %8s %8s %10s %7s %9s\n", "asked",
	       "class", "p50 us", "p95", "p99", "max", "cpu p50", "cpu p99",
	       "of medians", "hits", "first p99");
	for (size_t w = 0; w < asked; w++) {
		for (size_t c = 0; c < ARRAY_LENGTH(classes); c++) {
			bool good;

			if (!is_wanted(classes[c], wanted))
				continue;
			good = class_run(index, &ways[w], classes[c], queries);

			over += w == 0 && !good;
		}
	}
	return over;
}

int
main(int argc, char **argv)
{
	size_t tracks = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 1000000;
	char made[] = "/var/tmp/ogma-bench-XXXXXX", path[4096];
	const char *folder = argc > 2 ? argv[2] : mkdtemp(made);
	char *const *wanted = argc > 3 ? argv + 3 : argv + argc;
	struct search_open_args args = { .folder = folder };
	struct search_index *index;
	struct buffer queries;
	struct fault fault;
	struct stat info;
	int64_t start_us;
	int over;

	if (folder == NULL || tracks < 100)
		die("usage: bench_search [TRACKS [FOLDER [CLASS…]]]", NULL);
	snprintf(path, sizeof path, "%s/queries", folder);
	if (access(path, R_OK) != 0)
		build_in_child(folder, tracks);
	buffer_init(&queries, 0);
	if (file_read(path, 64 << 20, &queries, &fault) != STATUS_OK)
		die("queries", &fault);
	memory_print("before");
	start_us = clock_monotonic_us();
	if (search_open(&search_driver_fts5, &args, &index, &fault) !=
	    STATUS_OK)
		die("open", &fault);
	printf("open: %.1f ms\n",
	       (double)(clock_monotonic_us() - start_us) / 1e3);
	memory_print("after open");
	snprintf(path, sizeof path, "%s/search.db", folder);
	if (stat(path, &info) == 0)
		printf("index: %.1f MB\n", (double)info.st_size / 1e6);
	over = measure(index, (struct span){ queries.bytes, queries.length },
		       wanted);
	memory_print("after queries");
	if (wanted[0] == NULL) {
		updates_run(index, tracks, 1);
		updates_run(index, tracks, 100);
		updates_run(index, tracks, 1000);
	}
	search_close(index);
	buffer_release(&queries);
	if (argc <= 2)
		folder_remove(folder);
	printf("%d classes over their bar\n", over);
	return over > 0;
}
