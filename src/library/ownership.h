/* ownership.h - whose music it is: table artist_owners.
 *
 * A moderator makes a person the owner of an artist; several people may own
 * one. Who owns an artist owns the albums and tracks that credit the artist in
 * the first place: as an artist of the album, as a main artist of the track.
 * Owners may edit what they own and read its statistics.
 *
 * Floor: 3 (library). Threads: as the session.
 */
#ifndef OGMA_LIBRARY_OWNERSHIP_H
#define OGMA_LIBRARY_OWNERSHIP_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/store.h"

enum owned_kind { OWNED_ARTIST, OWNED_ALBUM, OWNED_TRACK };

#define OWNERS_MAX 100 /* of one artist */

/* *out: whether this person owns the thing; false when there is no such
 * thing, and for user_id 0. */
enum status ownership_check(struct store_session *session, int64_t user_id,
			    enum owned_kind kind, int64_t id, bool *out,
			    struct fault *fault);

/* *out: whether everybody whom the track names as a main or featured artist, and
 * whom its album names, is this person's, and there is somebody; of an album
 * that names nobody: whether all its tracks are. */
enum status ownership_of_all(struct store_session *session, int64_t user_id,
			     int64_t track_id, bool *out,
			     struct fault *fault);

/* Ids of the people who own the thing, ascending; *ids is arena-owned. None
 * when there is no such thing. */
enum status ownership_of_artist(struct store_session *session, int64_t id,
				struct arena *arena, int64_t **ids,
				size_t *count, struct fault *fault);
enum status ownership_of_album(struct store_session *session, int64_t id,
			       struct arena *arena, int64_t **ids,
			       size_t *count, struct fault *fault);
enum status ownership_of_track(struct store_session *session, int64_t id,
			       struct arena *arena, int64_t **ids,
			       size_t *count, struct fault *fault);

/* Ids of the artists a person owns, ascending, visible or not. */
enum status ownership_artists(struct store_session *session, int64_t user_id,
			      struct arena *arena, int64_t **ids,
			      size_t *count, struct fault *fault);

/* Adding an owner again, and removing one who is none, changes nothing
 * (*changed, which may be NULL, is false). STATUS_NOT_FOUND with field
 * "artist" or "user"; STATUS_FULL past OWNERS_MAX. `by`: who did it; 0: the
 * operator. */
enum status ownership_add(struct store_session *session, int64_t artist_id,
			  int64_t user_id, int64_t by, bool *changed,
			  struct fault *fault);
enum status ownership_remove(struct store_session *session, int64_t artist_id,
			     int64_t user_id, bool *changed,
			     struct fault *fault);

#endif /* OGMA_LIBRARY_OWNERSHIP_H */
