/* catalogue_check.c - counts anew what the catalogue keeps, and compares. */
#include "library/catalogue.h"

#include "base/memory.h"

/* Each statement gives the ids whose kept numbers differ from what is there. */
static const struct {
	const char *what;
	const char *sql;
} checks[] = {
	{ "a visible track that is hidden or without an ok file, or the other "
	  "way round",
	  "select t.id from tracks t left join files f on f.track_id = t.id "
	  "where (t.visible = 1) <> (coalesce(f.state, 2) = 0 "
	  "and t.hidden = 0) limit 1" },
	{ "counters of artist",
	  "select a.id from artists a left join ("
	  "select artist_id, count(*) as n, sum(duration_ms) as ms from ("
	  "select distinct l.artist_id, t.id, t.duration_ms "
	  "from track_artists l join tracks t on t.id = l.track_id "
	  "where t.visible = 1) x group by artist_id) c "
	  "on c.artist_id = a.id where a.track_count <> coalesce(c.n, 0) "
	  "or a.duration_ms <> coalesce(c.ms, 0) limit 1" },
	{ "album count of artist",
	  "select a.id from artists a left join ("
	  "select l.artist_id, count(*) as n from album_artists l "
	  "join albums b on b.id = l.album_id where b.track_count > 0 "
	  "group by l.artist_id) c on c.artist_id = a.id "
	  "where a.album_count <> coalesce(c.n, 0) limit 1" },
	{ "counters of album",
	  "select a.id from albums a left join ("
	  "select album_id, count(*) as n, sum(duration_ms) as ms "
	  "from tracks where visible = 1 group by album_id) c "
	  "on c.album_id = a.id where a.track_count <> coalesce(c.n, 0) "
	  "or a.duration_ms <> coalesce(c.ms, 0) limit 1" },
	{ "counters of genre",
	  "select g.id from genres g left join ("
	  "select l.genre_id, count(*) as n, sum(t.duration_ms) as ms "
	  "from track_genres l join tracks t on t.id = l.track_id "
	  "where t.visible = 1 group by l.genre_id) c on c.genre_id = g.id "
	  "where g.track_count <> coalesce(c.n, 0) "
	  "or g.duration_ms <> coalesce(c.ms, 0) limit 1" },
	{ "album count of genre",
	  "select g.id from genres g left join ("
	  "select l.genre_id, count(distinct t.album_id) as n "
	  "from track_genres l join tracks t on t.id = l.track_id "
	  "where t.visible = 1 group by l.genre_id) c on c.genre_id = g.id "
	  "where g.album_count <> coalesce(c.n, 0) limit 1" },
	{ "artist count of genre",
	  "select g.id from genres g left join ("
	  "select l.genre_id, count(distinct a.artist_id) as n "
	  "from track_genres l join tracks t on t.id = l.track_id "
	  "join track_artists a on a.track_id = t.id "
	  "where t.visible = 1 group by l.genre_id) c on c.genre_id = g.id "
	  "where g.artist_count <> coalesce(c.n, 0) limit 1" },
	{ "tracks of artist on an album",
	  "select l.artist_id from artist_albums l left join ("
	  "select a.artist_id, t.album_id, a.role, count(*) as n "
	  "from track_artists a join tracks t on t.id = a.track_id "
	  "where t.visible = 1 group by a.artist_id, t.album_id, a.role) c "
	  "on c.artist_id = l.artist_id and c.album_id = l.album_id "
	  "and c.role = l.role where l.tracks <> coalesce(c.n, 0) limit 1" },
	{ "files of folder",
	  "select fo.id from folders fo left join ("
	  "select folder_id, count(*) as n from files where state <> 2 "
	  "group by folder_id) c on c.folder_id = fo.id "
	  "where fo.file_count <> coalesce(c.n, 0) limit 1" },
	{ "files of source",
	  "select s.id from sources s left join ("
	  "select source_id, count(*) as n, "
	  "sum(case when state = 1 then 1 else 0 end) as r "
	  "from files where state <> 2 group by source_id) c "
	  "on c.source_id = s.id where s.file_count <> coalesce(c.n, 0) "
	  "or s.rejected_count <> coalesce(c.r, 0) limit 1" },
	{ "the library's totals",
	  "select 0 from totals t join ("
	  "select 'tracks' as k, count(*) as n from tracks where visible = 1 "
	  "union all select 'albums', count(*) from albums "
	  "where track_count > 0 "
	  "union all select 'artists', count(*) from artists "
	  "where track_count + album_count > 0 "
	  "union all select 'genres', count(*) from genres "
	  "where track_count > 0 "
	  "union all select 'duration_ms', coalesce(sum(duration_ms), 0) "
	  "from tracks where visible = 1 "
	  "union all select 'size_bytes', coalesce(sum(f.size_bytes), 0) "
	  "from files f join tracks t on t.id = f.track_id "
	  "where t.visible = 1) c on c.k = t.key "
	  "where t.value <> c.n limit 1" },
};

enum status
catalogue_check(struct store_session *session, struct fault *fault)
{
	for (size_t i = 0; i < ARRAY_LENGTH(checks); i++) {
		int64_t id = 0;
		enum status status = sql_query_int(session, checks[i].sql,
						   SQL_NO_ARGS, &id, NULL);

		if (status == STATUS_OK)
			return fault_field(fault, STATUS_CORRUPT, "catalogue",
					   "wrong: %s %lld", checks[i].what,
					   (long long)id);
		if (status != STATUS_NOT_FOUND)
			return fault_field(fault, status, "store",
					   "cannot check the catalogue: %s",
					   session->failure.message);
	}
	return STATUS_OK;
}
