/* playlist.c - what is in a playlist; see playlist.h.
 *
 * A page of a playlist of rules is cut out of all they give, because the order
 * may be of anything; the bound on what they give bounds the cost. Its cursor
 * says how many to pass over. */
#include "service/playlist.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "service/rule_results.h"

enum status
playlist_evaluate(struct store_session *session,
		  const struct playlist_rules *rules, int64_t owner_id,
		  int64_t seed, struct arena *arena, struct rules_found *out,
		  struct fault *fault)
{
	const struct rules_asked asked = { .owner_id = owner_id,
					   .seed = seed,
					   .now_ms = clock_now_ms() };

	return playlist_rules_run(session, rules, &asked, arena, out, fault);
}

/* Rules that an older program took and this one does not give nothing. */
static enum status
stored_evaluate(struct store_session *session, const struct playlist *playlist,
		struct arena *arena, struct rules_found *out,
		struct fault *fault)
{
	struct playlist_rules *rules = NULL;
	int64_t now_us = clock_monotonic_us();
	struct fault stale = { 0 };
	uint8_t key[SHA256_BYTES];
	enum status status;

	*out = (struct rules_found){ 0 };
	if (playlist_rules_parse(playlist->rules, arena, &rules, &stale) !=
	    STATUS_OK)
		return STATUS_OK;
	rule_results_key(session->store, playlist->owner_id, playlist->id,
			 playlist->rules, key);
	if (rule_results_find(key, now_us / 1000, arena, out))
		return STATUS_OK;
	status = playlist_evaluate(session, rules, playlist->owner_id,
				   playlist->id, arena, out, fault);
	if (status == STATUS_OK)
		rule_results_keep(key, now_us / 1000,
				  clock_monotonic_us() - now_us, out);
	return status;
}

/* "r120" passes over 120. */
static enum status
rules_offset(const struct page_request *page, size_t *out, struct fault *fault)
{
	uint64_t offset = page->offset;
	struct span digits;

	if (page_request_check(page, fault) != STATUS_OK)
		return STATUS_INVALID;
	if (page->cursor != NULL) {
		digits = span_of(page->cursor);
		if (page->cursor[0] != 'r')
			goto bad;
		digits.at++;
		digits.length--;
		if (digits.length > 8 || !span_to_u64(digits, &offset))
			goto bad;
	}
	*out = offset < RULES_LIMIT_MAX ? (size_t)offset : RULES_LIMIT_MAX;
	return STATUS_OK;
bad:
	return fault_field(fault, STATUS_INVALID, "cursor",
			   "this cursor is not one of this list");
}

static enum status
rules_page(struct store_session *session, const struct playlist *playlist,
	   const struct page_request *page, struct arena *arena,
	   struct playlist_entries *out, struct fault *fault)
{
	size_t limit = page->limit == 0 ? PAGE_LIMIT_PRESET : page->limit;
	struct playlist_entries list = { 0 };
	struct rules_found found;
	struct track *tracks;
	size_t first = 0;
	enum status status = rules_offset(page, &first, fault);

	if (status == STATUS_OK)
		status = stored_evaluate(session, playlist, arena, &found,
					 fault);
	if (status != STATUS_OK)
		return status;
	if (first > found.count)
		first = found.count;
	if (limit > found.count - first)
		limit = found.count - first;
	status = tracks_get_many(session, found.ids + first, limit, arena,
				 &tracks, &list.count, fault);
	if (status != STATUS_OK)
		return status;
	list.items = arena_new(arena, struct playlist_entry, list.count + 1);
	for (size_t i = 0; i < list.count; i++)
		list.items[i] = (struct playlist_entry){
			.position = (int64_t)(first + i),
			.track = tracks[i],
		};
	list.page.total = (int64_t)found.count;
	if (first + limit < found.count)
		list.page.next_cursor =
			arena_print(arena, "r%zu", first + limit);
	*out = list;
	return STATUS_OK;
}

enum status
playlist_page(struct store_session *session, const struct playlist *playlist,
	      const struct page_request *page, struct arena *arena,
	      struct playlist_entries *out, struct fault *fault)
{
	if (playlist->rules != NULL)
		return rules_page(session, playlist, page, arena, out, fault);
	return playlist_tracks_list(session, playlist->id, page, arena, out,
				    fault);
}

enum status
playlist_all(struct store_session *session, const struct playlist *playlist,
	     struct arena *arena, int64_t **ids, size_t *count,
	     struct fault *fault)
{
	struct rules_found found;
	enum status status;

	if (playlist->rules == NULL)
		return playlist_tracks_ids(session, playlist->id, arena, ids,
					   count, fault);
	status = stored_evaluate(session, playlist, arena, &found, fault);
	if (status == STATUS_OK) {
		*ids = found.ids;
		*count = found.count;
	}
	return status;
}

/* Album pictures of the first tracks, each once. */
static enum status
mosaic_of(struct store_session *session, const struct rules_found *found,
	  struct arena *arena, struct playlist *out, struct fault *fault)
{
	size_t count = found->count < 20 ? found->count : 20, tracks_count = 0;
	struct track *tracks;
	enum status status = tracks_get_many(session, found->ids, count, arena,
					     &tracks, &tracks_count, fault);

	out->mosaic_count = 0;
	for (size_t i = 0; i < tracks_count && status == STATUS_OK &&
			   out->mosaic_count < PLAYLIST_MOSAIC_MAX;
	     i++) {
		size_t seen = 0;

		if (tracks[i].album_id == 0 || tracks[i].cover.id == 0)
			continue;
		while (seen < out->mosaic_count &&
		       out->mosaic_albums[seen] != tracks[i].album_id)
			seen++;
		if (seen < out->mosaic_count)
			continue;
		out->mosaic_albums[seen] = tracks[i].album_id;
		out->mosaic[out->mosaic_count++] = tracks[i].cover;
	}
	return status;
}

enum status
playlist_refresh(struct store_session *session, struct playlist *playlist,
		 struct arena *arena, bool *differs, struct fault *fault)
{
	struct rules_found found;
	enum status status;

	*differs = false;
	if (playlist->rules == NULL)
		return STATUS_OK;
	status = stored_evaluate(session, playlist, arena, &found, fault);
	if (status == STATUS_OK)
		status = mosaic_of(session, &found, arena, playlist, fault);
	if (status != STATUS_OK)
		return status;
	*differs = playlist->track_count != (int64_t)found.count ||
		   playlist->duration_ms != found.duration_ms;
	playlist->track_count = (int64_t)found.count;
	playlist->duration_ms = found.duration_ms;
	return STATUS_OK;
}
