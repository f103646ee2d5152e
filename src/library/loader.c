/* loader.c - see loader_private.h. */
#include "library/loader_private.h"

#include <assert.h>
#include <string.h>

#include "library/page_private.h"
#include "library/tracks.h"

/* One load: `things` are places, in the order of `ids`, that are all zero
 * where nothing was found. */
struct loading {
	struct store_session *session;
	const struct loader *loader;
	const int64_t *ids;
	size_t count;
	struct arena *arena;
	char *things;
};

static void *
thing_at(const struct loading *loading, size_t place)
{
	return loading->things + place * loading->loader->size;
}

static int64_t
thing_id(const void *thing)
{
	int64_t id;

	memcpy(&id, thing, sizeof id);
	return id;
}

/* Gives a link to every place that has its owner. The links of one owner follow
 * each other in their array. */
static void
link_give(const struct loading *loading, int64_t owner_id, const void *link,
	  size_t array_at, size_t count_at)
{
	for (size_t i = 0; i < loading->count; i++) {
		char *thing = thing_at(loading, i);
		size_t count;

		if (thing_id(thing) != owner_id)
			continue;
		memcpy(&count, thing + count_at, sizeof count);
		if (count == 0)
			memcpy(thing + array_at, &link, sizeof link);
		count++;
		memcpy(thing + count_at, &count, sizeof count);
	}
}

static enum status
attach_artists(const struct loading *loading, struct fault *fault)
{
	const struct loader *loader = loading->loader;
	struct link_row *links;
	struct credit *credits;
	size_t count;
	enum status status;

	if (loader->artists == NULL)
		return STATUS_OK;
	status = links_load(loading->session, loader->artists,
			    loader->artists_order, loading->ids, loading->count,
			    loading->arena, &links, &count, fault);
	if (status != STATUS_OK)
		return status;
	credits = arena_new(loading->arena, struct credit, count);
	for (size_t i = 0; i < count; i++) {
		credits[i] = (struct credit){ links[i].id, links[i].name,
					      (enum credit_role)links[i].role };
		link_give(loading, links[i].owner_id, &credits[i],
			  loader->places.artists, loader->places.artist_count);
	}
	return STATUS_OK;
}

static enum status
attach_genres(const struct loading *loading, struct fault *fault)
{
	const struct loader *loader = loading->loader;
	struct link_row *links;
	struct genre_ref *genres;
	size_t count;
	enum status status;

	if (loader->genres == NULL)
		return STATUS_OK;
	status = links_load(loading->session, loader->genres,
			    loader->genres_order, loading->ids, loading->count,
			    loading->arena, &links, &count, fault);
	if (status != STATUS_OK)
		return status;
	genres = arena_new(loading->arena, struct genre_ref, count);
	for (size_t i = 0; i < count; i++) {
		genres[i] = (struct genre_ref){ links[i].id, links[i].name };
		link_give(loading, links[i].owner_id, &genres[i],
			  loader->places.genres, loader->places.genre_count);
	}
	return STATUS_OK;
}

/* At most IDS_AT_ONCE. */
static enum status
load_some(const struct loading *loading, struct fault *fault)
{
	void *row = arena_alloc(loading->arena, loading->loader->size);
	struct store_rows *rows;
	enum status status;

	status = query_by_ids(loading->session, loading->loader->select, "",
			      loading->ids, loading->count, &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		loading->loader->read(rows, loading->arena, row);
		for (size_t i = 0; i < loading->count; i++) {
			if (loading->ids[i] == thing_id(row))
				memcpy(thing_at(loading, i), row,
				       loading->loader->size);
		}
	}
	sql_end(rows);
	if (status == STATUS_OK)
		status = attach_artists(loading, fault);
	if (status == STATUS_OK)
		status = attach_genres(loading, fault);
	return status;
}

enum status
loader_get_many(struct store_session *session, const struct loader *loader,
		const int64_t *ids, size_t count, struct arena *arena,
		void **out, size_t *out_count, struct fault *fault)
{
	char *things = arena_alloc(arena, count * loader->size);
	size_t found = 0;

	assert(count <= TRACKS_GET_MAX);
	for (size_t i = 0; i < count; i += IDS_AT_ONCE) {
		const struct loading loading = {
			.session = session,
			.loader = loader,
			.ids = ids + i,
			.count = count - i < IDS_AT_ONCE ? count - i
							 : IDS_AT_ONCE,
			.arena = arena,
			.things = things + i * loader->size,
		};
		enum status status = load_some(&loading, fault);

		if (status != STATUS_OK)
			return status;
	}
	for (size_t i = 0; i < count; i++) {
		if (thing_id(things + i * loader->size) != 0)
			memmove(things + found++ * loader->size,
				things + i * loader->size, loader->size);
	}
	*out = things;
	*out_count = found;
	return STATUS_OK;
}

enum status
loader_get(struct store_session *session, const struct loader *loader,
	   int64_t id, struct arena *arena, void *out, struct fault *fault)
{
	void *things;
	size_t count;
	enum status status = loader_get_many(session, loader, &id, 1, arena,
					     &things, &count, fault);

	if (status != STATUS_OK)
		return status;
	if (count == 0)
		return fault_set(fault, STATUS_NOT_FOUND, "there is no %s %lld",
				 loader->noun, (long long)id);
	memcpy(out, things, loader->size);
	return STATUS_OK;
}
