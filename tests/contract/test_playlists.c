/* test_playlists.c - playlists, their entries, favourites and ratings, on both
 * stores. After every change all kept numbers are counted anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sanitized.h"
#include "library/documents.h"
#include "library/outbox.h"
#include "library/playlist_tracks.h"
#include "library/playlists.h"
#include "library/taste.h"
#include "library/users.h"
#include "tests/support/music.h"

#define TRACKS 12

struct desk {
	struct music music;
	int64_t ada, bob; /* users */
	int64_t tracks[TRACKS], files[TRACKS];
};

struct act;
typedef enum status act_step(struct act *act, struct store_session *session,
			     struct fault *fault);

/* One call on the store: what to do, and what came of it. */
struct act {
	struct desk *desk;
	bool unlocked; /* without outbox_begin() */
	enum status status;
	struct fault fault;
	int64_t playlist;

	struct playlist_draft draft;
	struct playlist_change change;
	struct playlist_addition addition;
	struct playlist_added added;
	struct playlist_state state;
	const int64_t *items;
	size_t count, removed;
	int64_t to, expected, position, user;
	enum taste_kind kind;
	int32_t rating;
	act_step *does;
};

static enum status
act_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct act *act = cookie;
	enum status status = STATUS_OK;

	if (!act->unlocked)
		status = outbox_begin(session, fault);
	if (status == STATUS_OK)
		status = act->does(act, session, fault);
	return status;
}

static enum status
check_work(struct store_session *session, void *cookie, struct fault *fault)
{
	(void)cookie;
	return playlist_tracks_check(session, fault);
}

static enum status
run(struct desk *desk, struct act *act, act_step *does)
{
	act->desk = desk;
	act->does = does;
	act->status =
		store_write(desk->music.store, act_work, act, &act->fault);
	music_read(&desk->music, check_work, NULL);
	return act->status;
}

static enum status
do_add(struct act *act, struct store_session *session, struct fault *fault)
{
	return playlists_add(session, &act->draft, &act->playlist, fault);
}

static enum status
do_change(struct act *act, struct store_session *session, struct fault *fault)
{
	return playlists_change(session, act->playlist, &act->change, fault);
}

static enum status
do_remove(struct act *act, struct store_session *session, struct fault *fault)
{
	return playlists_remove(session, act->playlist, fault);
}

static enum status
do_put(struct act *act, struct store_session *session, struct fault *fault)
{
	return playlist_tracks_add(session, act->playlist, &act->addition,
				   &act->desk->music.arena, &act->added, fault);
}

static enum status
do_replace(struct act *act, struct store_session *session, struct fault *fault)
{
	return playlist_tracks_replace(session, act->playlist, &act->addition,
				       &act->desk->music.arena, &act->added,
				       fault);
}

static enum status
do_take(struct act *act, struct store_session *session, struct fault *fault)
{
	return playlist_tracks_remove(session, act->playlist, act->items,
				      act->count, act->expected, &act->removed,
				      &act->state, fault);
}

static enum status
do_move(struct act *act, struct store_session *session, struct fault *fault)
{
	return playlist_tracks_move(session, act->playlist, act->items,
				    act->count, act->to, act->expected,
				    &act->position, &act->state, fault);
}

static enum status
do_arrange(struct act *act, struct store_session *session, struct fault *fault)
{
	return playlist_tracks_arrange(session, act->playlist, act->items,
				       act->count, act->expected, &act->state,
				       fault);
}

static enum status
do_favorite(struct act *act, struct store_session *session, struct fault *fault)
{
	return favorites_add(session, act->user, act->kind, act->to, fault);
}

static enum status
do_unfavorite(struct act *act, struct store_session *session,
	      struct fault *fault)
{
	return favorites_remove(session, act->user, act->kind, act->to, fault);
}

static enum status
do_rate(struct act *act, struct store_session *session, struct fault *fault)
{
	return ratings_set(session, act->user, act->kind, act->to, act->rating,
			   fault);
}

/* ---- a desk ---------------------------------------------------------------
 */

static enum status
add_users(struct store_session *session, void *cookie, struct fault *fault)
{
	struct desk *desk = cookie;
	enum status status = users_add(
		session,
		&(struct user_draft){ .username = "ada", .role = "user" },
		&desk->ada, fault);

	if (status != STATUS_OK)
		return status;
	return users_add(
		session,
		&(struct user_draft){ .username = "bob", .role = "user" },
		&desk->bob, fault);
}

static void
desk_open(struct desk *desk, const char *driver)
{
	struct fault fault = { 0 };

	music_open(&desk->music, driver);
	if (store_write(desk->music.store, add_users, desk, &fault) !=
	    STATUS_OK)
		fail_msg("%s", fault.message);
	for (int i = 0; i < TRACKS; i++) {
		char path[32], title[32];
		struct music_file file;
		struct save_outcome saved;

		snprintf(path, sizeof path, "album %d/%d.flac", i / 4, i);
		snprintf(title, sizeof title, "Track %d", i);
		file = music_file(&desk->music, path);
		music_tag(&file, title, "Artist", i < 4 ? "One" : "Two",
			  "Rock");
		file.media.duration_ms = 1000 * (i + 1);
		saved = music_save(&desk->music, &file);
		desk->tracks[i] = saved.track_id;
		desk->files[i] = saved.file_id;
	}
}

