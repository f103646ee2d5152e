/* test_duplicates.c - tracks that sound the same: found, merged, taken apart
 * again, on both stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "library/channel_queue.h"
#include "library/channels.h"
#include "library/duplicates.h"
#include "library/edits.h"
#include "library/fingerprints.h"
#include "library/listening.h"
#include "library/outbox.h"
#include "library/playlist_tracks.h"
#include "library/playlists.h"
#include "library/taste.h"
#include "library/track_analysis.h"
#include "library/track_match.h"
#include "library/users.h"
#include "tests/support/music.h"

#define WORDS 900

struct house {
	struct music music;
	int64_t ada, bob; /* users */
	int64_t flac, mp3, other; /* tracks: one recording twice, another */
	struct music_file mp3_file;
	int64_t playlist, both, channel;
};

/* ---- sounds --------------------------------------------------------------- */

static uint32_t seed;

static uint32_t
dice(void)
{
	seed = seed * 1664525u + 1013904223u;
	return seed >> 16 ^ seed << 13;
}

/* What is heard of recording number `piece` without its first words and with
 * some bits of a thousand changed. */
static struct fingerprint
print_of(struct house *house, uint32_t piece, size_t cut, uint32_t worn)
{
	struct fingerprint print = {
		arena_new(&house->music.arena, uint32_t, WORDS), WORDS - cut
	};

	seed = piece * 7919;
	for (size_t i = 0; i < WORDS; i++) {
		uint32_t word = dice();

		if (i >= cut)
			print.words[i - cut] = word;
	}
	for (size_t i = 0; i < print.count; i++)
		for (int bit = 0; bit < 32; bit++)
			if (dice() % 1000 < worn)
				print.words[i] ^= 1u << bit;
	return print;
}

struct hearing {
	int64_t track_id;
	struct media_analysis heard;
};

static enum status
hear_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct hearing *hearing = cookie;

	return analysis_save(session, hearing->track_id, 1, &hearing->heard,
			     NULL, 1234567, fault);
}

static void
must(enum status status, const struct fault *fault)
{
	if (status != STATUS_OK)
		fail_msg("%s: %s", status_name(status), fault->message);
}

static void
hear(struct house *house, int64_t track_id, struct fingerprint print)
{
	struct hearing hearing = {
		.track_id = track_id,
		.heard = { .sample_rate_hz = 44100, .channels = 2,
			   .fingerprint = { (const char *)print.words,
					    print.count * 4 } },
	};
	struct fault fault = { 0 };

	must(store_write(house->music.store, hear_work, &hearing, &fault),
	     &fault);
}

struct looking {
	int64_t track_id;
	size_t pairs;
};

static enum status
look_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct looking *looking = cookie;

	return duplicates_look_up(session, looking->track_id, 1000,
				  &looking->pairs, fault);
}

/* Looks up what waits; how many pairs were new. */
static size_t
look_up_all(struct house *house)
{
	size_t pairs = 0;
	int64_t id;

	while ((id = music_number(&house->music,
				  "select coalesce(min(track_id), 0) "
				  "from track_analysis where looked_up = $1",
				  0)) != 0) {
		struct looking looking = { .track_id = id };
		struct fault fault = { 0 };

		must(store_write(house->music.store, look_work, &looking,
				 &fault), &fault);
		pairs += looking.pairs;
	}
	return pairs;
}

/* ---- groups ----------------------------------------------------------------- */

struct listing {
	struct house *house;
	enum duplicates_state state;
	bool sure_only;
	struct duplicate_list out;
};

static enum status
list_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct page_request page = { .limit = 10 };
	struct listing *listing = cookie;

	return duplicates_list(session, listing->state, listing->sure_only,
			       &page, &listing->house->music.arena,
			       &listing->out, fault);
}

static struct duplicate_list
groups(struct house *house, enum duplicates_state state)
{
	struct listing listing = { .house = house, .state = state };

	music_read(&house->music, list_work, &listing);
	return listing.out;
}

