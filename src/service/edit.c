/* edit.c - who may change what, and one change with its audit row; see
 * edit.h. */
#include "service/edit.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "driver/blob.h"
#include "library/covers.h"
#include "media/media.h"
#include "service/edit_private.h"
#include "service/picture.h"

#define PICTURE_CHECK_PX 300 /* a size people look at: it may be asked next */

const char *
edit_kind_name(enum edit_kind kind)
{
	static const char *const names[] = {
		[EDIT_ARTIST] = "artist",
		[EDIT_ALBUM] = "album",
		[EDIT_GENRE] = "genre",
		[EDIT_TRACK] = "track",
	};

	return names[kind];
}

/* ---- who may --------------------------------------------------------------- */

enum status
edit_allowed(struct store_session *session, const struct caller *caller,
	     enum edit_kind kind, int64_t id, struct fault *fault)
{
	static const enum owned_kind owned[] = {
		[EDIT_ARTIST] = OWNED_ARTIST,
		[EDIT_ALBUM] = OWNED_ALBUM,
		[EDIT_TRACK] = OWNED_TRACK,
	};
	bool owns = false;
	enum status status = STATUS_OK;

	if (caller->role >= USER_ROLE_MODERATOR)
		return STATUS_OK;
	if (caller->role == USER_ROLE_ARTIST && kind != EDIT_GENRE)
		status = ownership_check(session, caller->user_id, owned[kind],
					 id, &owns, fault);
	if (status == STATUS_OK && !owns)
		return fault_set(fault, STATUS_DENIED,
				 "this %s belongs to others",
				 edit_kind_name(kind));
	return status;
}

enum status
edit_audit(struct store_session *session, const struct caller *caller,
	   const char *action, enum edit_kind kind, int64_t id,
	   json_t *old_values, json_t *new_values, struct fault *fault)
{
	char *before = json_dumps(old_values, JSON_COMPACT);
	char *after = json_dumps(new_values, JSON_COMPACT);
	enum status status = STATUS_OK;

	if (caller->role >= USER_ROLE_MODERATOR || caller->user_id == 0)
		status = audit_add(session, caller, action,
				   edit_kind_name(kind), id, before, after,
				   fault);
	free(before);
	free(after);
	json_decref(old_values);
	json_decref(new_values);
	return status;
}

enum status
edit_write(const struct editor *editor, catalogue_work *work, void *cookie,
	   struct fault *fault)
{
	struct catalogue *catalogue = catalogue_new(editor->store);
	enum status status = catalogue_write(catalogue, work, cookie, fault);

	catalogue_free(catalogue);
	return status;
}

/* ---- one change ------------------------------------------------------------ */

enum status
thing_edit(struct catalogue *catalogue, enum edit_kind kind,
	   const struct edit_change *change, struct fault *fault)
{
	switch (kind) {
	case EDIT_TRACK:
		return track_edit(catalogue, change, fault);
	case EDIT_ALBUM:
		return album_edit(catalogue, change, fault);
	case EDIT_ARTIST:
		return artist_edit(catalogue, change, fault);
	case EDIT_GENRE:
		return genre_edit(catalogue, change, fault);
	}
	return STATUS_FAILED;
}

struct changing {
	const struct caller *caller;
	enum edit_kind kind;
	struct edit_change change;
	const struct cover *cover; /* a new picture, or NULL */
};

/* What was asked for, as the audit log tells it. */
static json_t *
asked(const struct edit_change *change)
{
	json_t *values = change->set == NULL ? json_object() :
					       json_copy((json_t *)change->set);

	if (json_array_size(change->reset) > 0)
		json_object_set(values, "reset", (json_t *)change->reset);
	return values;
}

static enum status
change_do(struct catalogue *catalogue, struct store_session *session,
	  const struct changing *changing, struct fault *fault)
{
	const struct edit_change *change = &changing->change;
	json_t *before = NULL;
	enum status status = thing_look(session, changing->kind, change->id,
					&before, fault);

	if (status == STATUS_OK)
		status = edit_allowed(session, changing->caller,
				      changing->kind, change->id, fault);
	if (status == STATUS_OK)
		status = thing_edit(catalogue, changing->kind, change, fault);
	if (status == STATUS_OK)
		status = edit_audit(session, changing->caller, "update",
				    changing->kind, change->id,
				    thing_pick(before, change->set,
					       change->reset),
				    asked(change), fault);
	json_decref(before);
	return status;
}

