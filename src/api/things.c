/* things.c - tracks, artists, albums and genres by their ids; see things.h.
 */
#include "api/things.h"

#define THINGS_MAX 1000

void
things_want(struct things *things, struct arena *arena, enum thing_kind kind,
	    int64_t id)
{
	size_t count = things->counts[kind];
	int64_t *grown;

	for (size_t i = 0; i < count; i++)
		if (things->ids[kind][i] == id)
			return;
	if (id <= 0 || count == THINGS_MAX)
		return;
	if (count == things->room[kind]) {
		things->room[kind] = count > 0 ? 2 * count : 64;
		grown = arena_new(arena, int64_t, things->room[kind]);
		if (count > 0)
			memcpy(grown, things->ids[kind],
			       count * sizeof *grown);
		things->ids[kind] = grown;
	}
	things->ids[kind][things->counts[kind]++] = id;
}

static const struct track *
track_of_id(const struct things *things, int64_t id)
{
	for (size_t i = 0; i < things->track_count; i++)
		if (things->tracks[i].id == id)
			return &things->tracks[i];
	return NULL;
}

struct things_work {
	struct things *things;
	struct arena *arena;
};

static enum status
genres_load(struct store_session *session, struct things_work *work,
	    struct fault *fault)
{
	struct things *things = work->things;
	enum status status = STATUS_OK;

	things->genre_count = 0;
	things->genres = arena_new(work->arena, struct genre,
				   things->counts[THING_GENRE] + 1);
	for (size_t i = 0;
	     i < things->counts[THING_GENRE] && status == STATUS_OK; i++) {
		status = genres_get(session, things->ids[THING_GENRE][i],
				    work->arena,
				    &things->genres[things->genre_count],
				    fault);
		if (status == STATUS_OK)
			things->genre_count++;
		else if (status == STATUS_NOT_FOUND)
			status = STATUS_OK;
	}
	return status;
}

/* Whom to show for the tracks that were merged into others. */
static enum status
tracks_load(struct store_session *session, struct things_work *work,
	    struct fault *fault)
{
	struct things *things = work->things;
	size_t count = things->counts[THING_TRACK];
	enum status status = tracks_get_many(
		session, things->ids[THING_TRACK], count, work->arena,
		&things->tracks, &things->track_count, fault);

	things->kept = arena_new(work->arena, int64_t, count + 1);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		int64_t id = things->ids[THING_TRACK][i];

		things->kept[i] = id;
		if (track_of_id(things, id) == NULL)
			status = tracks_kept(session, id, &things->kept[i],
					     fault);
	}
	return status;
}

static enum status
things_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct things_work *work = cookie;
	struct things *things = work->things;
	enum status status;

	status = tracks_load(session, work, fault);
	if (status == STATUS_OK && things->counts[THING_ARTIST] > 0)
		status = artists_get_many(session, things->ids[THING_ARTIST],
					  things->counts[THING_ARTIST],
					  work->arena, &things->artists,
					  &things->artist_count, fault);
	if (status == STATUS_OK && things->counts[THING_ALBUM] > 0)
		status = albums_get_many(session, things->ids[THING_ALBUM],
					 things->counts[THING_ALBUM],
					 work->arena, &things->albums,
					 &things->album_count, fault);
	if (status == STATUS_OK)
		status = genres_load(session, work, fault);
	return status;
}

bool
things_load(struct things *things, struct call *call)
{
	struct things_work work = { .things = things, .arena = call->arena };

	return call_read_store(call, things_work, &work);
}

const struct track *
things_track(const struct things *things, int64_t id)
{
	const struct track *track = track_of_id(things, id);

	for (size_t i = 0; i < things->counts[THING_TRACK] && track == NULL;
	     i++)
		if (things->ids[THING_TRACK][i] == id)
			track = track_of_id(things, things->kept[i]);
	return track;
}

const struct artist *
things_artist(const struct things *things, int64_t id)
{
	for (size_t i = 0; i < things->artist_count; i++)
		if (things->artists[i].id == id)
			return &things->artists[i];
	return NULL;
}

const struct album *
things_album(const struct things *things, int64_t id)
{
	for (size_t i = 0; i < things->album_count; i++)
		if (things->albums[i].id == id)
			return &things->albums[i];
	return NULL;
}

const struct genre *
things_genre(const struct things *things, int64_t id)
{
	for (size_t i = 0; i < things->genre_count; i++)
		if (things->genres[i].id == id)
			return &things->genres[i];
	return NULL;
}

void
form_int_or_null(struct json_writer *json, const char *name, int64_t value)
{
	if (value != 0)
		json_member_int(json, name, value);
	else
		json_member_null(json, name);
}

struct user_work {
	struct call *call;
	int64_t id;
};

static enum status
user_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct user_work *work = cookie;
	struct user user;

	return users_get(session, work->id, work->call->arena, &user, fault);
}

bool
user_may_be_seen(struct call *call, int64_t user_id)
{
	struct user_work work = { call, user_id };

	return call_may_touch(call, user_id) &&
	       (user_id == call->caller.user_id ||
		call_read_store(call, user_work, &work));
}