static size_t
sure_groups(struct house *house)
{
	struct listing listing = { .house = house, .sure_only = true };

	music_read(&house->music, list_work, &listing);
	return listing.out.count;
}

/* The only open group. */
static struct duplicate_group
group_of(struct house *house)
{
	struct duplicate_list list = groups(house, DUPLICATES_OPEN);

	assert_int_equal(list.count, 1);
	return list.items[0];
}

struct deciding {
	struct duplicate_decision decision;
	bool undo;
};

static enum status
decide_work(struct catalogue *catalogue, struct store_session *session,
	    void *cookie, struct fault *fault)
{
	const struct deciding *deciding = cookie;

	(void)session;
	return deciding->undo ?
		       duplicates_undo(catalogue, deciding->decision.group_id,
				       fault) :
		       duplicates_merge(catalogue, &deciding->decision, fault);
}

static enum status
check_work(struct store_session *session, void *cookie, struct fault *fault)
{
	enum status status = catalogue_check(session, fault);

	(void)cookie;
	return status == STATUS_OK ? playlist_tracks_check(session, fault) :
				     status;
}

static enum status
decide(struct house *house, struct deciding deciding)
{
	struct fault fault = { 0 };
	enum status status = catalogue_write(house->music.catalogue,
					     decide_work, &deciding, &fault);

	music_read(&house->music, check_work, NULL);
	return status;
}

static enum status
merge(struct house *house, int64_t group_id, int64_t keep)
{
	return decide(house, (struct deciding){
				     { group_id, keep, house->ada }, false });
}

static enum status
undo(struct house *house, int64_t group_id)
{
	return decide(house, (struct deciding){ { .group_id = group_id },
						true });
}

static enum status
dismiss_work(struct store_session *session, void *cookie, struct fault *fault)
{
	return duplicates_dismiss(session, cookie, 2000, fault);
}

static enum status
dismiss(struct house *house, int64_t group_id, int64_t track_id)
{
	struct duplicate_decision decision = { group_id, track_id,
					       house->ada };
	struct fault fault = { 0 };

	return store_write(house->music.store, dismiss_work, &decision, &fault);
}

/* ---- a house ------------------------------------------------------------------ */

static int64_t
song_save(struct house *house, const char *path, const char *codec,
	  uint32_t bitrate_bps, const char *title, const char *album)
{
	struct music_file file = music_file(&house->music, path);

	music_tag(&file, title, "Artist", album, "Rock");
	file.media.codec = codec;
	file.media.bitrate_bps = bitrate_bps;
	if (strcmp(codec, "mp3") == 0) {
		file.media.duration_ms = 175000;
		house->mp3_file = file;
	}
	return music_save(&house->music, &file).track_id;
}

static enum status
add_users(struct store_session *session, void *cookie, struct fault *fault)
{
	struct house *house = cookie;
	enum status status = users_add(
		session,
		&(struct user_draft){ .username = "ada", .role = "user" },
		&house->ada, fault);

	if (status == STATUS_OK)
		status = users_add(session,
				   &(struct user_draft){ .username = "bob",
							 .role = "user" },
				   &house->bob, fault);
	return status;
}

static void
house_open(struct house *house, const char *driver)
{
	struct fault fault = { 0 };

	*house = (struct house){ 0 };
	music_open(&house->music, driver);
	must(store_write(house->music.store, add_users, house, &fault), &fault);
	house->flac = song_save(house, "a/1.flac", "flac", 900000, "Song",
				"One");
	house->mp3 = song_save(house, "b/1.mp3", "mp3", 192000, "Song", NULL);
	house->other = song_save(house, "a/2.flac", "flac", 900000, "Else",
				 "One");
}

static void
house_hear(struct house *house)
{
	hear(house, house->flac, print_of(house, 1, 0, 0));
	hear(house, house->mp3, print_of(house, 1, 40, 50));
	hear(house, house->other, print_of(house, 2, 0, 0));
	assert_int_equal(look_up_all(house), 1);
}