static int64_t
make(struct desk *desk, const char *title, enum playlist_visibility visibility)
{
	struct act act = { .draft = { .owner_id = desk->ada,
				      .title = title,
				      .visibility = visibility } };

	if (run(desk, &act, do_add) != STATUS_OK)
		fail_msg("%s", act.fault.message);
	return act.playlist;
}

/* Adds tracks by their numbers at a position; gives the whole answer. */
static struct playlist_added
put_at(struct desk *desk, int64_t playlist, int64_t position, size_t count,
       const int *numbers)
{
	int64_t ids[TRACKS * 2];
	struct act act = { .playlist = playlist,
			   .addition = { .track_ids = ids,
					 .count = count,
					 .position = position,
					 .added_by = desk->ada } };

	for (size_t i = 0; i < count; i++)
		ids[i] = desk->tracks[numbers[i]];
	if (run(desk, &act, do_put) != STATUS_OK)
		fail_msg("%s", act.fault.message);
	return act.added;
}

#define PUT(desk, playlist, ...)                                               \
	put_at(desk, playlist, PLAYLIST_AT_END,                                \
	       sizeof((int[]){ __VA_ARGS__ }) / sizeof(int),                   \
	       (int[]){ __VA_ARGS__ })

struct listing {
	struct desk *desk;
	int64_t playlist;
	struct page_request page;
	struct playlist_entries out;
};

static enum status
list_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct listing *listing = cookie;

	return playlist_tracks_list(session, listing->playlist, &listing->page,
				    &listing->desk->music.arena, &listing->out,
				    fault);
}

/* The playlist as "0 3 1": numbers of its tracks in order, by pages of two. */
static const char *
order_of(struct desk *desk, int64_t playlist)
{
	static char text[1024];
	struct listing listing = { .desk = desk,
				   .playlist = playlist,
				   .page = { .limit = 2 } };
	size_t at = 0;
	int64_t position = 0;

	text[0] = '\0';
	do {
		music_read(&desk->music, list_work, &listing);
		for (size_t i = 0; i < listing.out.count; i++) {
			const struct playlist_entry *entry =
				&listing.out.items[i];
			int number = 0;

			assert_int_equal(entry->position, position++);
			while (desk->tracks[number] != entry->track.id)
				number++;
			at += (size_t)snprintf(text + at, sizeof text - at,
					       "%s%d", at == 0 ? "" : " ",
					       number);
		}
		listing.page.cursor = listing.out.page.next_cursor;
	} while (listing.page.cursor != NULL);
	return text;
}

struct getting {
	struct desk *desk;
	int64_t id, viewer;
	const char *token;
	struct playlist out;
	struct playlist *many;
	size_t count;
	enum status status;
};

static enum status
get_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct getting *getting = cookie;
	struct fault own = { 0 };

	(void)fault;
	getting->status =
		getting->token != NULL
			? playlists_of_token(session, getting->token,
					     &getting->desk->music.arena,
					     &getting->out, &own)
			: playlists_get(session, getting->id,
					&getting->desk->music.arena,
					&getting->out, &own);
	return STATUS_OK;
}

static struct playlist
get(struct desk *desk, int64_t id)
{
	struct getting getting = { .desk = desk, .id = id };

	music_read(&desk->music, get_work, &getting);
	assert_int_equal(getting.status, STATUS_OK);
	return getting.out;
}

/* ---- playlists as things --------------------------------------------------
 */

static void
a_playlist_is_made_changed_and_removed(void **state)
{
	const char *text = "for the evening", *none = NULL;
	struct desk desk;
	struct act act = { 0 };
	struct getting getting = { .desk = &desk };
	struct playlist playlist;

	desk_open(&desk, *state);
	act.playlist = make(&desk, "Evening", PLAYLIST_PRIVATE);
	playlist = get(&desk, act.playlist);
	assert_string_equal(playlist.title, "Evening");
	assert_string_equal(playlist.owner, "ada");
	assert_null(playlist.description);
	assert_int_equal(playlist.version, 1);
	act.change = (struct playlist_change){ .title = "Night",
					       .description = &text };
	assert_int_equal(run(&desk, &act, do_change), STATUS_OK);
	playlist = get(&desk, act.playlist);
	assert_string_equal(playlist.title, "Night");
	assert_string_equal(playlist.description, text);
	assert_int_equal(playlist.version, 2);
	act.change = (struct playlist_change){ .description = &none };
	assert_int_equal(run(&desk, &act, do_change), STATUS_OK);
	playlist = get(&desk, act.playlist);
	assert_string_equal(playlist.title, "Night");
	assert_null(playlist.description);
	PUT(&desk, act.playlist, 0, 1);
	assert_int_equal(run(&desk, &act, do_remove), STATUS_OK);
	getting.id = act.playlist;
	music_read(&desk.music, get_work, &getting);
	assert_int_equal(getting.status, STATUS_NOT_FOUND);
	assert_int_equal(run(&desk, &act, do_remove), STATUS_NOT_FOUND);
	music_close(&desk.music);
}

