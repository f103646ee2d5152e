/* admin_playlists.c - everybody's playlists for moderators: as a list, as a
 * file, and many changed at once. */
#include "api/handlers.h"

#include <string.h>

#include "api/api.h"
#include "api/forms.h"
#include "api/listing.h"
#include "api/playlists.h"
#include "library/outbox.h"

/* ---- list ----------------------------------------------------------------- */

struct playlist_listing {
	struct listing listing;
	struct playlist_filter filter;
	enum playlist_visibility visibility;
	enum playlist_sort sort;
	struct playlist_list out;
	struct taste *tastes;
};

static enum status
list_read(struct store_session *session, struct listing *listing,
	  struct fault *fault)
{
	struct playlist_listing *list =
		container_of(listing, struct playlist_listing, listing);
	int64_t ids[PAGE_LIMIT_MAX];
	enum status status =
		playlists_list(session, &list->filter, list->sort,
			       &listing->page, &listing->arena, &list->out,
			       fault);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < list->out.count; i++)
		ids[i] = list->out.items[i].id;
	listing->count = list->out.count;
	listing->info = list->out.page;
	return taste_get_many(session, list->filter.viewer_id, TASTE_PLAYLIST,
			      ids, list->out.count, &listing->arena,
			      &list->tastes, fault);
}

static void
json_playlist(struct json_writer *json, const struct listing *listing,
	      size_t i)
{
	const struct playlist_listing *list =
		container_of(listing, const struct playlist_listing, listing);

	form_playlist(json, listing->call, &list->out.items[i],
		      &list->tastes[i], false);
}

static void
csv_playlist(struct csv_writer *csv, const struct listing *listing, size_t i)
{
	const struct playlist *playlist =
		&container_of(listing, const struct playlist_listing, listing)
			 ->out.items[i];

	csv_int(csv, playlist->id);
	csv_text(csv, playlist->title);
	csv_text(csv, playlist->description);
	csv_int(csv, playlist->owner_id);
	csv_text(csv, playlist->owner);
	csv_text(csv, playlist->rules != NULL ? "rules" : "manual");
	csv_text(csv, playlist_visibility_name(playlist->visibility));
	csv_int(csv, playlist->track_count);
	csv_int(csv, playlist->duration_ms);
	csv_int(csv, playlist->play_count);
	csv_time(csv, playlist->created_at_ms);
	csv_time(csv, playlist->updated_at_ms);
	csv_row_end(csv);
}

static const struct listing_kind playlists_listing = {
	.file = "ogma-playlists",
	.model = "playlist",
	.head = "id,title,description,owner_id,owner,kind,visibility,"
		"track_count,duration_ms,play_count,created_at,updated_at",
	.read = list_read,
	.json = json_playlist,
	.csv = csv_playlist,
};

void
handle_admin_playlists(struct call *call)
{
	struct playlist_listing list = {
		.filter = { .see_all = true, .text = call_text(call, "q") },
	};
	const struct page_request page = call_page(call);
	const char *visibility = call_text(call, "visibility");

	if (!playlist_filter_read(call, &list.filter, &list.sort))
		return;
	if (visibility != NULL &&
	    playlist_visibility_parse(visibility, &list.visibility))
		list.filter.visibility = &list.visibility;
	listing_init(&list.listing, &playlists_listing, call, &page);
	listing_answer(&list.listing);
}

/* ---- many at once --------------------------------------------------------- */

struct bulk_work {
	struct call *call;
	int64_t id;
	bool remove;
	enum playlist_visibility visibility;
};

static enum status
bulk_apply(struct store_session *session, const struct bulk_work *work,
	   const struct playlist *before, struct fault *fault)
{
	const struct playlist_change change = { .visibility =
							&work->visibility };
	struct playlist after;
	enum status status;

	if (work->remove) {
		status = playlists_remove(session, work->id, fault);
		return status != STATUS_OK ? status :
			       playlist_audit(session, work->call, "bulk_delete",
					      before, NULL, fault);
	}
	status = playlists_change(session, work->id, &change, fault);
	if (status == STATUS_OK)
		status = playlists_get(session, work->id, work->call->arena,
				       &after, fault);
	return status != STATUS_OK ? status :
		       playlist_audit(session, work->call, "bulk_update",
				      before, &after, fault);
}

static enum status
bulk_run(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct bulk_work *work = cookie;
	struct playlist before;
	enum status status = outbox_begin(session, fault);

	if (status == STATUS_OK)
		status = playlist_to_change(session, work->call, work->id,
					    &before, fault);
	return status != STATUS_OK ?
		       status :
		       bulk_apply(session, work, &before, fault);
}

/* Each in a transaction of its own: what is refused does not stop the others. */
void
handle_admin_playlists_bulk(struct call *call)
{
	const struct param_value *ids = call_field(call, "ids");
	const char *action = call_field_text(call, "action");
	struct listing_outcome *outcomes = arena_new(
		call->arena, struct listing_outcome, ids->id_count);
	struct bulk_work work = {
		.call = call,
		.remove = strcmp(action, "delete") == 0,
		.visibility = strcmp(action, "publish") == 0 ?
				      PLAYLIST_PUBLIC :
				      PLAYLIST_PRIVATE,
	};

	if (ids->id_count == 0) {
		call_answer_field(call, "ids", "at least one id");
		return;
	}
	for (size_t i = 0; i < ids->id_count; i++) {
		struct fault fault = { 0 };

		work.id = ids->ids[i];
		outcomes[i].id = work.id;
		outcomes[i].status = store_write(call->api->args.store,
						 bulk_run, &work, &fault);
		outcomes[i].reason =
			arena_copy_text(call->arena, fault.message);
	}
	listing_answer_outcomes(call, outcomes, ids->id_count);
}