/* ---- finding -------------------------------------------------------------------- */

static void
the_same_recording_in_another_format_is_one_group(void **state)
{
	struct duplicate_group group;
	struct house house;
	int64_t opus;

	house_open(&house, *state);
	house_hear(&house);
	group = group_of(&house);
	assert_int_equal(group.count, 2);
	assert_int_equal(group.best_id, house.flac);
	assert_int_equal(group.best_reason, BEST_LOSSLESS);
	assert_int_equal(group.tracks[1].track.id, house.mp3);
	assert_string_equal(group.tracks[1].path, "b/1.mp3");
	assert_true(group.confidence > 0.85 && group.confidence < 0.95);
	assert_true(group.sure);
	assert_false(group.same_audio);

	/* one that comes later joins them, once */
	opus = song_save(&house, "c/1.opus", "opus", 96000, "Song", NULL);
	hear(&house, opus, print_of(&house, 1, 20, 30));
	assert_int_equal(look_up_all(&house), 2);
	assert_int_equal(group_of(&house).count, 3);
	hear(&house, opus, print_of(&house, 1, 20, 30));
	assert_int_equal(look_up_all(&house), 0);
	assert_int_equal(group_of(&house).count, 3);
	assert_int_equal(music_number(&house.music,
				      "select count(*) from fingerprint_marks "
				      "where track_id = $1", opus),
			 FINGERPRINT_MARKS);
	music_close(&house.music);
}

static void
a_copy_of_a_file_is_found_without_a_print(void **state)
{
	struct duplicate_group group;
	struct music_file file;
	struct house house;
	int64_t copy;

	house_open(&house, *state);
	file = music_file(&house.music, "copies/1.mp3");
	music_tag(&file, "Song", "Artist", NULL, NULL);
	file.media.codec = "mp3";
	file.media.bitrate_bps = 192000;
	file.media.duration_ms = 175000;
	music_same_audio(&file, &house.mp3_file);
	copy = music_save(&house.music, &file).track_id;
	hear(&house, house.mp3, (struct fingerprint){ 0 });
	hear(&house, copy, (struct fingerprint){ 0 });
	look_up_all(&house);
	group = group_of(&house);
	assert_true(group.same_audio && group.sure);
	assert_true(group.confidence == 1);
	assert_int_equal(group.best_id, house.mp3); /* has a genre */
	assert_int_equal(group.best_reason, BEST_TAGS);
	music_close(&house.music);
}

static void
another_length_is_another_version(void **state)
{
	struct music_file edit;
	struct house house;
	int64_t id;

	house_open(&house, *state);
	edit = music_file(&house.music, "a/edit.flac");
	music_tag(&edit, "Song (Radio Edit)", "Artist", "One", NULL);
	edit.media.duration_ms = 150000;
	id = music_save(&house.music, &edit).track_id;
	hear(&house, id, print_of(&house, 1, 0, 0));
	hear(&house, house.flac, print_of(&house, 1, 0, 0));
	assert_int_equal(look_up_all(&house), 0);
	assert_int_equal(groups(&house, DUPLICATES_OPEN).count, 0);
	music_close(&house.music);
}

static void
what_tags_contradict_is_not_sure(void **state)
{
	struct house house;
	int64_t best_of;

	house_open(&house, *state);
	best_of = song_save(&house, "best/9.flac", "flac", 900000, "Song",
			    "Best of");
	hear(&house, house.flac, print_of(&house, 1, 0, 0));
	hear(&house, best_of, print_of(&house, 1, 0, 0));
	look_up_all(&house);
	assert_false(group_of(&house).sure);
	assert_int_equal(sure_groups(&house), 0);
	assert_true(group_of(&house).confidence == 1);
	music_close(&house.music);
}