static void
titles_that_say_nothing_or_too_much_are_refused(void **state)
{
	char longest[PLAYLIST_TITLE_MAX_BYTES + 2];
	const char *const bad[] = { "", "  \t", longest, "\xff" };
	struct desk desk;

	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	desk_open(&desk, *state);
	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
		struct act act = { .draft = { .owner_id = desk.ada,
					      .title = bad[i] } };

		assert_int_equal(run(&desk, &act, do_add), STATUS_INVALID);
		assert_string_equal(act.fault.field, "title");
	}
	music_close(&desk.music);
}

static void
an_unlisted_playlist_opens_with_its_link_until_there_is_a_new_one(void **state)
{
	const enum playlist_visibility hidden = PLAYLIST_PRIVATE;
	struct desk desk;
	struct playlist playlist, again;
	struct getting getting = { .desk = &desk };
	struct act act = { .change = { .new_link = true } };

	desk_open(&desk, *state);
	act.playlist = make(&desk, "Ours", PLAYLIST_UNLISTED);
	playlist = get(&desk, act.playlist);
	assert_true(strlen(playlist.link_token) >= 22);
	assert_true(playlist_shows(&playlist, desk.ada, NULL));
	assert_false(playlist_shows(&playlist, desk.bob, NULL));
	assert_false(playlist_shows(&playlist, 0, "x"));
	assert_true(playlist_shows(&playlist, 0, playlist.link_token));
	getting.token = playlist.link_token;
	music_read(&desk.music, get_work, &getting);
	assert_int_equal(getting.status, STATUS_OK);
	assert_int_equal(getting.out.id, act.playlist);

	assert_int_equal(run(&desk, &act, do_change), STATUS_OK);
	again = get(&desk, act.playlist);
	assert_string_not_equal(again.link_token, playlist.link_token);
	assert_false(playlist_shows(&again, desk.bob, playlist.link_token));
	music_read(&desk.music, get_work, &getting);
	assert_int_equal(getting.status, STATUS_NOT_FOUND);

	act.change = (struct playlist_change){ .visibility = &hidden };
	assert_int_equal(run(&desk, &act, do_change), STATUS_OK);
	playlist = get(&desk, act.playlist);
	assert_null(playlist.link_token);
	assert_false(playlist_shows(&playlist, desk.bob, again.link_token));
	assert_true(playlist_shows(&playlist, desk.ada, NULL));
	music_close(&desk.music);
}

static void
an_editor_with_an_old_version_is_refused_and_nothing_changes(void **state)
{
	int64_t item;
	struct desk desk;
	struct act act = { .change = { .title = "Mine",
				       .expected_version = 1 } };

	desk_open(&desk, *state);
	act.playlist = make(&desk, "First", PLAYLIST_PRIVATE);
	item = PUT(&desk, act.playlist, 0, 1, 2).item_ids[0];
	assert_int_equal(run(&desk, &act, do_change), STATUS_CONFLICT);
	assert_string_equal(act.fault.field, "expected_version");
	act.expected = act.addition.expected_version = 1;
	act.items = &item;
	act.count = 1;
	act.to = 2;
	assert_int_equal(run(&desk, &act, do_move), STATUS_CONFLICT);
	assert_int_equal(run(&desk, &act, do_take), STATUS_CONFLICT);
	assert_int_equal(run(&desk, &act, do_arrange), STATUS_CONFLICT);
	act.addition.track_ids = desk.tracks;
	act.addition.count = 1;
	assert_int_equal(run(&desk, &act, do_put), STATUS_CONFLICT);
	assert_int_equal(run(&desk, &act, do_replace), STATUS_CONFLICT);
	assert_string_equal(get(&desk, act.playlist).title, "First");
	assert_string_equal(order_of(&desk, act.playlist), "0 1 2");
	act.expected = 2;
	assert_int_equal(run(&desk, &act, do_move), STATUS_OK);
	assert_int_equal(act.state.version, 3);
	music_close(&desk.music);
}

struct list_question {
	struct desk *desk;
	struct playlist_filter filter;
	enum playlist_sort sort;
	struct playlist_list out;
};

static enum status
playlists_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct list_question *question = cookie;
	const struct page_request page = { .limit = 100 };

	return playlists_list(session, &question->filter, question->sort, &page,
			      &question->desk->music.arena, &question->out,
			      fault);
}

static const char *
titles(struct desk *desk, struct playlist_filter filter,
       enum playlist_sort sort)
{
	static char text[256];
	size_t at = 0;
	struct list_question question = { .desk = desk,
					  .filter = filter,
					  .sort = sort };

	music_read(&desk->music, playlists_work, &question);
	text[0] = '\0';
	for (size_t i = 0; i < question.out.count; i++)
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%s",
				       i == 0 ? "" : " ",
				       question.out.items[i].title);
	assert_int_equal(question.out.page.total, question.out.count);
	return text;
}

