/* ownership.c - see ownership.h. */
#include "library/ownership.h"

#include "base/clock.h"
#include "base/memory.h"
#include "library/tracks.h"

/* ---- who owns ------------------------------------------------------------- */

/* For each kind: the owners' rows of the thing $1, and its parameters. */
static const char *const owners_of[] = {
	[OWNED_ARTIST] = "from artist_owners o where o.artist_id = $1",
	[OWNED_ALBUM] = "from album_artists l join artist_owners o "
			"on o.artist_id = l.artist_id where l.album_id = $1",
	[OWNED_TRACK] = "from track_artists l join artist_owners o "
			"on o.artist_id = l.artist_id where l.track_id = $1 "
			"and l.role = 0",
};

_Static_assert(CREDIT_MAIN == 0 && CREDIT_FEATURED == 1,
	       "the roles are named by number");

enum status
ownership_check(struct store_session *session, int64_t user_id,
		enum owned_kind kind, int64_t id, bool *out,
		struct fault *fault)
{
	struct buffer sql;
	int64_t count = 0;
	enum status status;

	if (user_id == 0) {
		*out = false;
		return STATUS_OK;
	}
	buffer_init(&sql, 0);
	buffer_print(&sql, "select count(*) %s and o.user_id = $2",
		     owners_of[kind]);
	status = sql_query_int(session, sql.bytes,
			       SQL_ARGS(SQL_INT(id), SQL_INT(user_id)), &count,
			       fault);
	buffer_release(&sql);
	if (status == STATUS_OK)
		*out = count > 0;
	return status;
}

/* How many artists the track and its album name, and how many of them are not
 * the person's. */
static enum status
named_count(struct store_session *session, int64_t user_id, int64_t track_id,
	    int64_t *named, int64_t *foreign, struct fault *fault)
{
	struct store_rows *rows;
	enum status status = sql_query(
		session,
		"select count(*), count(*) - count(o.user_id) from ("
		"select artist_id from track_artists "
		"where track_id = $1 and role in (0, 1) "
		"union select l.artist_id from album_artists l "
		"join tracks t on t.album_id = l.album_id where t.id = $2) c "
		"left join artist_owners o on o.artist_id = c.artist_id "
		"and o.user_id = $3",
		SQL_ARGS(SQL_INT(track_id), SQL_INT(track_id),
			 SQL_INT(user_id)),
		&rows, fault);

	if (status == STATUS_OK && sql_next(rows, &status, fault)) {
		*named = sql_column_int(rows, 0);
		*foreign = sql_column_int(rows, 1);
	}
	sql_end(rows);
	return status;
}

enum status
ownership_of_all(struct store_session *session, int64_t user_id,
		 int64_t track_id, bool *out, struct fault *fault)
{
	int64_t named = 0, foreign = 0, beside = 0;
	enum status status = named_count(session, user_id, track_id, &named,
					 &foreign, fault);

	if (status == STATUS_OK)
		status = sql_query_int(
			session,
			"select count(*) from tracks t "
			"join tracks b on b.album_id = t.album_id "
			"where t.id = $1 and not exists (select 1 from "
			"album_artists l where l.album_id = t.album_id) "
			"and not exists (select 1 from track_artists a "
			"join artist_owners o on o.artist_id = a.artist_id "
			"where a.track_id = b.id and a.role = 0 "
			"and o.user_id = $2)",
			SQL_ARGS(SQL_INT(track_id), SQL_INT(user_id)), &beside,
			fault);
	if (status == STATUS_OK)
		*out = named > 0 && foreign == 0 && beside == 0;
	return status;
}

/* The first column of all rows. */
static enum status
read_ids(struct store_session *session, const char *sql, int64_t id,
	 struct arena *arena, int64_t **ids, size_t *count,
	 struct fault *fault)
{
	struct store_rows *rows;
	int64_t *list = NULL;
	size_t found = 0, room = 0;
	enum status status = sql_query(session, sql, SQL_ARGS(SQL_INT(id)),
				       &rows, fault);

	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		if (found == room) {
			int64_t *wider;

			room = room == 0 ? 8 : room * 2;
			wider = arena_new(arena, int64_t, room);
			for (size_t i = 0; i < found; i++)
				wider[i] = list[i];
			list = wider;
		}
		list[found++] = sql_column_int(rows, 0);
	}
	sql_end(rows);
	if (status == STATUS_OK) {
		*ids = list;
		*count = found;
	}
	return status;
}