static void
what_was_dismissed_never_comes_again(void **state)
{
	struct duplicate_group group;
	struct house house;
	int64_t opus;

	house_open(&house, *state);
	house_hear(&house);
	group = group_of(&house);
	assert_int_equal(dismiss(&house, group.id, 0), STATUS_OK);
	assert_int_equal(dismiss(&house, group.id, 0), STATUS_CONFLICT);
	hear(&house, house.mp3, print_of(&house, 1, 40, 50));
	look_up_all(&house);
	assert_int_equal(groups(&house, DUPLICATES_OPEN).count, 0);
	assert_int_equal(groups(&house, DUPLICATES_DISMISSED).count, 1);

	/* a third one is asked about, but does not bring the two together */
	opus = song_save(&house, "c/1.opus", "opus", 96000, "Song", NULL);
	hear(&house, opus, print_of(&house, 1, 20, 30));
	look_up_all(&house);
	assert_int_equal(group_of(&house).count, 2);
	assert_int_equal(undo(&house, group.id), STATUS_CONFLICT);
	assert_int_equal(dismiss(&house, group_of(&house).id, 0), STATUS_OK);
	assert_int_equal(undo(&house, group.id), STATUS_OK);
	assert_int_equal(group_of(&house).id, group.id);
	music_close(&house.music);
}

static void
one_track_of_three_can_be_none_of_them(void **state)
{
	struct house house;
	int64_t opus, group_id;

	house_open(&house, *state);
	opus = song_save(&house, "c/1.opus", "opus", 96000, "Song", NULL);
	hear(&house, opus, print_of(&house, 1, 20, 30));
	hear(&house, house.flac, print_of(&house, 1, 0, 0));
	hear(&house, house.mp3, print_of(&house, 1, 40, 50));
	look_up_all(&house);
	group_id = group_of(&house).id;
	assert_int_equal(dismiss(&house, group_id, house.other),
			 STATUS_INVALID);
	assert_int_equal(dismiss(&house, group_id, opus), STATUS_OK);
	assert_int_equal(group_of(&house).count, 2);
	hear(&house, opus, print_of(&house, 1, 20, 30));
	look_up_all(&house);
	assert_int_equal(group_of(&house).count, 2);
	music_close(&house.music);
}

/* ---- merging ------------------------------------------------------------------------ */

static enum status
people_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct house *house = cookie;
	const struct counted_play plays[] = {
		{ 1, 1700000000000, house->ada, house->mp3 },
		{ 2, 1700000060000, house->ada, house->mp3 },
		{ 3, 1700000030000, house->ada, house->flac },
		{ 4, 1700000090000, house->bob, house->mp3 },
	};
	enum status status = plays_count(session, 1, plays, 4, fault);

	if (status == STATUS_OK)
		status = favorites_add(session, house->ada, TASTE_TRACK,
				       house->mp3, fault);
	if (status == STATUS_OK)
		status = favorites_add(session, house->bob, TASTE_TRACK,
				       house->mp3, fault);
	if (status == STATUS_OK)
		status = favorites_add(session, house->bob, TASTE_TRACK,
				       house->flac, fault);
	if (status == STATUS_OK)
		status = ratings_set(session, house->ada, TASTE_TRACK,
				     house->mp3, 4, fault);
	if (status == STATUS_OK)
		status = ratings_set(session, house->bob, TASTE_TRACK,
				     house->mp3, 2, fault);
	if (status == STATUS_OK)
		status = ratings_set(session, house->bob, TASTE_TRACK,
				     house->flac, 5, fault);
	return status;
}

static enum status
playlist_make(struct store_session *session, struct house *house,
	      const int64_t *tracks, size_t count, int64_t *id,
	      struct fault *fault)
{
	struct playlist_draft draft = { .owner_id = house->ada,
					.title = "List" };
	struct playlist_addition addition = { .track_ids = tracks,
					      .count = count,
					      .position = PLAYLIST_AT_END };
	struct playlist_added added;
	enum status status = playlists_add(session, &draft, id, fault);