static void
lists_show_ones_own_and_what_is_public(void **state)
{
	struct desk desk;
	struct act of_bob = { .draft = { .title = "C" } };

	desk_open(&desk, *state);
	make(&desk, "B", PLAYLIST_PUBLIC);
	make(&desk, "A", PLAYLIST_PRIVATE);
	make(&desk, "D", PLAYLIST_UNLISTED);
	of_bob.draft.owner_id = desk.bob;
	assert_int_equal(run(&desk, &of_bob, do_add), STATUS_OK);
	assert_string_equal(titles(&desk, (struct playlist_filter){ 0 },
				   PLAYLISTS_BY_TITLE),
			    "B");
	assert_string_equal(
		titles(&desk, (struct playlist_filter){ .viewer_id = desk.bob },
		       PLAYLISTS_BY_TITLE),
		"B C");
	assert_string_equal(
		titles(&desk, (struct playlist_filter){ .viewer_id = desk.ada },
		       PLAYLISTS_BY_TITLE),
		"A B D");
	assert_string_equal(
		titles(&desk,
		       (struct playlist_filter){ .viewer_id = desk.bob,
						 .owner_id = desk.ada },
		       PLAYLISTS_BY_TITLE),
		"B");
	assert_string_equal(
		titles(&desk,
		       (struct playlist_filter){ .viewer_id = desk.ada,
						 .owner_id = desk.ada },
		       PLAYLISTS_BY_CREATED_DESC),
		"D A B");
	assert_string_equal(
		titles(&desk,
		       (struct playlist_filter){ .viewer_id = desk.bob,
						 .see_all = true },
		       PLAYLISTS_BY_TITLE),
		"A B C D");
	assert_string_equal(
		titles(&desk,
		       (struct playlist_filter){ .viewer_id = desk.bob,
						 .others_only = true },
		       PLAYLISTS_BY_TITLE),
		"B");
	music_close(&desk.music);
}

/* ---- search documents -----------------------------------------------------
 */

struct visible {
	int64_t id;
	struct arena *arena;
	bool gone;
	int64_t changes, counted, visited;
};

static enum status
visit(void *cookie, const struct search_document *document, struct fault *fault)
{
	struct visible *visible = cookie;

	(void)fault;
	assert_string_equal(document->title, "Songs");
	assert_string_equal(document->artist, "ada");
	visible->visited++;
	return STATUS_OK;
}

static enum status
visible_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct visible *visible = cookie;
	struct search_document document;
	enum status status =
		documents_load(session, SEARCH_PLAYLIST, &visible->id, 1,
			       visible->arena, &document, fault);

	visible->gone = document.gone;
	visible->visited = 0;
	if (status == STATUS_OK)
		status = sql_query_int(session,
				       "select count(*) from outbox "
				       "where kind = 3",
				       SQL_NO_ARGS, &visible->changes, fault);
	if (status == STATUS_OK)
		status = documents_count(session, SEARCH_PLAYLIST,
					 &visible->counted, fault);
	if (status == STATUS_OK)
		status = documents_each(session, SEARCH_PLAYLIST, visit,
					visible, fault);
	return status;
}

static void
the_search_index_only_ever_hears_of_public_playlists(void **state)
{
	const enum playlist_visibility public = PLAYLIST_PUBLIC,
				       unlisted = PLAYLIST_UNLISTED;
	struct desk desk;
	struct act act = { 0 };
	struct visible look = { 0 };

	desk_open(&desk, *state);
	look.arena = &desk.music.arena;
	look.id = act.playlist = make(&desk, "Songs", PLAYLIST_PRIVATE);
	music_read(&desk.music, visible_work, &look);
	assert_true(look.gone);
	assert_int_equal(look.changes, 0);
	assert_int_equal(look.visited, 0);

	act.change.visibility = &public;
	assert_int_equal(run(&desk, &act, do_change), STATUS_OK);
	music_read(&desk.music, visible_work, &look);
	assert_false(look.gone);
	assert_int_equal(look.changes, 1);
	assert_int_equal(look.counted, 1);
	assert_int_equal(look.visited, 1);

	act.change.visibility = &unlisted;
	assert_int_equal(run(&desk, &act, do_change), STATUS_OK);
	music_read(&desk.music, visible_work, &look);
	assert_true(look.gone);
	assert_int_equal(look.changes, 2);
	assert_int_equal(look.counted, 0);
	assert_int_equal(look.visited, 0);
	music_close(&desk.music);
}

/* ---- entries --------------------------------------------------------------
 */

static void
tracks_go_in_where_they_are_wanted(void **state)
{
	struct desk desk;
	struct playlist_added added;
	struct playlist playlist;
	int64_t id;

	desk_open(&desk, *state);
	id = make(&desk, "List", PLAYLIST_PRIVATE);
	PUT(&desk, id, 0, 1, 2);
	added = put_at(&desk, id, 1, 2, (int[]){ 5, 6 });
	assert_int_equal(added.added, 2);
	assert_int_equal(added.state.version, 3);
	assert_int_equal(added.state.track_count, 5);
	assert_int_equal(added.state.duration_ms,
			 1000 + 2000 + 3000 + 6000 + 7000);
	assert_string_equal(order_of(&desk, id), "0 5 6 1 2");
	put_at(&desk, id, 0, 1, (int[]){ 7 });
	put_at(&desk, id, 900, 1, (int[]){ 8 });
	assert_string_equal(order_of(&desk, id), "7 0 5 6 1 2 8");
	playlist = get(&desk, id);
	assert_int_equal(playlist.track_count, 7);
	music_close(&desk.music);
}