static enum status
change_work(struct catalogue *catalogue, struct store_session *session,
	    void *cookie, struct fault *fault)
{
	struct changing changing = *(const struct changing *)cookie;
	json_t *set = NULL;
	int64_t cover_id = 0;
	enum status status = STATUS_OK;

	if (changing.cover != NULL) {
		status = covers_save(session, changing.cover, &cover_id,
				     fault);
		set = json_pack("{s:I}", "cover_id", (json_int_t)cover_id);
		changing.change.set = set;
	}
	if (status == STATUS_OK)
		status = change_do(catalogue, session, &changing, fault);
	json_decref(set);
	return status;
}

enum status
edit_change(const struct editor *editor, const struct caller *caller,
	    enum edit_kind kind, int64_t id, const json_t *set,
	    const json_t *reset, struct fault *fault)
{
	struct changing changing = {
		.caller = caller,
		.kind = kind,
		.change = { .id = id,
			    .set = set,
			    .reset = reset,
			    .by = caller->user_id },
	};

	return edit_write(editor, change_work, &changing, fault);
}

/* ---- pictures -------------------------------------------------------------- */

struct asking {
	const struct caller *caller;
	enum edit_kind kind;
	int64_t id;
};

static enum status
allowed_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct asking *asking = cookie;
	json_t *thing = NULL;
	enum status status = thing_look(session, asking->kind, asking->id,
					&thing, fault);

	json_decref(thing);
	return status == STATUS_OK ?
		       edit_allowed(session, asking->caller, asking->kind,
				    asking->id, fault) :
		       status;
}

/* The picture must be one that can be shown: it is scaled once to see. */
static enum status
picture_read(const struct editor *editor, struct span bytes,
	     struct cover *cover, char colour[MEDIA_COLOUR_BYTES],
	     struct fault *fault)
{
	struct media_thumbnail thumbnail;
	struct picture_look look;
	struct arena arena;
	enum status status;

	if (!picture_look(bytes, &look))
		return fault_field(fault, STATUS_INVALID, "body",
				   "this is no JPEG, PNG, WebP, GIF or BMP");
	arena_init(&arena);
	status = media_thumbnail(editor->media, bytes, PICTURE_CHECK_PX,
				 MEDIA_JPEG, &arena, &thumbnail, fault);
	if (status == STATUS_OK) {
		memcpy(colour, thumbnail.colour, MEDIA_COLOUR_BYTES);
		*cover = (struct cover){
			.mime = look.mime,
			.width = look.width,
			.height = look.height,
			.size_bytes = bytes.length,
			.colour = colour[0] == '#' ? colour : NULL,
		};
	} else if (status != STATUS_UNAVAILABLE &&
		   status != STATUS_AGAIN_LATER) {
		status = fault_field(fault, STATUS_INVALID, "body",
				     "the picture cannot be decoded");
	}
	arena_release(&arena);
	return status;
}

enum status
edit_picture(const struct editor *editor, const struct caller *caller,
	     enum edit_kind kind, int64_t id, struct span bytes,
	     struct fault *fault)
{
	struct asking asking = { caller, kind, id };
	struct changing changing = { .caller = caller,
				     .kind = kind,
				     .change = { .id = id,
						 .by = caller->user_id } };
	json_t *reset = bytes.length == 0 ? json_pack("[s]", "cover") : NULL;
	char colour[MEDIA_COLOUR_BYTES] = "";
	struct cover cover;
	enum status status;

	/* Bytes of those who may not are not even looked at. */
	status = store_read(editor->store, allowed_work, &asking, fault);
	if (status == STATUS_OK && bytes.length > 0) {
		status = picture_read(editor, bytes, &cover, colour, fault);
		if (status == STATUS_OK)
			status = blob_put(editor->blobs, bytes.at,
					  bytes.length, &cover.key, fault);
		changing.cover = &cover;
	}
	changing.change.reset = reset;
	if (status == STATUS_OK)
		status = edit_write(editor, change_work, &changing, fault);
	json_decref(reset);
	return status;
}

/* ---- things without files --------------------------------------------------- */

struct creating {
	const struct caller *caller;
	enum edit_kind kind;
	const json_t *set;
	int64_t id;
};

