/* edits.h - what people change in the catalogue, over what the files say.
 *
 * An edit belongs to a thing and survives every scan: while it stands, tags
 * say nothing about its fields. What the tags say is kept beneath it (`below`)
 * and brought up to date whenever a file is read, so that taking an edit back
 * needs no file. Ids of things never change by an edit; a thing is found by
 * the names that tags have and by the one that a person gave.
 *
 * Fields by kind, as they are kept (ids only, so that a renamed artist is
 * renamed everywhere):
 *	track	title, artists [[id, role]…], composers [id…], genres [id…],
 *		album_id (0: none), track_no, disc_no, year
 *	album	title, artists [id…], year, genres [id…], cover_id
 *	artist	name, sort_name, bio, cover_id
 *	genre	name
 * The genres of an album become edits of all its tracks that have none of
 * their own, marked "genres_of".
 *
 * All changes run inside a catalogue_work (library/catalogue.h), so that they
 * keep counters and outbox right and exclude each other.
 *
 * Floor: 3 (library). Threads: as the session or catalogue.
 */
#ifndef OGMA_LIBRARY_EDITS_H
#define OGMA_LIBRARY_EDITS_H

#include "base/json.h"
#include "library/catalogue.h"
#include "library/page.h"
#include "library/tracks.h"

enum edit_kind { /* kept in the store */
	EDIT_ARTIST = 1,
	EDIT_ALBUM = 2,
	EDIT_GENRE = 3,
	EDIT_TRACK = 4,
};

/* Names that "reset" takes: "title|artists|…". */
const char *edit_field_names(enum edit_kind kind);

struct edit {
	json_t *fields, *below; /* objects, owned; empty: nothing edited */
	int64_t updated_by, updated_at_ms; /* 0: nobody, never */
};

/* All empty when nothing was edited; edit_release() in either case. */
enum status edit_load(struct store_session *session, enum edit_kind kind,
		      int64_t id, struct edit *out, struct fault *fault);
void edit_release(struct edit *edit);

/* ---- inside a catalogue_work ---------------------------------------------- */

/* One change: `set` is an object of the members below, `reset` an array of
 * field names to take back; either may be NULL. `by`: who; 0: the operator.
 *
 * STATUS_NOT_FOUND: no such thing (hidden ones can be edited).
 * STATUS_INVALID with the field: an id in `set` that names nothing, or a
 * reset of a field there is none of. STATUS_CONFLICT: a name that another
 * thing has. */
struct edit_change {
	int64_t id;
	const json_t *set, *reset;
	int64_t by;
};

/* title text; artists [{name|id, role?}…]; album text|null or album_id, with
 * album_artist text|null; track_no, disc_no, year int|null; genres
 * [text|id…]; composer text|null ("; " between several). */
enum status track_edit(struct catalogue *catalogue,
		       const struct edit_change *change, struct fault *fault);

/* title text; artists [{name|id}…]; year int|null; genres; cover_id. */
enum status album_edit(struct catalogue *catalogue,
		       const struct edit_change *change, struct fault *fault);

/* name, sort_name, bio text|null, cover_id. */
enum status artist_edit(struct catalogue *catalogue,
			const struct edit_change *change, struct fault *fault);

/* name. */
enum status genre_edit(struct catalogue *catalogue,
		       const struct edit_change *change, struct fault *fault);

/* Hides tracks whatever their files do, or shows them again. *changed (may be
 * NULL): how many were otherwise before. Ids that are none are passed over. */
enum status tracks_set_hidden(struct catalogue *catalogue, const int64_t *ids,
			      size_t count, bool hidden, size_t *changed,
			      struct fault *fault);

/* Tracks of the album, or with the artist as a main one, that are hidden, or
 * are visible, and have an id above `after`; at most `room`. For hiding in
 * steps. */
enum status tracks_of_thing(struct store_session *session, enum edit_kind kind,
			    int64_t id, bool hidden, int64_t after,
			    int64_t *ids, size_t room, size_t *count,
			    struct fault *fault);

/* Makes things that no file named yet. STATUS_CONFLICT: the name is taken, *id
 * is the one that has it. */
enum status artist_create(struct catalogue *catalogue, const char *name,
			  int64_t *id, struct fault *fault);
enum status album_create(struct catalogue *catalogue, const char *title,
			 const json_t *artists, int64_t *id,
			 struct fault *fault);
enum status genre_create(struct catalogue *catalogue, const char *name,
			 int64_t *id, struct fault *fault);

/* From now on whatever names this genre means `target` (0: nothing); or the
 * genre is itself again. Then genre_move_step() moves its tracks, at most
 * `room` at a time, until *more is false; what moved comes back the same way.
 * genre_merge(): STATUS_INVALID with field "merge_into", STATUS_CONFLICT when
 * it is merged already; genre_unmerge(): STATUS_CONFLICT when it is not. */
enum status genre_merge(struct catalogue *catalogue, int64_t id,
			int64_t target, struct fault *fault);
enum status genre_unmerge(struct catalogue *catalogue, int64_t id,
			  struct fault *fault);
enum status genre_move_step(struct catalogue *catalogue, int64_t id,
			    size_t room, bool *more, struct fault *fault);

/* ---- reading -------------------------------------------------------------- */

/* What an artist says of himself; NULL: nothing. STATUS_NOT_FOUND: no such
 * artist, visible or not. */
enum status artist_bio(struct store_session *session, int64_t id,
		       struct arena *arena, const char **out,
		       struct fault *fault);

struct merged_genre {
	int64_t id, target_id; /* 0: removed */
	const char *name, *target;
};
enum status genres_merged(struct store_session *session, struct arena *arena,
			  struct merged_genre **out, size_t *count,
			  struct fault *fault);

/* STATUS_NOT_FOUND: no such track at all. */
enum status track_hidden(struct store_session *session, int64_t id,
			 bool *hidden, struct fault *fault);

#endif /* OGMA_LIBRARY_EDITS_H */