static void
duplicates_are_added_skipped_or_reported_as_asked(void **state)
{
	struct desk desk;
	int64_t ids[4];
	struct act act = { .addition = { .track_ids = ids,
					 .count = 4,
					 .position = PLAYLIST_AT_END } };

	desk_open(&desk, *state);
	act.playlist = make(&desk, "List", PLAYLIST_PRIVATE);
	PUT(&desk, act.playlist, 0, 1);
	ids[0] = desk.tracks[1];
	ids[1] = desk.tracks[2];
	ids[2] = desk.tracks[2];
	ids[3] = 999999;
	act.addition.duplicates = DUPLICATES_REPORT;
	assert_int_equal(run(&desk, &act, do_put), STATUS_CONFLICT);
	assert_int_equal(act.added.duplicate_count, 2);
	assert_int_equal(act.added.duplicates[0], desk.tracks[1]);
	assert_string_equal(order_of(&desk, act.playlist), "0 1");

	act.addition.duplicates = DUPLICATES_SKIP;
	assert_int_equal(run(&desk, &act, do_put), STATUS_OK);
	assert_int_equal(act.added.added, 1);
	assert_int_equal(act.added.duplicate_count, 2);
	assert_int_equal(act.added.unknown_count, 1);
	assert_int_equal(act.added.unknown[0], 999999);
	assert_string_equal(order_of(&desk, act.playlist), "0 1 2");

	act.addition.duplicates = DUPLICATES_ADD;
	assert_int_equal(run(&desk, &act, do_put), STATUS_OK);
	assert_string_equal(order_of(&desk, act.playlist), "0 1 2 1 2 2");
	assert_true(act.added.item_ids[1] != act.added.item_ids[2]);
	music_close(&desk.music);
}

static void
entries_keep_their_ids_through_every_move(void **state)
{
	static const struct {
		int items[3];
		size_t count;
		int64_t to;
		const char *after;
		int64_t position;
	} moves[] = {
		{ { 0 }, 1, 0, "0 1 2 3 4 5", 0 },
		{ { 0 }, 1, 3, "1 2 3 0 4 5", 3 },
		{ { 5 }, 1, 0, "5 0 1 2 3 4", 0 },
		{ { 2 }, 1, 99, "0 1 3 4 5 2", 5 },
		{ { 4, 1 }, 2, 0, "4 1 0 2 3 5", 0 },
		{ { 0, 1, 2 }, 3, 2, "3 4 0 1 2 5", 2 },
		{ { 1, 3, 5 }, 3, 1, "0 1 3 5 2 4", 1 },
		{ { 3, 3 }, 2, 1, "0 3 1 2 4 5", 1 },
	};
	struct desk desk;

	desk_open(&desk, *state);
	for (size_t i = 0; i < ARRAY_LENGTH(moves); i++) {
		int64_t id = make(&desk, "List", PLAYLIST_PRIVATE), items[3];
		struct playlist_added added = PUT(&desk, id, 0, 1, 2, 3, 4, 5);
		struct act act = { .unlocked = true,
				   .playlist = id,
				   .items = items,
				   .count = moves[i].count,
				   .to = moves[i].to };

		for (size_t k = 0; k < moves[i].count; k++)
			items[k] = added.item_ids[moves[i].items[k]];
		assert_int_equal(run(&desk, &act, do_move), STATUS_OK);
		assert_int_equal(act.position, moves[i].position);
		assert_string_equal(order_of(&desk, id), moves[i].after);
		assert_int_equal(act.state.version, 3);
		assert_int_equal(act.state.track_count, 6);
	}
	music_close(&desk.music);
}

static void
a_move_of_what_is_not_there_changes_nothing(void **state)
{
	struct desk desk;
	int64_t strange, other;
	struct act act = { .unlocked = true, .items = &strange, .count = 1 };

	desk_open(&desk, *state);
	act.playlist = make(&desk, "List", PLAYLIST_PRIVATE);
	other = make(&desk, "Other", PLAYLIST_PRIVATE);
	PUT(&desk, act.playlist, 0, 1);
	strange = PUT(&desk, other, 2).item_ids[0];
	assert_int_equal(run(&desk, &act, do_move), STATUS_NOT_FOUND);
	assert_string_equal(order_of(&desk, act.playlist), "0 1");
	assert_string_equal(order_of(&desk, other), "2");
	act.playlist = 4711;
	assert_int_equal(run(&desk, &act, do_move), STATUS_NOT_FOUND);
	music_close(&desk.music);
}