	if (status == STATUS_OK)
		status = playlist_tracks_add(session, *id, &addition,
					     &house->music.arena, &added,
					     fault);
	return status;
}

static enum status
lists_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct house *house = cookie;
	const int64_t one[] = { house->other, house->mp3, house->mp3 };
	const int64_t two[] = { house->mp3, house->other, house->flac };
	struct channel_settings settings = { .title = "Radio" };
	int64_t version;
	enum status status = outbox_begin(session, fault);

	if (status == STATUS_OK)
		status = playlist_make(session, house, one, 3, &house->playlist,
				       fault);
	if (status == STATUS_OK)
		status = playlist_make(session, house, two, 3, &house->both,
				       fault);
	if (status == STATUS_OK)
		status = channels_add(session, 0, &settings, &house->channel,
				      fault);
	if (status == STATUS_OK)
		status = channel_queue_add(
			session,
			&(struct queue_item){ .id = "queue-item-1",
					      .channel_id = house->channel,
					      .title = "Song",
					      .track_id = house->mp3 },
			0, 0, &version, fault);
	return status;
}

/* People hear, love and gather both tracks. */
static void
people_use(struct house *house)
{
	struct fault fault = { 0 };

	must(store_write(house->music.store, people_work, house, &fault),
	     &fault);
	must(store_write(house->music.store, lists_work, house, &fault),
	     &fault);
}

/* All that a merge touches, but for versions and times of change. */
static const char *const touched[] = {
	"select id, visible, hidden, coalesce(merged_into, 0), play_count, "
	"popularity from tracks order by id",
	"select id, track_count, duration_ms, popularity, 0, 0 from albums "
	"order by id",
	"select id, track_count, duration_ms, popularity, 0, 0 from artists "
	"order by id",
	"select id, playlist_id, track_id, hidden, place, 0 "
	"from playlist_tracks order by id",
	"select id, track_count, hidden_count, duration_ms, 0, 0 "
	"from playlists order by id",
	"select id, user_id, entity_id, created_at, 0, 0 from favorites "
	"order by id",
	"select user_id, entity_id, rating, updated_at, 0, 0 from ratings "
	"order by user_id, entity_id",
	"select user_id, track_id, plays, last_played_at, 0, 0 "
	"from user_tracks order by user_id, track_id",
	"select track_id, place, 0, 0, 0, 0 from queue_items order by id",
};

static enum status
dump_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct buffer *out = cookie;
	enum status status = STATUS_OK;

	buffer_clear(out);
	for (size_t i = 0; i < ARRAY_LENGTH(touched) && status == STATUS_OK;
	     i++) {
		struct store_rows *rows;

		buffer_print(out, "-- %zu\n", i);
		status = sql_query(session, touched[i], SQL_NO_ARGS, &rows,
				   fault);
		while (status == STATUS_OK && sql_next(rows, &status, fault)) {
			for (int k = 0; k < 6; k++)
				buffer_print(out, "%lld ",
					     (long long)sql_column_int(rows,
								       k));
			buffer_add_char(out, '\n');
		}
		sql_end(rows);
	}
	return status;
}

static const char *
dump(struct house *house)
{
	struct buffer out;
	const char *text;

	buffer_init(&out, 0);
	music_read(&house->music, dump_work, &out);
	text = arena_copy_text(&house->music.arena, out.bytes);
	buffer_release(&out);
	return text;
}

static int64_t
number(struct house *house, const char *sql, int64_t argument)
{
	return music_number(&house->music, sql, argument);
}

struct getting {
	struct house *house;
	int64_t id;
	struct track track;
	struct heard_track heard;
	struct track *many;
	size_t count;
};

static enum status
get_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct getting *getting = cookie;
	struct arena *arena = &getting->house->music.arena;
	const int64_t ids[] = { getting->house->other, getting->id, -1 };
	enum status status = tracks_get(session, getting->id, arena,
					&getting->track, fault);

	if (status == STATUS_OK)
		status = tracks_get_many(session, ids, 3, arena,
					 &getting->many, &getting->count,
					 fault);
	if (status == STATUS_OK)
		status = heard_tracks_get(session, &getting->id, 1,
					  &getting->heard, fault);
	return status;
}

