/* fuzz_search_query.c - no query is an error, what an index finds is what the
 * plain rules find, and highlights are the whole text again.
 *
 * The input is a query, or a title and a query with a line feed between. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver/search.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DOCUMENTS 6

static struct search_index *index_opened, *rules_opened;
static uint64_t watermark;

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
both_update(const struct search_document *documents, size_t count)
{
	watermark++;
	must(search_update(index_opened, documents, count, 0, watermark,
			   NULL) == STATUS_OK);
	must(search_update(rules_opened, documents, count, 0, watermark,
			   NULL) == STATUS_OK);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const struct search_document documents[DOCUMENTS] = {
		{ .kind = SEARCH_TRACK,
		  .id = 2,
		  .title = "Группа крови",
		  .artist = "Кино",
		  .genre = "Rock",
		  .year = 1988 },
		{ .kind = SEARCH_TRACK,
		  .id = 3,
		  .title = "AC/DC \"live\"",
		  .artist = "Tchaikovsky",
		  .album = "Don't OR stop" },
		{ .kind = SEARCH_TRACK, .id = 4, .title = "мой Чайковский" },
		{ .kind = SEARCH_ALBUM, .id = 5, .title = "東京 さくら" },
		{ .kind = SEARCH_ARTIST, .id = 6, .title = "Metallica" },
		{ .kind = SEARCH_PLAYLIST, .id = 7, .title = "!!!" },
	};
	static char folder[64];
	struct search_open_args args = { .folder = folder };
	const char *place = getenv("TMPDIR");

	(void)argc;
	(void)argv;
	snprintf(folder, sizeof folder, "%s/ogma-fuzz-XXXXXX",
		 place != NULL ? place : "/tmp");
	must(mkdtemp(folder) != NULL);
	must(search_open(&search_driver_fts5, &args, &index_opened, NULL) ==
	     STATUS_OK);
	must(search_open(&search_driver_memory, &args, &rules_opened, NULL) ==
	     STATUS_OK);
	both_update(documents, DOCUMENTS);
	return 0;
}

static void
must_find_the_same(const struct search_found *a, const struct search_found *b)
{
	must(a->count == b->count && a->total == b->total);
	for (size_t i = 0; i < a->count; i++) {
		size_t k = 0;

		while (k < b->count && b->hits[k].id != a->hits[i].id)
			k++;
		must(k < b->count && a->hits[i].rank == b->hits[k].rank);
	}
}

static void
must_mark_the_whole(struct arena *arena, const char *text,
		    const struct search_answer *answer)
{
	struct search_segment *segments;
	size_t bytes = 0;
	size_t count = search_highlight(arena, text, answer, SEARCH_TYPO_TWICE,
					&segments);

	for (size_t i = 0; i < count; i++) {
		must(segments[i].text.length > 0);
		must(utf8_valid(segments[i].text.at, segments[i].text.length));
		bytes += segments[i].text.length;
	}
	must(bytes >= strlen(text)); /* more where it was repaired */
}

static void
ask(struct arena *arena, const char *text, const char *title)
{
	struct search_query query = { .text = text,
				      .limit = 20,
				      .count_up_to = 1000,
				      .want_facets = true };
	struct search_answer found, ruled;

	must(search_run(index_opened, arena, &query, &found, NULL) ==
	     STATUS_OK);
	must(search_run(rules_opened, arena, &query, &ruled, NULL) ==
	     STATUS_OK);
	for (int kind = 0; kind < SEARCH_KINDS; kind++)
		must_find_the_same(&found.found[kind], &ruled.found[kind]);
	must((found.did_you_mean == NULL) == (ruled.did_you_mean == NULL));
	must_mark_the_whole(arena, title, &found);
	must_mark_the_whole(arena, text, &found);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct search_document document = { .kind = SEARCH_TRACK, .id = 1 };
	struct arena arena;
	char *text, *query;

	arena_init(&arena);
	text = arena_copy_bytes(&arena, data, size);
	query = strchr(text, '\n');
	if (query != NULL)
		*query++ = '\0';
	document.title = text;
	if (query != NULL)
		both_update(&document, 1);
	ask(&arena, query == NULL ? text : query, text);
	if (query != NULL) {
		document.gone = true;
		both_update(&document, 1);
	}
	arena_release(&arena);
	return 0;
}
