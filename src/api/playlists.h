/* playlists.h - what the routes about playlists share: who may see and change
 * one, and how it is written.
 *
 * Floor: 5 (api). Threads: a call's.
 */
#ifndef OGMA_API_PLAYLISTS_H
#define OGMA_API_PLAYLISTS_H

#include "api/forms.h"
#include "library/playlists.h"
#include "library/taste.h"
#include "service/playlist.h"

/* In a work: the playlist, when the caller may see it (by owning it, by the
 * address's `token`, by being public, by the role in route->others); else
 * STATUS_NOT_FOUND, as for one that is not there. */
enum status playlist_to_see(struct store_session *session,
			    const struct call *call, int64_t id,
			    struct playlist *out, struct fault *fault);

/* The same for changing it: also STATUS_DENIED for one that is only seen. */
enum status playlist_to_change(struct store_session *session,
			       const struct call *call, int64_t id,
			       struct playlist *out, struct fault *fault);

/* Notes in the audit log what somebody did to another person's playlist; does
 * nothing for one's own. `after` NULL: it was removed. */
enum status playlist_audit(struct store_session *session,
			   const struct call *call, const char *action,
			   const struct playlist *before,
			   const struct playlist *after, struct fault *fault);

/* expected_version of the body, or of the address; 0: none. */
int64_t playlist_expected(const struct call *call);

/* The filter and the order of a list, from its address; false: answered. */
bool playlist_filter_read(struct call *call, struct playlist_filter *filter,
			  enum playlist_sort *sort);

/* One playlist as its asker sees it. */
void form_playlist(struct json_writer *json, const struct call *call,
		   const struct playlist *playlist, const struct taste *taste,
		   bool open);

/* Reads it again as it is now and answers with it. False: answered a fault. */
bool playlist_answer(struct call *call, unsigned status, int64_t id);

/* Somebody began to play it: counts when the person is signed in and may see
 * it. Nothing is answered; a play that cannot be counted is not. */
void playlist_note_play(struct call *call, int64_t id);

/* A track of a list with what the asker said of it; left open for more. */
void form_track_taste(struct json_writer *json, const struct track *track,
		      const struct taste *taste);

#endif /* OGMA_API_PLAYLISTS_H */