/* Which track answers for this id, wherever it is asked for. */
static int64_t
answers(struct house *house, int64_t id)
{
	struct getting getting = { .house = house, .id = id };

	music_read(&house->music, get_work, &getting);
	assert_int_equal(getting.count, 2);
	assert_int_equal(getting.many[1].id, getting.track.id);
	assert_int_equal(getting.heard.id, getting.track.id);
	return getting.track.id;
}

static void
the_kept_track_takes_over_all_that_people_have(void **state)
{
	struct duplicate_group group;
	struct house house;

	house_open(&house, *state);
	house_hear(&house);
	people_use(&house);
	group = group_of(&house);
	assert_int_equal(merge(&house, group.id, house.other),
			 STATUS_INVALID);
	assert_int_equal(merge(&house, group.id + 99, house.flac),
			 STATUS_NOT_FOUND);
	assert_int_equal(merge(&house, group.id, house.flac), STATUS_OK);
	assert_int_equal(merge(&house, group.id, house.flac),
			 STATUS_CONFLICT);

	assert_int_equal(answers(&house, house.mp3), house.flac);
	assert_int_equal(answers(&house, house.flac), house.flac);
	assert_int_equal(number(&house, "select play_count from tracks "
				"where id = $1", house.flac), 4);
	assert_int_equal(number(&house, "select plays from user_tracks "
				"where user_id = $1 and track_id = (select "
				"min(id) from tracks)", house.ada), 3);
	/* one favourite each, their own ratings */
	assert_int_equal(number(&house, "select count(*) from favorites "
				"where entity_id = $1", house.flac), 2);
	assert_int_equal(number(&house, "select sum(rating) from ratings "
				"where entity_id = $1", house.flac), 4 + 5);
	/* in its places, and not twice where it was in already */
	assert_int_equal(number(&house, "select count(*) from playlist_tracks "
				"where hidden = 0 and playlist_id = $1 "
				"and track_id in (select min(id) from tracks)",
				house.playlist), 2);
	assert_int_equal(number(&house, "select track_count from playlists "
				"where id = $1", house.both), 2);
	assert_int_equal(number(&house, "select track_id from queue_items "
				"where channel_id = $1", house.channel),
			 house.flac);
	assert_int_equal(groups(&house, DUPLICATES_MERGED).items[0].kept_id,
			 house.flac);

	/* a scan does not bring it back, nor does showing it */
	house.mp3_file.file.modified_ns++;
	house.mp3_file.media.year = 1999;
	music_save(&house.music, &house.mp3_file);
	assert_int_equal(answers(&house, house.mp3), house.flac);
	music_read(&house.music, check_work, NULL);
	music_close(&house.music);
}

static enum status
show_work(struct catalogue *catalogue, struct store_session *session,
	  void *cookie, struct fault *fault)
{
	const struct house *house = cookie;

	(void)session;
	return tracks_set_hidden(catalogue, &house->mp3, 1, false, NULL,
				 fault);
}

static void
the_way_back_restores_everything(void **state)
{
	struct fault fault = { 0 };
	struct house house;
	const char *before;
	int64_t group_id;

	house_open(&house, *state);
	house_hear(&house);
	people_use(&house);
	group_id = group_of(&house).id;
	before = dump(&house);
	assert_int_equal(undo(&house, group_id), STATUS_CONFLICT);
	for (int i = 0; i < 2; i++) { /* either may be kept */
		assert_int_equal(merge(&house, group_id,
				       i ? house.mp3 : house.flac),
				 STATUS_OK);
		assert_string_not_equal(dump(&house), before);
		if (i == 0)
			assert_int_equal(
				catalogue_write(house.music.catalogue,
						show_work, &house, &fault),
				STATUS_CONFLICT);
		assert_int_equal(undo(&house, group_id), STATUS_OK);
		assert_string_equal(dump(&house), before);
		assert_int_equal(group_of(&house).id, group_id);
	}
	assert_int_equal(answers(&house, house.mp3), house.mp3);
	music_close(&house.music);
}

