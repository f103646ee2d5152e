/* playlists.h - playlists as things: title, owner, who may see them, counters.
 * Their tracks are in library/playlist_tracks.h, rules in playlist_rules.h.
 *
 * Who sees what: a private playlist its owner; an unlisted one whoever has its
 * link; a public one everybody. The search index knows public ones only, so
 * that no word of another one can come out of it (service/playlist_search.h
 * finds a person's own). A playlist that somebody may not see is to that person
 * as one that is not there.
 *
 * `version` grows with every change of what a playlist is or holds. An editor
 * that names the version it saw is refused with STATUS_CONFLICT when somebody
 * was faster; one that names none (0) is not.
 *
 * Calls that change something say whether their store_write() must have begun
 * with outbox_begin().
 *
 * Floor: 3 (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_PLAYLISTS_H
#define OGMA_LIBRARY_PLAYLISTS_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/store.h"
#include "library/page.h"
#include "library/tracks.h"

#define PLAYLIST_TITLE_MAX_BYTES 800 /* 200 letters of any script */
#define PLAYLIST_TEXT_MAX_BYTES 16000
#define PLAYLISTS_OF_ONE_MAX 10000 /* playlists of one person */
#define PLAYLIST_MOSAIC_MAX 4

enum playlist_visibility { /* kept in the store */
			   PLAYLIST_PRIVATE,
			   PLAYLIST_UNLISTED,
			   PLAYLIST_PUBLIC,
};

/* "private", "unlisted", "public". */
const char *playlist_visibility_name(enum playlist_visibility visibility);
bool playlist_visibility_parse(const char *name, enum playlist_visibility *out);

struct playlist {
	int64_t id, owner_id;
	const char *owner; /* username */
	const char *title;
	const char *description; /* NULL: none */
	enum playlist_visibility visibility;
	const char *link_token; /* of an unlisted one; NULL: none */
	const char *rules;	/* JSON; NULL: filled by hand */
	struct cover_ref cover; /* set by its owner */
	struct cover_ref mosaic[PLAYLIST_MOSAIC_MAX]; /* of its first tracks */
	int64_t mosaic_albums[PLAYLIST_MOSAIC_MAX];   /* whose they are */
	size_t mosaic_count;
	int64_t version;
	int64_t track_count, duration_ms; /* visible tracks */
	int64_t hidden_count; /* tracks that have left the library for now */
	int64_t play_count;
	int64_t created_at_ms, updated_at_ms;
};

/* Whether somebody (0: nobody signed in) with this link (or NULL) may see it.
 * Compares the link in constant time. */
bool playlist_shows(const struct playlist *playlist, int64_t user_id,
		    const char *token);

struct playlist_draft {
	int64_t owner_id;
	const char *title, *description; /* NULL: none */
	enum playlist_visibility visibility;
	const char *rules; /* checked by playlist_rules_parse(); NULL: none */
};

/* After outbox_begin(). STATUS_INVALID with field "title" or "description";
 * STATUS_FULL at PLAYLISTS_OF_ONE_MAX. */
enum status playlists_add(struct store_session *session,
			  const struct playlist_draft *draft, int64_t *id,
			  struct fault *fault);

/* STATUS_NOT_FOUND. These do not ask who looks. */
enum status playlists_get(struct store_session *session, int64_t id,
			  struct arena *arena, struct playlist *out,
			  struct fault *fault);
enum status playlists_of_token(struct store_session *session, const char *token,
			       struct arena *arena, struct playlist *out,
			       struct fault *fault);

/* In the order of the ids; those that are not there are left out, and so are
 * those that the person may not see. At most PAGE_LIMIT_MAX. */
enum status playlists_get_many(struct store_session *session, int64_t viewer_id,
			       const int64_t *ids, size_t count,
			       struct arena *arena, struct playlist **out,
			       size_t *out_count, struct fault *fault);

enum playlist_sort {
	PLAYLISTS_BY_TITLE,
	PLAYLISTS_BY_UPDATED_DESC,
	PLAYLISTS_BY_CREATED_DESC,
	PLAYLISTS_BY_PLAYS_DESC,
	PLAYLIST_SORTS
};

/* "title", "-updated_at", "-created_at", "-popularity". */
bool playlist_sort_parse(const char *name, enum playlist_sort *out);

enum playlist_kinds {
	PLAYLISTS_OF_ANY_KIND,
	PLAYLISTS_BY_HAND,
	PLAYLISTS_BY_RULES
};

struct playlist_filter {
	int64_t viewer_id; /* sees own and public ones; 0: public ones */
	bool see_all;	   /* a moderator: everything */
	int64_t owner_id;  /* 0: anybody's */
	bool others_only;  /* not the viewer's own */
	enum playlist_kinds kinds;
	const char *text; /* part of the title; NULL: any */
	const enum playlist_visibility *visibility; /* NULL: any */
};

struct playlist_list {
	struct playlist *items;
	size_t count;
	struct page_info page;
};

/* STATUS_INVALID with field "limit", "offset" or "cursor". */
enum status playlists_list(struct store_session *session,
			   const struct playlist_filter *filter,
			   enum playlist_sort sort,
			   const struct page_request *page, struct arena *arena,
			   struct playlist_list *out, struct fault *fault);

/* What is to change; pointers of pointers so that NULL can be a new value. */
struct playlist_change {
	const char *title;			    /* NULL: as it is */
	const char **description;		    /* NULL: as it is */
	const enum playlist_visibility *visibility; /* NULL: as it is */
	bool new_link;				    /* the old link dies */
	const char **rules;			    /* NULL: as it is */
	const int64_t *cover_id;  /* NULL: as it is; 0: none */
	int64_t expected_version; /* 0: any */
};

/* After outbox_begin(). STATUS_INVALID as above; STATUS_CONFLICT with field
 * "expected_version" (lost race) or "rules" (a playlist with tracks does not
 * become one of rules). */
enum status playlists_change(struct store_session *session, int64_t id,
			     const struct playlist_change *change,
			     struct fault *fault);

/* After outbox_begin(). With its entries, favourites and ratings. */
enum status playlists_remove(struct store_session *session, int64_t id,
			     struct fault *fault);

/* After outbox_begin(). Adds to its plays; fine when it is not there. */
enum status playlists_count_plays(struct store_session *session, int64_t id,
				  int64_t plays, struct fault *fault);

/* What the rules gave just now; no new version. */
enum status playlists_note_counts(struct store_session *session, int64_t id,
				  int64_t track_count, int64_t duration_ms,
				  struct fault *fault);

/* A person's own ones that are not public, the last changed first; for
 * searching them. Only id, title, description, owner and plays are filled. */
enum status playlists_hidden_of(struct store_session *session, int64_t owner_id,
				size_t limit, struct arena *arena,
				struct playlist **out, size_t *count,
				struct fault *fault);

#endif /* OGMA_LIBRARY_PLAYLISTS_H */