/* An artist's user makes albums of own artists. */
static enum status
album_artists_allowed(struct store_session *session,
		      const struct creating *creating, struct fault *fault)
{
	const json_t *artists = json_object_get(creating->set, "artists");
	const json_t *item;
	size_t i;
	enum status status = STATUS_OK;

	if (creating->caller->role >= USER_ROLE_MODERATOR)
		return STATUS_OK;
	if (json_array_size(artists) == 0)
		return fault_field(fault, STATUS_INVALID, "artists",
				   "name one of your artists by id");
	json_array_foreach((json_t *)artists, i, item) {
		if (status == STATUS_OK)
			status = edit_allowed(
				session, creating->caller, EDIT_ARTIST,
				json_integer_value(json_object_get(item, "id")),
				fault);
	}
	return status;
}

static enum status
artist_make(struct catalogue *catalogue, struct store_session *session,
	    struct creating *creating, struct fault *fault)
{
	const struct caller *caller = creating->caller;
	json_t *rest = json_copy((json_t *)creating->set);
	struct edit_change change = { .set = rest, .by = caller->user_id };
	enum status status = artist_create(
		catalogue,
		json_string_value(json_object_get(creating->set, "name")),
		&creating->id, fault);

	change.id = creating->id;
	json_object_del(rest, "name");
	if (status == STATUS_OK && json_object_size(rest) > 0)
		status = artist_edit(catalogue, &change, fault);
	if (status == STATUS_OK && caller->role == USER_ROLE_ARTIST)
		status = ownership_add(session, creating->id, caller->user_id,
				       caller->user_id, NULL, fault);
	json_decref(rest);
	return status;
}

static enum status
album_make_new(struct catalogue *catalogue, struct store_session *session,
	       struct creating *creating, struct fault *fault)
{
	const json_t *year = json_object_get(creating->set, "year");
	json_t *rest = json_object();
	struct edit_change change = { .set = rest,
				      .by = creating->caller->user_id };
	enum status status = album_artists_allowed(session, creating, fault);

	if (status == STATUS_OK)
		status = album_create(
			catalogue,
			json_string_value(
				json_object_get(creating->set, "title")),
			json_object_get(creating->set, "artists"),
			&creating->id, fault);
	change.id = creating->id;
	if (status == STATUS_OK && year != NULL) {
		json_object_set(rest, "year", (json_t *)year);
		status = album_edit(catalogue, &change, fault);
	}
	json_decref(rest);
	return status;
}

static enum status
create_work(struct catalogue *catalogue, struct store_session *session,
	    void *cookie, struct fault *fault)
{
	struct creating *creating = cookie;
	enum status status = STATUS_FAILED;

	creating->id = 0;
	if (creating->kind == EDIT_ARTIST)
		status = artist_make(catalogue, session, creating, fault);
	else if (creating->kind == EDIT_ALBUM)
		status = album_make_new(catalogue, session, creating, fault);
	else if (creating->kind == EDIT_GENRE)
		status = genre_create(
			catalogue,
			json_string_value(
				json_object_get(creating->set, "name")),
			&creating->id, fault);
	if (status != STATUS_OK)
		return status;
	return edit_audit(session, creating->caller, "create", creating->kind,
			  creating->id, NULL,
			  json_copy((json_t *)creating->set), fault);
}

enum status
edit_create(const struct editor *editor, const struct caller *caller,
	    enum edit_kind kind, const json_t *set, int64_t *id,
	    struct fault *fault)
{
	struct creating creating = { .caller = caller, .kind = kind,
				     .set = set };
	enum status status = edit_write(editor, create_work, &creating, fault);

	*id = creating.id;
	return status;
}

/* ---- owners ------------------------------------------------------------------ */

struct owner_change {
	const struct caller *caller;
	int64_t artist_id, user_id;
	bool owns;
};

static enum status
owner_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct owner_change *change = cookie;
	bool changed = false;
	json_t *values;
	enum status status;

	if (change->owns)
		status = ownership_add(session, change->artist_id,
				       change->user_id,
				       change->caller->user_id, &changed,
				       fault);
	else
		status = ownership_remove(session, change->artist_id,
					  change->user_id, &changed, fault);
	if (status != STATUS_OK || !changed)
		return status;
	values = json_pack("{s:I}", "owner_user_id",
			   (json_int_t)change->user_id);
	return edit_audit(session, change->caller, "update", EDIT_ARTIST,
			  change->artist_id, change->owns ? NULL : values,
			  change->owns ? values : NULL, fault);
}

enum status
edit_owner(const struct editor *editor, const struct caller *caller,
	   int64_t artist_id, int64_t user_id, bool owns, struct fault *fault)
{
	struct owner_change change = { caller, artist_id, user_id, owns };

	return store_write(editor->store, owner_work, &change, fault);
}
