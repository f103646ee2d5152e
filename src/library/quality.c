/* quality.c - see quality.h. */
#include "library/quality.h"

#include "base/memory.h"

static const struct {
	const char *sql;
	size_t offset;
} questions[] = {
	{ "select count(*) from tracks t where t.visible = 1 and not exists "
	  "(select 1 from files f where f.track_id = t.id and f.state = 0)",
	  offsetof(struct library_quality, orphan_tracks) },
	{ "select count(*) from tracks where visible = 1 "
	  "and duration_ms <= 0",
	  offsetof(struct library_quality, tracks_without_duration) },
	{ "select count(*) from tracks where visible = 1 "
	  "and artist_id is null",
	  offsetof(struct library_quality, tracks_without_artist) },
	{ "select coalesce(sum(n - 1), 0) from (select count(*) as n "
	  "from albums where track_count > 0 "
	  "group by sort_key, artist_key having count(*) > 1) d",
	  offsetof(struct library_quality, duplicate_albums) },
	{ "select count(*) from files where state = 1",
	  offsetof(struct library_quality, rejected_files) },
};

enum status
library_quality_get(struct store_session *session,
		    struct library_quality *out, struct fault *fault)
{
	struct library_quality found = { 0 };
	enum status status = STATUS_OK;

	for (size_t i = 0; i < ARRAY_LENGTH(questions) && status == STATUS_OK;
	     i++)
		status = sql_query_int(
			session, questions[i].sql, SQL_NO_ARGS,
			(int64_t *)((char *)&found + questions[i].offset),
			fault);
	if (status == STATUS_OK)
		*out = found;
	return status;
}
