/* playlist_search.c - see playlist_search.h. */
#include "service/playlist_search.h"

#include <string.h>

#include "library/playlists.h"
#include "service/index.h"

/* ---- a person's own -------------------------------------------------------
 */

struct own_reading {
	int64_t user_id;
	struct arena *arena;
	struct playlist *playlists;
	size_t count;
};

static enum status
own_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct own_reading *reading = cookie;

	return playlists_hidden_of(session, reading->user_id,
				   PLAYLIST_SEARCH_MAX, reading->arena,
				   &reading->playlists, &reading->count, fault);
}

static struct search_document *
documents_of(const struct own_reading *reading)
{
	struct search_document *documents = arena_new(
		reading->arena, struct search_document, reading->count + 1);

	for (size_t i = 0; i < reading->count; i++)
		documents[i] = (struct search_document){
			.kind = SEARCH_PLAYLIST,
			.id = reading->playlists[i].id,
			.title = reading->playlists[i].title,
			.artist = reading->playlists[i].owner,
			.popularity = (double)reading->playlists[i].play_count,
		};
	return documents;
}

/* What of them is found; nothing when there are none. */
static enum status
own_search(struct store *store, int64_t user_id, struct arena *arena,
	   const struct search_query *query, struct search_answer *out,
	   struct fault *fault)
{
	struct own_reading reading = { .user_id = user_id, .arena = arena };
	const struct search_open_args args = { 0 };
	struct search_index *index = NULL;
	enum status status = store_read(store, own_read, &reading, fault);

	if (status != STATUS_OK || reading.count == 0)
		return status;
	status = search_open(&search_driver_memory, &args, &index, fault);
	if (status == STATUS_OK)
		status = search_update(index, documents_of(&reading),
				       reading.count, 0, 1, fault);
	if (status == STATUS_OK)
		status = search_run(index, arena, query, out, fault);
	search_close(index);
	return status;
}

/* ---- merging --------------------------------------------------------------
 */

/* Both lists are in order; of equals one's own comes first. */
static void
hits_merge(const struct search_found *own, const struct search_query *query,
	   struct arena *arena, struct search_found *shared)
{
	size_t all = own->count + shared->count, a = 0, b = 0, kept = 0;
	struct search_hit *hits = arena_new(arena, struct search_hit, all + 1);

	for (size_t i = 0; i < all && kept < query->limit; i++) {
		bool mine = b == shared->count ||
			    (a < own->count &&
			     own->hits[a].rank <= shared->hits[b].rank);
		struct search_hit hit =
			mine ? own->hits[a++] : shared->hits[b++];

		if (i >= query->offset)
			hits[kept++] = hit;
	}
	shared->hits = hits;
	shared->count = kept;
	shared->total += own->total;
}

/* What a word was taken for, for both. */
static void
patterns_join(const struct search_answer *own, struct arena *arena,
	      struct search_answer *out)
{
	size_t count = own->pattern_count + out->pattern_count;
	struct search_pattern *patterns =
		arena_new(arena, struct search_pattern, count + 1);

	if (out->pattern_count > 0)
		memcpy(patterns, out->patterns,
		       out->pattern_count * sizeof *patterns);
	if (own->pattern_count > 0)
		memcpy(patterns + out->pattern_count, own->patterns,
		       own->pattern_count * sizeof *patterns);
	out->patterns = patterns;
	out->pattern_count = count;
}

enum status
playlist_search_query(struct index_service *index, struct store *store,
		      int64_t user_id, struct arena *arena,
		      const struct search_query *query,
		      struct search_answer *out, struct fault *fault)
{
	bool wanted = user_id != 0 && query->genre == NULL &&
		      query->year == 0 && query->artist_id == 0 &&
		      (query->kinds & SEARCH_KIND_BIT(SEARCH_PLAYLIST)) != 0;
	bool near = query->offset + query->limit <= SEARCH_LIMIT_MAX;
	struct search_query shared = *query, mine = *query;
	struct search_answer own = { 0 };
	struct search_found *found;
	enum status status;

	/* The page is cut out of both, so both are asked from the start; a far
	 * page is cut out of the shared ones alone. */
	if (!wanted || !near)
		return index_query(index, arena, query, out, fault);
	shared.limit = query->offset + query->limit;
	shared.offset = 0;
	mine.kinds = SEARCH_KIND_BIT(SEARCH_PLAYLIST);
	mine.offset = 0;
	mine.limit = SEARCH_LIMIT_MAX;
	mine.want_facets = false;
	status = index_query(index, arena, &shared, out, fault);
	if (status == STATUS_OK)
		status = own_search(store, user_id, arena, &mine, &own, fault);
	if (status != STATUS_OK)
		return status;
	found = &out->found[SEARCH_PLAYLIST];
	hits_merge(&own.found[SEARCH_PLAYLIST], query, arena, found);
	patterns_join(&own, arena, out);
	if (own.found[SEARCH_PLAYLIST].count > 0)
		out->did_you_mean = NULL;
	return STATUS_OK;
}

/* The best of one's own take the last places of the list. */
static void
suggestions_merge(const struct search_suggestions *own, uint32_t limit,
		  struct arena *arena, struct search_suggestions *out)
{
	size_t room = limit > 3 ? 3 : limit;
	size_t mine = own->count < room ? own->count : room;
	size_t others = out->count + mine > limit ? limit - mine : out->count;
	struct search_hit *hits =
		arena_new(arena, struct search_hit, mine + others + 1);

	if (others > 0)
		memcpy(hits, out->hits, others * sizeof *hits);
	if (mine > 0)
		memcpy(hits + others, own->hits, mine * sizeof *hits);
	out->hits = hits;
	out->count = mine + others;
}

enum status
playlist_search_suggest(struct index_service *index, struct store *store,
			int64_t user_id, struct arena *arena, const char *text,
			uint32_t limit, struct search_suggestions *out,
			struct fault *fault)
{
	const struct search_query query = {
		.text = text,
		.kinds = SEARCH_KIND_BIT(SEARCH_PLAYLIST),
		.limit = limit,
		.want_text = true,
	};
	struct search_suggestions own = { 0 };
	enum status status =
		index_suggest(index, arena, text, limit, out, fault);

	if (status == STATUS_OK && user_id != 0)
		status = own_search(store, user_id, arena, &query, &own.answer,
				    fault);
	if (status != STATUS_OK || user_id == 0)
		return status;
	own.hits = own.answer.found[SEARCH_PLAYLIST].hits;
	own.count = own.answer.found[SEARCH_PLAYLIST].count;
	suggestions_merge(&own, limit, arena, out);
	patterns_join(&own.answer, arena, &out->answer);
	return STATUS_OK;
}