static void
entries_fit_between_two_others_any_number_of_times(void **state)
{
	struct desk desk;
	int64_t id, items[2];
	struct act act = { .unlocked = true, .count = 1, .to = 1 };
	struct playlist_added added;

	desk_open(&desk, *state);
	act.playlist = id = make(&desk, "List", PLAYLIST_PRIVATE);
	added = PUT(&desk, id, 0, 1, 2, 3);
	memcpy(items, added.item_ids + 2, sizeof items);
	/* The room between the first and the next halves each time. */
	for (int i = 0; i < 100; i++) {
		act.items = &items[i % 2];
		assert_int_equal(run(&desk, &act, do_move), STATUS_OK);
		assert_string_equal(order_of(&desk, id),
				    i % 2 == 0 ? i == 0 ? "0 2 1 3" : "0 2 3 1"
					       : "0 3 2 1");
	}
	music_close(&desk.music);
}

static void
entries_are_removed_by_id_and_position(void **state)
{
	struct desk desk;
	struct playlist_added added;
	int64_t items[3];
	struct act act = { .items = items, .count = 3 };

	desk_open(&desk, *state);
	act.playlist = make(&desk, "List", PLAYLIST_PRIVATE);
	added = PUT(&desk, act.playlist, 0, 1, 2, 3);
	items[0] = added.item_ids[1];
	items[1] = added.item_ids[3];
	items[2] = 999999;
	assert_int_equal(run(&desk, &act, do_take), STATUS_OK);
	assert_int_equal(act.removed, 2);
	assert_int_equal(act.state.track_count, 2);
	assert_int_equal(act.state.duration_ms, 1000 + 3000);
	assert_string_equal(order_of(&desk, act.playlist), "0 2");
	music_close(&desk.music);
}

static void
a_whole_list_is_replaced_or_arranged_anew(void **state)
{
	struct desk desk;
	struct playlist_added added;
	int64_t items[3], ids[2];
	struct act act = { .items = items,
			   .count = 3,
			   .addition = { .track_ids = ids, .count = 2 } };

	desk_open(&desk, *state);
	act.playlist = make(&desk, "List", PLAYLIST_PRIVATE);
	added = PUT(&desk, act.playlist, 0, 1, 2, 3);
	items[0] = added.item_ids[3];
	items[1] = added.item_ids[0];
	items[2] = added.item_ids[2];
	assert_int_equal(run(&desk, &act, do_arrange), STATUS_OK);
	assert_int_equal(act.state.track_count, 3);
	assert_string_equal(order_of(&desk, act.playlist), "3 0 2");
	ids[0] = desk.tracks[9];
	ids[1] = desk.tracks[8];
	assert_int_equal(run(&desk, &act, do_replace), STATUS_OK);
	assert_int_equal(act.added.state.track_count, 2);
	assert_string_equal(order_of(&desk, act.playlist), "9 8");
	act.addition.count = 0;
	assert_int_equal(run(&desk, &act, do_replace), STATUS_OK);
	assert_string_equal(order_of(&desk, act.playlist), "");
	music_close(&desk.music);
}

static void
tracks_that_leave_the_library_hide_and_come_back_to_their_places(void **state)
{
	struct desk desk;
	struct playlist playlist;
	struct act act = { .unlocked = true, .count = 1, .to = 0 };
	struct playlist_added added;

	desk_open(&desk, *state);
	act.playlist = make(&desk, "List", PLAYLIST_PRIVATE);
	added = PUT(&desk, act.playlist, 0, 1, 2, 1, 3);
	music_missing(&desk.music, desk.files[1]);
	music_read(&desk.music, check_work, NULL);
	assert_string_equal(order_of(&desk, act.playlist), "0 2 3");
	playlist = get(&desk, act.playlist);
	assert_int_equal(playlist.track_count, 3);
	assert_int_equal(playlist.hidden_count, 2);
	assert_int_equal(playlist.duration_ms, 1000 + 3000 + 4000);
	/* An edit while they are away. */
	act.items = &added.item_ids[4];
	assert_int_equal(run(&desk, &act, do_move), STATUS_OK);
	assert_string_equal(order_of(&desk, act.playlist), "3 0 2");
	music_restore(&desk.music, desk.files[1]);
	music_read(&desk.music, check_work, NULL);
	assert_string_equal(order_of(&desk, act.playlist), "3 0 1 2 1");
	assert_int_equal(get(&desk, act.playlist).hidden_count, 0);
	music_close(&desk.music);
}

static void
hidden_entries_follow_their_neighbour_when_a_list_is_arranged(void **state)
{
	struct desk desk;
	struct playlist_added added;
	int64_t items[2];
	struct act act = { .items = items, .count = 2 };

	desk_open(&desk, *state);
	act.playlist = make(&desk, "List", PLAYLIST_PRIVATE);
	added = PUT(&desk, act.playlist, 0, 1, 2, 3);
	music_missing(&desk.music, desk.files[1]);
	music_missing(&desk.music, desk.files[3]);
	items[0] = added.item_ids[2];
	items[1] = added.item_ids[0];
	assert_int_equal(run(&desk, &act, do_arrange), STATUS_OK);
	assert_string_equal(order_of(&desk, act.playlist), "2 0");
	music_restore(&desk.music, desk.files[1]);
	music_restore(&desk.music, desk.files[3]);
	music_read(&desk.music, check_work, NULL);
	assert_string_equal(order_of(&desk, act.playlist), "2 3 0 1");
	music_close(&desk.music);
}