static enum status
ownership_of(struct store_session *session, enum owned_kind kind, int64_t id,
	     struct arena *arena, int64_t **ids, size_t *count,
	     struct fault *fault)
{
	const char *sql = arena_print(arena,
				      "select distinct o.user_id %s "
				      "order by o.user_id",
				      owners_of[kind]);

	return read_ids(session, sql, id, arena, ids, count, fault);
}

enum status
ownership_of_artist(struct store_session *session, int64_t id,
		    struct arena *arena, int64_t **ids, size_t *count,
		    struct fault *fault)
{
	return ownership_of(session, OWNED_ARTIST, id, arena, ids, count,
			    fault);
}

enum status
ownership_of_album(struct store_session *session, int64_t id,
		   struct arena *arena, int64_t **ids, size_t *count,
		   struct fault *fault)
{
	return ownership_of(session, OWNED_ALBUM, id, arena, ids, count,
			    fault);
}

enum status
ownership_of_track(struct store_session *session, int64_t id,
		   struct arena *arena, int64_t **ids, size_t *count,
		   struct fault *fault)
{
	return ownership_of(session, OWNED_TRACK, id, arena, ids, count,
			    fault);
}

enum status
ownership_artists(struct store_session *session, int64_t user_id,
		  struct arena *arena, int64_t **ids, size_t *count,
		  struct fault *fault)
{
	return read_ids(session,
			"select artist_id from artist_owners "
			"where user_id = $1 order by artist_id",
			user_id, arena, ids, count, fault);
}

/* ---- changes -------------------------------------------------------------- */

static enum status
expect_row(struct store_session *session, const char *sql, int64_t id,
	   const char *field, struct fault *fault)
{
	int64_t found = 0;
	enum status status = sql_query_int(session, sql, SQL_ARGS(SQL_INT(id)),
					   &found, fault);

	if (status == STATUS_NOT_FOUND)
		return fault_field(fault, STATUS_NOT_FOUND, field,
				   "there is no %s %lld", field,
				   (long long)id);
	return status;
}

enum status
ownership_add(struct store_session *session, int64_t artist_id,
	      int64_t user_id, int64_t by, bool *changed, struct fault *fault)
{
	int64_t added = 0, owners = 0;
	enum status status;

	status = expect_row(session, "select id from artists where id = $1",
			    artist_id, "artist", fault);
	if (status == STATUS_OK)
		status = expect_row(session,
				    "select id from users where id = $1 "
				    "and left_at is null",
				    user_id, "user", fault);
	if (status == STATUS_OK)
		status = sql_query_int(session,
				       "select count(*) from artist_owners "
				       "where artist_id = $1",
				       SQL_ARGS(SQL_INT(artist_id)), &owners,
				       fault);
	if (status != STATUS_OK)
		return status;
	if (owners >= OWNERS_MAX)
		return fault_field(fault, STATUS_FULL, "artist",
				   "an artist has at most %d owners",
				   OWNERS_MAX);
	status = sql_exec(session,
			  "insert into artist_owners (artist_id, user_id, "
			  "created_by, created_at) values ($1, $2, $3, $4) "
			  "on conflict (artist_id, user_id) do nothing",
			  SQL_ARGS(SQL_INT(artist_id), SQL_INT(user_id),
				   sql_int_or_null(by, by != 0),
				   SQL_INT(clock_now_ms())),
			  &added, fault);
	if (status == STATUS_OK && changed != NULL)
		*changed = added > 0;
	return status;
}

enum status
ownership_remove(struct store_session *session, int64_t artist_id,
		 int64_t user_id, bool *changed, struct fault *fault)
{
	int64_t removed = 0;
	enum status status = sql_exec(session,
				      "delete from artist_owners "
				      "where artist_id = $1 and user_id = $2",
				      SQL_ARGS(SQL_INT(artist_id),
					       SQL_INT(user_id)),
				      &removed, fault);

	if (status == STATUS_OK && changed != NULL)
		*changed = removed > 0;
	return status;
}