static enum status
since_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct house *house = cookie;
	const struct counted_play play = { 5, 1800000000000, house->ada,
					   house->mp3 };
	int64_t item = 0;
	size_t removed;
	struct playlist_state state;
	enum status status = plays_count(session, 1, &play, 1, fault);

	if (status == STATUS_OK)
		status = favorites_remove(session, house->ada, TASTE_TRACK,
					  house->flac, fault);
	if (status == STATUS_OK)
		status = ratings_set(session, house->ada, TASTE_TRACK,
				     house->flac, 1, fault);
	if (status == STATUS_OK)
		status = playlist_tracks_at(session, house->playlist, 1, &item,
					    fault);
	if (status == STATUS_OK)
		status = playlist_tracks_remove(session, house->playlist,
						&item, 1, 0, &removed, &state,
						fault);
	return status;
}

static void
what_was_changed_since_stays_changed(void **state)
{
	struct fault fault = { 0 };
	struct house house;
	int64_t group_id;

	house_open(&house, *state);
	house_hear(&house);
	people_use(&house);
	group_id = group_of(&house).id;
	assert_int_equal(merge(&house, group_id, house.flac), STATUS_OK);
	must(store_write(house.music.store, since_work, &house, &fault),
	     &fault);
	assert_int_equal(undo(&house, group_id), STATUS_OK);

	/* the play since was the kept track's */
	assert_int_equal(number(&house, "select play_count from tracks "
				"where id = $1", house.mp3), 3);
	assert_int_equal(number(&house, "select play_count from tracks "
				"where id = $1", house.flac), 2);
	assert_int_equal(number(&house, "select last_played_at from "
				"user_tracks where track_id = $1 "
				"and plays = 2", house.flac), 1800000000000);
	/* Ada loves neither any more, and rates the kept one */
	assert_int_equal(number(&house, "select count(*) from favorites "
				"where user_id = $1", house.ada), 0);
	assert_int_equal(number(&house, "select sum(rating) from ratings "
				"where entity_id = $1", house.flac), 1 + 5);
	assert_int_equal(number(&house, "select sum(rating) from ratings "
				"where entity_id = $1", house.mp3), 2);
	/* the entry that was taken out stays out, the other one goes back */
	assert_int_equal(number(&house, "select count(*) from playlist_tracks "
				"where playlist_id = $1", house.playlist), 2);
	assert_int_equal(number(&house, "select count(*) from playlist_tracks "
				"where track_id = $1", house.mp3), 2);
	music_close(&house.music);
}

static enum status
merges_work(struct store_session *session, void *cookie, struct fault *fault)
{
	return duplicates_merges_count(session, cookie, fault);
}

/* Whoever keeps in mind what is merged asks for this number. */
static int64_t
merges_of(struct house *house)
{
	struct fault fault = { 0 };
	int64_t count = -1;

	must(store_read(house->music.store, merges_work, &count, &fault),
	     &fault);
	return count;
}

