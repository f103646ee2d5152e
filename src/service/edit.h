/* edit.h - changing the catalogue on behalf of somebody: who may, what is
 * written to the audit log, pictures, things in bulk.
 *
 * Rights: moderators and above change everything; an artist's user changes what
 * library/ownership.h says is theirs. Each change is one transaction with its
 * audit row (for those who act as moderators); what takes many tracks goes on
 * in steps and can be asked for again.
 *
 * Threads: every call may block: from workers. A struct editor is read only.
 *
 * Floor: 4 (service).
 */
#ifndef OGMA_SERVICE_EDIT_H
#define OGMA_SERVICE_EDIT_H

#include "library/edits.h"
#include "library/ownership.h"
#include "service/caller.h"

struct blob_store;
struct job;
struct media_pool;

struct editor { /* all borrowed */
	struct store *store;
	struct blob_store *blobs;
	struct media_pool *media;
};

/* "track", "album", …: names in the audit log and in sentences. */
const char *edit_kind_name(enum edit_kind kind);

/* As track_edit() and its like. STATUS_DENIED: somebody else's. */
enum status edit_change(const struct editor *editor,
			const struct caller *caller, enum edit_kind kind,
			int64_t id, const json_t *set, const json_t *reset,
			struct fault *fault);

/* Album or artist. STATUS_INVALID with field "body": no picture that can be
 * decoded. Empty bytes: back to the files' picture. */
enum status edit_picture(const struct editor *editor,
			 const struct caller *caller, enum edit_kind kind,
			 int64_t id, struct span bytes, struct fault *fault);

/* A track; or all visible (hidden) tracks of an album or artist. */
enum status edit_hide(const struct editor *editor, const struct caller *caller,
		      enum edit_kind kind, int64_t id, bool hidden,
		      struct fault *fault);

/* set: artist {name, sort_name?, bio?}; album {title, artists?, year?}; genre
 * {name}. An artist's user becomes the owner of the artist, and makes albums of
 * their own artists only. STATUS_CONFLICT: it is there already, *id. */
enum status edit_create(const struct editor *editor,
			const struct caller *caller, enum edit_kind kind,
			const json_t *set, int64_t *id, struct fault *fault);

/* target 0: the genre is removed; below 0: it is itself again. *job_id is the
 * job that moves its tracks. */
enum status edit_merge(const struct editor *editor, const struct caller *caller,
		       int64_t id, int64_t target, int64_t *job_id,
		       struct fault *fault);

/* The row of the table of job kinds; `cookie` is a struct scan_services. */
#define GENRE_JOB "genre_merge"
enum status genre_job_run(struct job *job, void *cookie, struct fault *fault);

enum status edit_owner(const struct editor *editor,
		       const struct caller *caller, int64_t artist_id,
		       int64_t user_id, bool owns, struct fault *fault);

#define EDIT_BULK_MAX 500

struct edit_outcome {
	int64_t id;
	enum status status;
	char reason[160]; /* when it was not done */
};

/* The same change of several tracks, or hiding (`hide` 1), showing (-1), in
 * one transaction with one audit row. Tracks it does not fit are told in *out
 * and left alone. */
enum status edit_bulk(const struct editor *editor, const struct caller *caller,
		      const char *action, const int64_t *ids, size_t count,
		      int hide, const json_t *set, const json_t *reset,
		      struct edit_outcome *out, struct fault *fault);

/* What was edited, for people: {"fields":{…},"tags":{…},"hidden":…,…}. The
 * caller gives *out back with json_decref(). */
enum status edit_look(const struct editor *editor, const struct caller *caller,
		      enum edit_kind kind, int64_t id, json_t **out,
		      struct fault *fault);

/* STATUS_DENIED unless the caller may change the thing; in a transaction. */
enum status edit_allowed(struct store_session *session,
			 const struct caller *caller, enum edit_kind kind,
			 int64_t id, struct fault *fault);

#endif /* OGMA_SERVICE_EDIT_H */