static void
a_track_that_became_longer_lengthens_its_playlists(void **state)
{
	struct desk desk;
	struct music_file file;
	int64_t id;

	desk_open(&desk, *state);
	id = make(&desk, "List", PLAYLIST_PRIVATE);
	PUT(&desk, id, 0, 0, 1);
	file = music_file(&desk.music, "album 0/0.flac");
	music_tag(&file, "Track 0", "Artist", "One", "Rock");
	file.media.duration_ms = 5000;
	file.file.size_bytes++;
	music_save(&desk.music, &file);
	music_read(&desk.music, check_work, NULL);
	assert_int_equal(get(&desk, id).duration_ms, 5000 + 5000 + 2000);
	music_close(&desk.music);
}

static void
a_playlist_of_rules_takes_no_tracks_by_hand(void **state)
{
	const char *rules = "{\"match\":\"all\",\"rules\":[]}";
	struct desk desk;
	int64_t filled;
	struct act act = { .addition = { .count = 1 },
			   .draft = { .title = "Rules", .rules = rules } };

	desk_open(&desk, *state);
	act.draft.owner_id = desk.ada;
	act.addition.track_ids = desk.tracks;
	assert_int_equal(run(&desk, &act, do_add), STATUS_OK);
	assert_int_equal(run(&desk, &act, do_put), STATUS_CONFLICT);
	assert_string_equal(act.fault.field, "rules");
	filled = act.playlist = make(&desk, "Filled", PLAYLIST_PRIVATE);
	PUT(&desk, filled, 0);
	act.change = (struct playlist_change){ .rules = &rules };
	assert_int_equal(run(&desk, &act, do_change), STATUS_CONFLICT);
	assert_string_equal(act.fault.field, "rules");
	music_close(&desk.music);
}

/* ---- several editors ------------------------------------------------------
 */

#define EDITORS 4
#define MOVES_EACH 25

struct editor {
	struct desk *desk;
	struct store *store;
	int64_t playlist, items[8];
	unsigned seed;
	bool failed;
};

static void *
editor_run(void *cookie)
{
	struct editor *editor = cookie;

	for (int i = 0; i < MOVES_EACH; i++) {
		unsigned random = editor->seed =
			editor->seed * 1103515245u + 12345u;
		struct act act = {
			.desk = editor->desk,
			.unlocked = true,
			.playlist = editor->playlist,
			.items = &editor->items[random >> 8 & 7],
			.count = 1,
			.to = random >> 16 & 7,
			.does = do_move,
		};

		if (store_write(editor->store, act_work, &act, &act.fault) !=
		    STATUS_OK)
			editor->failed = true;
	}
	return NULL;
}

static void
editors_who_move_at_once_lose_no_entry_and_no_version(void **state)
{
	struct editor editors[EDITORS];
	pthread_t threads[EDITORS];
	struct playlist_added added;
	struct desk desk;
	int64_t id;

	desk_open(&desk, *state);
	id = make(&desk, "List", PLAYLIST_PRIVATE);
	added = PUT(&desk, id, 0, 1, 2, 3, 4, 5, 6, 7);
	for (unsigned i = 0; i < EDITORS; i++) {
		editors[i] = (struct editor){ .desk = &desk,
					      .store = desk.music.store,
					      .playlist = id,
					      .seed = i };
		memcpy(editors[i].items, added.item_ids,
		       sizeof editors[i].items);
	}
	for (unsigned i = 0; i < EDITORS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, editor_run,
						&editors[i]),
				 0);
	for (unsigned i = 0; i < EDITORS; i++) {
		pthread_join(threads[i], NULL);
		assert_false(editors[i].failed);
	}
	music_read(&desk.music, check_work, NULL);
	assert_int_equal(get(&desk, id).version, 2 + EDITORS * MOVES_EACH);
	assert_int_equal(strlen(order_of(&desk, id)), 8 + 7);
	music_close(&desk.music);
}

/* ---- favourites and ratings -----------------------------------------------
 */

struct taste_question {
	struct desk *desk;
	int64_t user, id;
	enum taste_kind kind;
	struct taste taste;
	int64_t ids[PAGE_LIMIT_MAX], times[PAGE_LIMIT_MAX];
	size_t count;
	struct page_request page;
	struct page_info info;
};

static enum status
taste_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct taste_question *question = cookie;

	return taste_get(session, question->user, question->kind, question->id,
			 &question->taste, fault);
}

static enum status
favorites_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct taste_question *question = cookie;

	return favorites_list(session, question->user, question->kind,
			      &question->page, &question->desk->music.arena,
			      question->ids, question->times, &question->count,
			      &question->info, fault);
}