static void
merges_are_taken_back_in_turn(void **state)
{
	struct house house;
	int64_t opus, first, second, merges;
	const char *before;

	house_open(&house, *state);
	house_hear(&house);
	people_use(&house);
	before = dump(&house);
	first = group_of(&house).id;
	merges = merges_of(&house);
	assert_int_equal(merge(&house, first, house.mp3), STATUS_OK);
	assert_int_equal(merges_of(&house), ++merges);
	opus = song_save(&house, "c/1.opus", "opus", 96000, "Song", NULL);
	hear(&house, opus, print_of(&house, 1, 40, 50));
	look_up_all(&house);
	second = group_of(&house).id;
	assert_int_equal(merge(&house, second, opus), STATUS_OK);
	assert_int_equal(answers(&house, house.flac), opus);
	merges = merges_of(&house);
	assert_int_equal(undo(&house, first), STATUS_CONFLICT);
	assert_int_equal(merges_of(&house), merges);
	assert_int_equal(undo(&house, second), STATUS_OK);
	assert_true(merges_of(&house) > merges);
	assert_int_equal(dismiss(&house, second, 0), STATUS_OK);
	assert_int_equal(undo(&house, first), STATUS_OK);
	assert_int_equal(answers(&house, house.flac), house.flac);
	assert_ptr_not_equal(strstr(dump(&house), "-- 3"), NULL);
	assert_string_equal(strstr(dump(&house), "-- 3"),
			    strstr(before, "-- 3"));
	music_close(&house.music);
}

/* ---- playlists of others ------------------------------------------------------------ */

struct matching {
	struct track_wanted wanted;
	int64_t track_id;
	enum track_matched how;
};

static enum status
match_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct matching *matching = cookie;
	struct track_matcher *matcher;
	enum status status = track_matcher_new(session, &matcher, fault);

	if (status != STATUS_OK)
		return status;
	status = track_match(matcher, &matching->wanted, &matching->track_id,
			     &matching->how, fault);
	track_matcher_free(matcher);
	return status;
}

static const char *
print_text(struct house *house, struct fingerprint print)
{
	struct buffer text;
	const char *copy;

	buffer_init(&text, 0);
	fingerprint_print(&print, &text);
	copy = arena_copy_text(&house->music.arena, text.bytes);
	buffer_release(&text);
	return copy;
}

static void
an_entry_of_a_playlist_is_found_by_its_print(void **state)
{
	struct matching matching = {
		.wanted = { .title = "Nobody Has This", .artist = "Nobody",
			    .path = "else/where.ogg", .duration_ms = 178000 },
	};
	struct house house;

	house_open(&house, *state);
	house_hear(&house);
	matching.wanted.fingerprint =
		print_text(&house, print_of(&house, 2, 10, 30));
	music_read(&house.music, match_work, &matching);
	assert_int_equal(matching.how, MATCHED_FINGERPRINT);
	assert_int_equal(matching.track_id, house.other);
	matching.wanted.duration_ms = 60000; /* another version */
	music_read(&house.music, match_work, &matching);
	assert_int_equal(matching.how, MATCHED_NOT);
	matching.wanted.fingerprint = "AQAAC no print";
	music_read(&house.music, match_work, &matching);
	assert_int_equal(matching.how, MATCHED_NOT);

	/* by its path: the track that took its place */
	assert_int_equal(merge(&house, group_of(&house).id, house.flac),
			 STATUS_OK);
	matching.wanted = (struct track_wanted){ .path = "b/1.mp3" };
	music_read(&house.music, match_work, &matching);
	assert_int_equal(matching.how, MATCHED_PATH);
	assert_int_equal(matching.track_id, house.flac);
	music_close(&house.music);
}

#define ON(test, driver) \
	{ #test " on " driver, test, NULL, NULL, (void *)(uintptr_t)driver }
#define ON_BOTH(test) ON(test, "sqlite"), ON(test, "postgres")

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(the_same_recording_in_another_format_is_one_group),
		ON_BOTH(a_copy_of_a_file_is_found_without_a_print),
		ON_BOTH(another_length_is_another_version),
		ON_BOTH(what_tags_contradict_is_not_sure),
		ON_BOTH(what_was_dismissed_never_comes_again),
		ON_BOTH(one_track_of_three_can_be_none_of_them),
		ON_BOTH(the_kept_track_takes_over_all_that_people_have),
		ON_BOTH(the_way_back_restores_everything),
		ON_BOTH(what_was_changed_since_stays_changed),
		ON_BOTH(merges_are_taken_back_in_turn),
		ON_BOTH(an_entry_of_a_playlist_is_found_by_its_print),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
