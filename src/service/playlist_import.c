/* playlist_import.c - see playlist_import.h. */
#include "service/playlist_import.h"

static void
report_add(struct import_report *report, size_t index, int64_t track_id,
	   enum track_matched how)
{
	if (track_id == 0) {
		report->unmatched[report->unmatched_count++] = index;
		return;
	}
	report->track_ids[report->matched++] = track_id;
	report->by_path += how == MATCHED_PATH;
	report->by_audio += how == MATCHED_AUDIO;
	report->by_tags += how == MATCHED_TAGS;
	report->by_fingerprint += how == MATCHED_FINGERPRINT;
	report->by_id += how == MATCHED_ID;
}

enum status
playlist_import_match(struct store_session *session,
		      const struct playlist_file *file, struct arena *arena,
		      struct import_report *out, struct fault *fault)
{
	struct import_report report = {
		.track_ids = arena_new(arena, int64_t, file->count + 1),
		.unmatched = arena_new(arena, size_t, file->count + 1),
	};
	struct track_matcher *matcher = NULL;
	enum status status = track_matcher_new(session, &matcher, fault);

	for (size_t i = 0; i < file->count && status == STATUS_OK; i++) {
		enum track_matched how = MATCHED_NOT;
		int64_t track_id = 0;

		status = track_match(matcher, &file->entries[i], &track_id,
				     &how, fault);
		if (status == STATUS_OK)
			report_add(&report, i, track_id, how);
	}
	track_matcher_free(matcher);
	if (status == STATUS_OK)
		*out = report;
	return status;
}