static void
everybody_has_favourites_and_ratings_of_their_own(void **state)
{
	struct desk desk;
	struct act act = { .unlocked = true, .kind = TASTE_TRACK, .rating = 4 };
	struct taste_question question = { .desk = &desk, .kind = TASTE_TRACK };

	desk_open(&desk, *state);
	act.user = question.user = desk.ada;
	act.to = question.id = desk.tracks[3];
	assert_int_equal(run(&desk, &act, do_favorite), STATUS_OK);
	assert_int_equal(run(&desk, &act, do_favorite), STATUS_OK);
	assert_int_equal(run(&desk, &act, do_rate), STATUS_OK);
	music_read(&desk.music, taste_work, &question);
	assert_true(question.taste.favorited_at_ms > 0);
	assert_int_equal(question.taste.rating, 4);
	question.user = desk.bob;
	music_read(&desk.music, taste_work, &question);
	assert_int_equal(question.taste.favorited_at_ms, 0);
	assert_int_equal(question.taste.rating, 0);
	act.rating = 6;
	assert_int_equal(run(&desk, &act, do_rate), STATUS_INVALID);
	assert_string_equal(act.fault.field, "rating");
	act.rating = 0;
	assert_int_equal(run(&desk, &act, do_rate), STATUS_OK);
	assert_int_equal(run(&desk, &act, do_unfavorite), STATUS_OK);
	question.user = desk.ada;
	music_read(&desk.music, taste_work, &question);
	assert_int_equal(question.taste.favorited_at_ms, 0);
	assert_int_equal(question.taste.rating, 0);
	act.to = 999999;
	act.rating = 1;
	assert_int_equal(run(&desk, &act, do_favorite), STATUS_NOT_FOUND);
	assert_int_equal(run(&desk, &act, do_rate), STATUS_NOT_FOUND);
	music_close(&desk.music);
}

static void
favourites_page_newest_first_and_leave_out_what_is_hidden(void **state)
{
	struct desk desk;
	struct act act = { .unlocked = true, .kind = TASTE_TRACK };
	struct taste_question question = { .desk = &desk,
					   .kind = TASTE_TRACK,
					   .page = { .limit = 2 } };
	int seen = 0;

	desk_open(&desk, *state);
	act.user = question.user = desk.ada;
	for (int i = 0; i < 5; i++) {
		act.to = desk.tracks[i];
		assert_int_equal(run(&desk, &act, do_favorite), STATUS_OK);
	}
	music_missing(&desk.music, desk.files[2]);
	do {
		static const int expected[] = { 4, 3, 1, 0 };

		music_read(&desk.music, favorites_work, &question);
		assert_int_equal(question.info.total, 4);
		for (size_t i = 0; i < question.count; i++)
			assert_int_equal(question.ids[i],
					 desk.tracks[expected[seen++]]);
		question.page.cursor = question.info.next_cursor;
	} while (question.page.cursor != NULL);
	assert_int_equal(seen, 4);
	music_restore(&desk.music, desk.files[2]);
	question.page.limit = 100;
	music_read(&desk.music, favorites_work, &question);
	assert_int_equal(question.count, 5);
	music_close(&desk.music);
}

int
main(void)
{
#define ON(driver, scenario)                                                   \
	{                                                                      \
		driver ": " #scenario, scenario, NULL, NULL, (void *)(driver)  \
	}
#define ALL_ON(driver)                                                                 \
	ON(driver, a_playlist_is_made_changed_and_removed),                            \
		ON(driver, titles_that_say_nothing_or_too_much_are_refused),           \
		ON(driver,                                                             \
		   an_unlisted_playlist_opens_with_its_link_until_there_is_a_new_one), \
		ON(driver,                                                             \
		   an_editor_with_an_old_version_is_refused_and_nothing_changes),      \
		ON(driver, lists_show_ones_own_and_what_is_public),                    \
		ON(driver,                                                             \
		   the_search_index_only_ever_hears_of_public_playlists),              \
		ON(driver, tracks_go_in_where_they_are_wanted),                        \
		ON(driver, duplicates_are_added_skipped_or_reported_as_asked),         \
		ON(driver, entries_keep_their_ids_through_every_move),                 \
		ON(driver, a_move_of_what_is_not_there_changes_nothing),               \
		ON(driver,                                                             \
		   entries_fit_between_two_others_any_number_of_times),                \
		ON(driver, entries_are_removed_by_id_and_position),                    \
		ON(driver, a_whole_list_is_replaced_or_arranged_anew),                 \
		ON(driver,                                                             \
		   tracks_that_leave_the_library_hide_and_come_back_to_their_places),  \
		ON(driver,                                                             \
		   hidden_entries_follow_their_neighbour_when_a_list_is_arranged),     \
		ON(driver,                                                             \
		   a_track_that_became_longer_lengthens_its_playlists),                \
		ON(driver, a_playlist_of_rules_takes_no_tracks_by_hand),               \
		ON(driver,                                                             \
		   editors_who_move_at_once_lose_no_entry_and_no_version),             \
		ON(driver, everybody_has_favourites_and_ratings_of_their_own),         \
		ON(driver,                                                             \
		   favourites_page_newest_first_and_leave_out_what_is_hidden)

	const struct CMUnitTest tests[] = {
		ALL_ON("sqlite"),
		ALL_ON("postgres"),
	};

	if (SANITIZED_THREADS) /* all else is one thread's */
		cmocka_set_test_filter("*at_once*");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
