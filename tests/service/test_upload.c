/* test_upload.c - files that people send: resumed, refused, taken in once,
 * whoever is killed when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <dirent.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "house.h"

#include "base/clock.h"
#include "base/file.h"
#include "library/artists.h"
#include "library/edits.h"
#include "library/ownership.h"
#include "library/sources.h"
#include "library/tracks.h"
#include "library/users.h"
#include "service/upload.h"

struct desk {
	struct house *house;
	struct upload_settings settings;
	struct upload_service *service;
	struct caller moderator, artist, other;
	char data[160]; /* of the service */
	struct arena arena;
	struct fault fault;
};

static const struct song song = { .title = "First", .artist = "Band",
				  .album = "Debut", .album_artist = "Band",
				  .track = 1 };

/* ---- a desk that takes files ------------------------------------------------- */

struct person_add {
	const char *name, *role;
	int64_t id;
};

static enum status
person_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct person_add *person = cookie;
	const struct user_draft draft = { .username = person->name,
					  .role = person->role };

	return users_add(session, &draft, &person->id, fault);
}

static struct caller
person(struct desk *desk, const char *name, const char *role)
{
	struct person_add add = { name, role, 0 };

	if (store_write(desk->house->store, person_work, &add, &desk->fault) !=
	    STATUS_OK)
		fail_msg("%s", desk->fault.message);
	return (struct caller){ .user_id = add.id,
				.role = user_role_of(role),
				.username = name };
}

static void
service_open(struct desk *desk)
{
	const struct upload_args args = { .store = desk->house->store,
					  .scan = &desk->house->services,
					  .settings = &desk->settings,
					  .data_dir = desk->data };

	if (upload_open(&args, &desk->service, &desk->fault) != STATUS_OK)
		fail_msg("%s", desk->fault.message);
}

static int
desk_setup(void **state)
{
	struct desk *desk = mem_new(1, sizeof *desk);

	house_setup(state);
	desk->house = *state;
	arena_init(&desk->arena);
	desk->settings = (struct upload_settings){
		.path = "", .limit_bytes = 8 << 20, .unfinished_max = 50,
		.unfinished_bytes = 64 << 20, .expires_hours = 24,
		.fetch_seconds = 10,
	};
	snprintf(desk->data, sizeof desk->data, "%s/desk", desk->house->root);
	assert_int_equal(folder_make(desk->data, NULL), STATUS_OK);
	service_open(desk);
	desk->moderator = person(desk, "mod", "moderator");
	desk->artist = person(desk, "artist", "artist");
	desk->other = person(desk, "other", "artist");
	*state = desk;
	return 0;
}

static int
desk_teardown(void **state)
{
	struct desk *desk = *state;
	void *house = desk->house;

	upload_close(desk->service);
	arena_release(&desk->arena);
	house_teardown(&house);
	free(desk);
	return 0;
}

/* ---- sending ------------------------------------------------------------------- */

/* The bytes of a song, made below the house's music folder. */
static struct span
song_bytes(struct desk *desk, const struct song *what)
{
	struct buffer bytes;
	size_t length;
	char *text;

	house_song(desk->house, "sent.mp3", what);
	buffer_init(&bytes, 0);
	assert_int_equal(file_read(house_path(desk->house, "sent.mp3"),
				   8 << 20, &bytes, NULL),
			 STATUS_OK);
	length = bytes.length;
	text = arena_copy_bytes(&desk->arena, bytes.bytes, length);
	buffer_release(&bytes);
	return (struct span){ text, length };
}

static int64_t
begin(struct desk *desk, const struct caller *caller, const char *name,
      size_t size)
{
	const struct upload_wish wish = { .name = name,
					  .size_bytes = (int64_t)size };
	int64_t id = 0;

	if (upload_begin(desk->service, caller, &wish, &id, &desk->fault) !=
	    STATUS_OK)
		fail_msg("%s", desk->fault.message);
	return id;
}

/* One request: these bytes at this offset. */
static enum status
send_at(struct desk *desk, const struct caller *caller, int64_t id,
	int64_t offset, struct span bytes, bool *complete)
{
	const struct upload_writing writing = { .id = id, .offset = offset };
	struct upload_writer *writer = NULL;
	int64_t now = 0;
	enum status status = upload_write_open(desk->service, caller, &writing,
					       &writer, &desk->fault);

	*complete = false;
	if (status == STATUS_OK)
		status = upload_write(writer, bytes.at, bytes.length,
				      &desk->fault);
	if (status == STATUS_OK)
		status = upload_write_commit(writer, &now, complete,
					     &desk->fault);
	if (status == STATUS_OK)
		assert_int_equal(now, offset + (int64_t)bytes.length);
	upload_write_close(writer);
	return status;
}

static int64_t
send_whole(struct desk *desk, const struct caller *caller, const char *name,
	   struct span bytes)
{
	int64_t id = begin(desk, caller, name, bytes.length);
	bool complete;

	if (send_at(desk, caller, id, 0, bytes, &complete) != STATUS_OK)
		fail_msg("%s", desk->fault.message);
	assert_true(complete);
	return id;
}

static struct upload
look(struct desk *desk, int64_t id)
{
	const struct caller admin = { .user_id = 1,
				      .role = USER_ROLE_ADMIN };
	struct upload upload = { 0 };

	if (upload_look(desk->service, &admin, id, &desk->arena, &upload,
			&desk->fault) != STATUS_OK)
		fail_msg("%s", desk->fault.message);
	return upload;
}

/* The job of an upload, to its end. */
static enum status
work(struct desk *desk, int64_t id)
{
	char detail[24];
	struct job *job;
	enum status status;

	snprintf(detail, sizeof detail, "%lld", (long long)id);
	status = job_begin(desk->house->store, UPLOAD_JOB, 0, detail, &job,
			   &desk->fault);
	if (status != STATUS_OK)
		return status;
	status = upload_kinds[0].run(job, desk->service, &desk->fault);
	return job_end(job, status, NULL, &desk->fault);
}

static int64_t
take_in(struct desk *desk, int64_t id)
{
	struct upload upload;

	if (work(desk, id) != STATUS_OK)
		fail_msg("%s", desk->fault.message);
	upload = look(desk, id);
	if (upload.state != UPLOAD_DONE)
		fail_msg("%s: %s", upload_state_name(upload.state),
			 upload.reason);
	assert_true(upload.track_id > 0);
	return upload.track_id;
}

static void
assert_refused(struct desk *desk, int64_t id, const char *words)
{
	struct upload upload;

	assert_int_equal(work(desk, id), STATUS_OK);
	upload = look(desk, id);
	assert_int_equal(upload.state, UPLOAD_FAILED);
	if (strstr(upload.reason, words) == NULL)
		fail_msg("refused, but because: %s", upload.reason);
}

/* ---- what lies where -------------------------------------------------------------- */

static size_t counted;

static int
file_count_one(const char *path, const struct stat *facts, int kind,
	       struct FTW *walk)
{
	(void)path, (void)facts, (void)walk;
	counted += kind == FTW_F;
	return 0;
}

/* All files below, hidden ones too. */
static size_t
files_below(const struct desk *desk, const char *folder)
{
	char path[256];

	snprintf(path, sizeof path, "%s/%s", desk->data, folder);
	counted = 0;
	nftw(path, file_count_one, 16, FTW_PHYS);
	return counted;
}

static bool
is_there(const struct desk *desk, const char *path)
{
	char whole[512];

	snprintf(whole, sizeof whole, "%s/music/%s", desk->data, path);
	return access(whole, F_OK) == 0;
}

struct track_look {
	int64_t id;
	struct arena *arena;
	struct track track;
	int64_t count;
};

static enum status
track_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct track_look *seen = cookie;
	enum status status = sql_query_int(
		session, "select count(*) from tracks where visible = 1",
		SQL_NO_ARGS, &seen->count, fault);

	return status != STATUS_OK || seen->id == 0 ?
		       status :
		       tracks_get(session, seen->id, seen->arena, &seen->track,
				  fault);
}

static struct track
track_of(struct desk *desk, int64_t id)
{
	struct track_look seen = { .id = id, .arena = &desk->arena };

	if (store_read(desk->house->store, track_work, &seen, &desk->fault) !=
	    STATUS_OK)
		fail_msg("%s", desk->fault.message);
	return seen.track;
}

static int64_t
tracks_in_all(struct desk *desk)
{
	struct track_look seen = { 0 };

	assert_int_equal(store_read(desk->house->store, track_work, &seen,
				    NULL),
			 STATUS_OK);
	return seen.count;
}

static enum status
managed_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct desk *desk = cookie;
	struct source_row *rows;
	size_t count;
	enum status status = sources_list(session, &desk->arena, &rows, &count,
					  fault);

	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		if (rows[i].managed)
			desk->house->source_id = rows[i].id;
	}
	return status;
}

/* From here the house's scans are of what was sent. */
static void
scan_the_uploads(struct desk *desk)
{
	assert_int_equal(store_read(desk->house->store, managed_work, desk,
				    NULL),
			 STATUS_OK);
	assert_true(desk->house->source_id > 0);
}

/* ---- scenarios ---------------------------------------------------------------------- */

static void
a_file_that_is_sent_becomes_a_track(void **state)
{
	struct desk *desk = *state;
	struct span bytes = song_bytes(desk, &song);
	int64_t id = send_whole(desk, &desk->moderator, "whatever.MP3", bytes);
	int64_t track_id;

	assert_int_equal(look(desk, id).state, UPLOAD_QUEUED);
	track_id = take_in(desk, id);
	assert_string_equal(track_of(desk, track_id).title, "First");
	assert_true(is_there(desk, "Band/Debut/01 First.mp3"));
	assert_int_equal(files_below(desk, "music"), 1);
	assert_int_equal(files_below(desk, "uploads"), 0);
	/* A scan finds what it would have made. */
	scan_the_uploads(desk);
	assert_int_equal(house_scan(desk->house).unchanged, 1);
	house_check(desk->house);
}

static void
an_upload_goes_on_where_it_ended(void **state)
{
	struct desk *desk = *state;
	struct span bytes = song_bytes(desk, &song), part;
	int64_t id = begin(desk, &desk->moderator, "a.mp3", bytes.length);
	bool complete;

	part = (struct span){ bytes.at, 1000 };
	assert_int_equal(send_at(desk, &desk->moderator, id, 0, part,
				 &complete),
			 STATUS_OK);
	assert_false(complete);
	/* The server is started anew. */
	upload_close(desk->service);
	service_open(desk);
	assert_int_equal(look(desk, id).received_bytes, 1000);
	assert_int_equal(send_at(desk, &desk->moderator, id, 999, part,
				 &complete),
			 STATUS_CONFLICT);
	assert_string_equal(desk->fault.field, "offset");
	part = (struct span){ bytes.at + 1000, bytes.length - 1000 };
	assert_int_equal(send_at(desk, &desk->moderator, id, 1000, part,
				 &complete),
			 STATUS_OK);
	assert_true(complete);
	assert_string_equal(track_of(desk, take_in(desk, id)).title, "First");
}

/* A client that lost its connection is back before the server noticed. */
static void
who_comes_back_ends_the_writer_that_is_still_there(void **state)
{
	struct desk *desk = *state;
	struct span bytes = song_bytes(desk, &song);
	int64_t id = begin(desk, &desk->moderator, "a.mp3", bytes.length);
	const struct upload_writing writing = { .id = id };
	struct upload_writer *lost;
	struct upload upload;
	bool complete;

	assert_int_equal(upload_write_open(desk->service, &desk->moderator,
					   &writing, &lost, NULL),
			 STATUS_OK);
	assert_int_equal(upload_write(lost, bytes.at, 2000, NULL), STATUS_OK);
	assert_int_equal(upload_offset(desk->service, &desk->moderator, id,
				       &desk->arena, &upload, NULL),
			 STATUS_OK);
	assert_int_equal(upload.received_bytes, 2000);
	assert_int_equal(upload_write(lost, bytes.at + 2000, 10, &desk->fault),
			 STATUS_CONFLICT);
	assert_int_equal(send_at(desk, &desk->moderator, id, 2000,
				 (struct span){ bytes.at + 2000,
						bytes.length - 2000 },
				 &complete),
			 STATUS_OK);
	assert_true(complete);
	upload_write_close(lost);
	take_in(desk, id);
}

static void
bytes_that_do_not_match_their_sum_are_forgotten(void **state)
{
	struct desk *desk = *state;
	struct span bytes = song_bytes(desk, &song);
	int64_t id = begin(desk, &desk->moderator, "a.mp3", bytes.length);
	struct upload_writing writing = { .id = id,
					  .checksum = UPLOAD_SHA256 };
	struct upload_writer *writer;
	bool complete = false;
	int64_t offset;

	for (int round = 0; round < 2; round++) {
		if (round == 1)
			sha256(bytes.at, bytes.length, writing.sum);
		assert_int_equal(upload_write_open(desk->service,
						   &desk->moderator, &writing,
						   &writer, NULL),
				 STATUS_OK);
		assert_int_equal(upload_write(writer, bytes.at, bytes.length,
					      NULL),
				 STATUS_OK);
		assert_int_equal(upload_write_commit(writer, &offset,
						     &complete, &desk->fault),
				 round == 0 ? STATUS_CORRUPT : STATUS_OK);
		upload_write_close(writer);
		assert_int_equal(look(desk, id).received_bytes,
				 round == 0 ? 0 : (int64_t)bytes.length);
	}
	assert_true(complete);
	take_in(desk, id);
}

static void
the_same_bytes_are_one_track_and_one_file(void **state)
{
	struct desk *desk = *state;
	struct span bytes = song_bytes(desk, &song);
	int64_t first = take_in(desk, send_whole(desk, &desk->moderator,
						 "a.mp3", bytes));
	int64_t again = take_in(desk, send_whole(desk, &desk->moderator,
						 "other name.mp3", bytes));

	assert_int_equal(first, again);
	assert_int_equal(files_below(desk, "music"), 1);
	assert_int_equal(tracks_in_all(desk), 1);
}

static void
a_file_that_was_taken_away_is_put_again_and_keeps_its_track(void **state)
{
	struct desk *desk = *state;
	struct span bytes = song_bytes(desk, &song);
	int64_t first = take_in(desk, send_whole(desk, &desk->moderator,
						 "a.mp3", bytes));
	char path[256];

	snprintf(path, sizeof path, "%s/music/Band/Debut/01 First.mp3",
		 desk->data);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(take_in(desk, send_whole(desk, &desk->moderator,
						  "a.mp3", bytes)),
			 first);
	assert_int_equal(access(path, F_OK), 0);
	house_check(desk->house);
}

static void
two_recordings_of_one_name_get_a_number(void **state)
{
	struct desk *desk = *state;
	struct song live = song;
	int64_t first, second;

	live.tone = 3;
	first = take_in(desk, send_whole(desk, &desk->moderator, "a.mp3",
					 song_bytes(desk, &song)));
	second = take_in(desk, send_whole(desk, &desk->moderator, "a.mp3",
					  song_bytes(desk, &live)));
	assert_int_not_equal(first, second);
	assert_true(is_there(desk, "Band/Debut/01 First.mp3"));
	assert_true(is_there(desk, "Band/Debut/01 First (2).mp3"));
	house_check(desk->house);
}

static void
names_that_no_disk_takes_are_made_safe(void **state)
{
	struct desk *desk = *state;
	static const struct song odd = {
		.title = "../../etc/passwd", .artist = "AC/DC",
		.album = ".hidden: what? ", .album_artist = "AC/DC",
	};
	static const struct song bare = { .tone = 1 };

	take_in(desk, send_whole(desk, &desk->moderator, "../../../x.mp3",
				 song_bytes(desk, &odd)));
	assert_true(is_there(desk,
			     "AC_DC/hidden_ what_/_.._etc_passwd.mp3"));
	take_in(desk, send_whole(desk, &desk->moderator, "Моя песня.mp3",
				 song_bytes(desk, &bare)));
	assert_true(is_there(desk, "Unknown artist/Singles/Моя песня.mp3"));
	assert_int_equal(files_below(desk, "music"), 2);
}

static void
what_is_no_audio_is_refused_with_the_reason(void **state)
{
	struct desk *desk = *state;
	static const char page[] = "<!doctype html><html><body>hi</body>";
	int64_t id = send_whole(desk, &desk->moderator, "song.mp3",
				(struct span){ page, sizeof page - 1 });

	assert_refused(desk, id, "web page");
	assert_int_equal(files_below(desk, "uploads"), 0);
	assert_int_equal(files_below(desk, "music"), 0);
	assert_int_equal(tracks_in_all(desk), 0);
	assert_int_equal(upload_remove(desk->service, &desk->moderator, id,
				       NULL),
			 STATUS_OK);
}

static void
limits_are_kept_before_and_while_bytes_come(void **state)
{
	struct desk *desk = *state;
	struct upload_wish wish = { .name = "a.mp3", .size_bytes = 9 << 20 };
	static char piece[1 << 20];
	struct upload_writing writing = { 0 };
	struct upload_writer *writer;
	int64_t id;

	assert_int_equal(upload_begin(desk->service, &desk->moderator, &wish,
				      &id, &desk->fault),
			 STATUS_TOO_LARGE);
	/* More than was announced. */
	wish.size_bytes = 10;
	assert_int_equal(upload_begin(desk->service, &desk->moderator, &wish,
				      &id, NULL),
			 STATUS_OK);
	writing.id = id;
	assert_int_equal(upload_write_open(desk->service, &desk->moderator,
					   &writing, &writer, NULL),
			 STATUS_OK);
	assert_int_equal(upload_write(writer, piece, 11, &desk->fault),
			 STATUS_TOO_LARGE);
	upload_write_close(writer);
	/* Nothing was announced. */
	wish.size_bytes = UPLOAD_SIZE_UNKNOWN;
	assert_int_equal(upload_begin(desk->service, &desk->moderator, &wish,
				      &writing.id, NULL),
			 STATUS_OK);
	assert_int_equal(upload_write_open(desk->service, &desk->moderator,
					   &writing, &writer, NULL),
			 STATUS_OK);
	for (int i = 0; i < 8; i++)
		assert_int_equal(upload_write(writer, piece, sizeof piece,
					      NULL),
				 STATUS_OK);
	assert_int_equal(upload_write(writer, piece, 1, &desk->fault),
			 STATUS_TOO_LARGE);
	upload_write_close(writer);
	/* Too many at once. */
	desk->settings.unfinished_max = 2;
	assert_int_equal(upload_begin(desk->service, &desk->moderator, &wish,
				      &id, &desk->fault),
			 STATUS_FULL);
	assert_string_equal(desk->fault.field, "uploads");
	assert_int_equal(upload_remove(desk->service, &desk->moderator,
				       writing.id, NULL),
			 STATUS_OK);
	assert_int_equal(upload_begin(desk->service, &desk->moderator, &wish,
				      &id, NULL),
			 STATUS_OK);
}

static void
nobody_sees_or_touches_the_uploads_of_others(void **state)
{
	struct desk *desk = *state;
	int64_t id = begin(desk, &desk->artist, "a.mp3", 10);
	struct upload upload;
	bool complete;

	assert_int_equal(upload_look(desk->service, &desk->other, id,
				     &desk->arena, &upload, NULL),
			 STATUS_NOT_FOUND);
	assert_int_equal(upload_offset(desk->service, &desk->moderator, id,
				       &desk->arena, &upload, NULL),
			 STATUS_NOT_FOUND);
	assert_int_equal(send_at(desk, &desk->other, id, 0, SPAN("0123456789"),
				 &complete),
			 STATUS_NOT_FOUND);
	assert_int_equal(upload_remove(desk->service, &desk->other, id, NULL),
			 STATUS_NOT_FOUND);
	assert_int_equal(look(desk, id).received_bytes, 0);
}

static void
artists_send_what_is_theirs_and_no_more(void **state)
{
	struct desk *desk = *state;
	struct song feature = song, debut = song;

	take_in(desk, send_whole(desk, &desk->artist, "a.mp3",
				 song_bytes(desk, &song)));
	/* A new name is theirs from now on, and not somebody else's. */
	debut.title = "Second";
	debut.tone = 1;
	assert_refused(desk, send_whole(desk, &desk->other, "b.mp3",
					song_bytes(desk, &debut)),
		       "Band");
	take_in(desk, send_whole(desk, &desk->artist, "b.mp3",
				 song_bytes(desk, &debut)));
	feature.title = "Third";
	feature.tone = 2;
	feature.artist = "Other band";
	feature.album = "Other debut";
	feature.album_artist = NULL;
	take_in(desk, send_whole(desk, &desk->other, "c.mp3",
				 song_bytes(desk, &feature)));
	feature.title = "Fourth";
	feature.artist = "Band feat. Other band";
	feature.tone = 3;
	assert_refused(desk, send_whole(desk, &desk->artist, "d.mp3",
					song_bytes(desk, &feature)),
		       "Other band");
	assert_int_equal(files_below(desk, "music"), 3);
	assert_int_equal(tracks_in_all(desk), 3);
	house_check(desk->house);
}

static void
what_the_sender_says_stands_where_tags_are_silent(void **state)
{
	struct desk *desk = *state;
	static const struct song bare = { .title = "Bare", .tone = 4 };
	struct span bytes = song_bytes(desk, &bare);
	const struct upload_wish wish = { .name = "bare.mp3",
					  .size_bytes = (int64_t)bytes.length,
					  .album = "Tape", .artist = "Solo" };
	struct track track;
	bool complete;
	int64_t id;

	/* Nobody is named: it would be nobody's. */
	assert_refused(desk, send_whole(desk, &desk->artist, "bare.mp3",
					bytes),
		       "who plays it");
	assert_int_equal(upload_begin(desk->service, &desk->artist, &wish, &id,
				      NULL),
			 STATUS_OK);
	assert_int_equal(send_at(desk, &desk->artist, id, 0, bytes, &complete),
			 STATUS_OK);
	track = track_of(desk, take_in(desk, id));
	assert_string_equal(track.artist, "Solo");
	assert_string_equal(track.album, "Tape");
	assert_true(is_there(desk, "Solo/Tape/Bare.mp3"));
	house_check(desk->house);
}

/* Two artists on one album whose files do not say whose album it is. */
static void
files_sent_together_land_in_one_album(void **state)
{
	struct desk *desk = *state;
	int64_t albums[2];

	for (int i = 0; i < 2; i++) {
		const struct song one = { .title = i == 0 ? "One" : "Two",
					  .artist = i == 0 ? "A" : "B",
					  .album = "Split", .tone = i,
					  .track = i + 1 };
		struct span bytes = song_bytes(desk, &one);
		const struct upload_wish wish = {
			.name = "x.mp3",
			.size_bytes = (int64_t)bytes.length,
			.batch = "drop/Split",
		};
		bool complete;
		int64_t id;

		assert_int_equal(upload_begin(desk->service, &desk->moderator,
					      &wish, &id, NULL),
				 STATUS_OK);
		assert_int_equal(send_at(desk, &desk->moderator, id, 0, bytes,
					 &complete),
				 STATUS_OK);
		albums[i] = track_of(desk, take_in(desk, id)).album_id;
	}
	assert_true(is_there(desk, "A/Split/01 One.mp3"));
	assert_true(is_there(desk, "A/Split/02 Two.mp3"));
	assert_true(albums[0] > 0);
	assert_int_equal(albums[0], albums[1]);
	house_check(desk->house);
}

static enum status
age_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const int64_t *id = cookie;

	return sql_exec(session,
			"update staging_track_uploads set updated_at = $1 "
			"where id = $2",
			SQL_ARGS(SQL_INT(clock_now_ms() - 25 * 3600000),
				 SQL_INT(*id)),
			NULL, fault);
}

static void
an_upload_that_rests_too_long_is_forgotten(void **state)
{
	struct desk *desk = *state;
	int64_t old = begin(desk, &desk->artist, "old.mp3", 20);
	int64_t fresh = begin(desk, &desk->artist, "new.mp3", 20);
	struct upload upload;
	int64_t count = 0;
	bool complete;

	assert_int_equal(send_at(desk, &desk->artist, old, 0,
				 SPAN("0123456789"), &complete),
			 STATUS_OK);
	assert_int_equal(send_at(desk, &desk->artist, fresh, 0,
				 SPAN("0123456789"), &complete),
			 STATUS_OK);
	assert_int_equal(store_write(desk->house->store, age_work, &old, NULL),
			 STATUS_OK);
	assert_int_equal(upload_look(desk->service, &desk->artist, old,
				     &desk->arena, &upload, NULL),
			 STATUS_NOT_FOUND);
	assert_int_equal(files_below(desk, "uploads"), 2);
	assert_int_equal(upload_tidy(desk->service, &count, NULL), STATUS_OK);
	assert_int_equal(count, 1);
	assert_int_equal(files_below(desk, "uploads"), 1);
	assert_int_equal(look(desk, fresh).received_bytes, 10);
}

static void
a_music_folder_that_is_away_is_not_made_anew(void **state)
{
	struct desk *desk = *state;
	struct span bytes = song_bytes(desk, &song);
	int64_t id = send_whole(desk, &desk->moderator, "a.mp3", bytes);
	char music[200], away[200];

	take_in(desk, id);
	snprintf(music, sizeof music, "%s/music", desk->data);
	snprintf(away, sizeof away, "%s/away", desk->data);
	assert_int_equal(rename(music, away), 0);
	id = send_whole(desk, &desk->moderator, "a.mp3", bytes);
	/* The disk is away: nothing is made in its place. */
	assert_int_equal(work(desk, id), STATUS_UNAVAILABLE);
	assert_int_not_equal(access(music, F_OK), 0);
	assert_int_equal(rename(away, music), 0);
}

struct meanwhile {
	struct desk *desk;
	int64_t id, track_id;
};

static void
take_in_meanwhile(void *cookie, const char *path, const char *reason)
{
	struct meanwhile *meanwhile = cookie;

	(void)path, (void)reason;
	meanwhile->track_id = take_in(meanwhile->desk, meanwhile->id);
}

/* The walk of the scan never came to the new folder. */
static void
a_scan_that_began_before_an_upload_leaves_it_alone(void **state)
{
	struct desk *desk = *state;
	struct song second = song;
	struct meanwhile meanwhile = { .desk = desk };
	struct scan_args args = {
		.watcher = { .rejected = take_in_meanwhile,
			     .cookie = &meanwhile },
	};
	char broken[256];

	take_in(desk, send_whole(desk, &desk->moderator, "a.mp3",
				 song_bytes(desk, &song)));
	snprintf(broken, sizeof broken, "%s/music/broken.mp3", desk->data);
	assert_int_equal(file_write(broken, SPAN("x"), 0640, NULL), STATUS_OK);
	second.album = "Another";
	second.tone = 1;
	meanwhile.id = send_whole(desk, &desk->moderator, "b.mp3",
				  song_bytes(desk, &second));
	scan_the_uploads(desk);
	args.source_id = desk->house->source_id;
	assert_int_equal(scan_run(&desk->house->services, &args, NULL, NULL,
				  &desk->fault),
			 STATUS_OK);
	assert_true(meanwhile.track_id > 0);
	assert_string_equal(track_of(desk, meanwhile.track_id).album,
			    "Another");
	house_check(desk->house);
}

#define SENT 12

/* Children take files in and are killed in between; what they left is finished
 * by others. */
static void
killed_anywhere_each_file_is_one_track(void **state)
{
	struct desk *desk = *state;
	int64_t ids[SENT];

	for (int i = 0; i < SENT; i++) {
		char title[16];
		const struct song one = { .title = title, .artist = "Band",
					  .album = "Debut", .tone = i % 8,
					  .picture = GREEN_PICTURE,
					  .track = 1 + i / 8 };

		snprintf(title, sizeof title, "Song %d", i % 4);
		ids[i] = send_whole(desk, &desk->artist, "x.mp3",
				    song_bytes(desk, &one));
	}
	upload_close(desk->service);
	desk->service = NULL;
	house_stop(desk->house);
	for (int round = 0; round < 8; round++) {
		pid_t child = fork();

		if (child == 0) {
			house_start(desk->house);
			service_open(desk);
			for (int i = 0; i < SENT; i++)
				(void)work(desk, ids[i]);
			_exit(0);
		}
		usleep(30000 + 17000 * (useconds_t)round);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	house_start(desk->house);
	service_open(desk);
	for (int i = 0; i < SENT; i++) {
		if (look(desk, ids[i]).state != UPLOAD_DONE)
			assert_int_equal(work(desk, ids[i]), STATUS_OK);
		assert_int_equal(look(desk, ids[i]).state, UPLOAD_DONE);
		for (int j = 0; j < i; j++)
			assert_int_not_equal(look(desk, ids[i]).track_id,
					     look(desk, ids[j]).track_id);
	}
	upload_close(desk->service);
	service_open(desk);
	assert_int_equal(files_below(desk, "music"), SENT);
	assert_int_equal(files_below(desk, "uploads"), 0);
	assert_int_equal(tracks_in_all(desk), SENT);
	scan_the_uploads(desk);
	assert_int_equal(house_scan(desk->house).unchanged, SENT);
	house_check(desk->house);
}

#define ON(driver, scenario) \
	{ #scenario " (" driver ")", scenario, desk_setup, desk_teardown, \
	  (void *)(uintptr_t)driver }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON("sqlite", a_file_that_is_sent_becomes_a_track),
		ON("sqlite", an_upload_goes_on_where_it_ended),
		ON("sqlite",
		   who_comes_back_ends_the_writer_that_is_still_there),
		ON("sqlite", bytes_that_do_not_match_their_sum_are_forgotten),
		ON("sqlite", the_same_bytes_are_one_track_and_one_file),
		ON("sqlite",
		   a_file_that_was_taken_away_is_put_again_and_keeps_its_track),
		ON("sqlite", two_recordings_of_one_name_get_a_number),
		ON("sqlite", names_that_no_disk_takes_are_made_safe),
		ON("sqlite", what_is_no_audio_is_refused_with_the_reason),
		ON("sqlite", limits_are_kept_before_and_while_bytes_come),
		ON("sqlite", nobody_sees_or_touches_the_uploads_of_others),
		ON("sqlite", artists_send_what_is_theirs_and_no_more),
		ON("sqlite",
		   what_the_sender_says_stands_where_tags_are_silent),
		ON("sqlite", files_sent_together_land_in_one_album),
		ON("sqlite", an_upload_that_rests_too_long_is_forgotten),
		ON("sqlite", a_music_folder_that_is_away_is_not_made_anew),
		ON("sqlite",
		   a_scan_that_began_before_an_upload_leaves_it_alone),
		ON("sqlite", killed_anywhere_each_file_is_one_track),
		ON("postgres", a_file_that_is_sent_becomes_a_track),
		ON("postgres", artists_send_what_is_theirs_and_no_more),
		ON("postgres", files_sent_together_land_in_one_album),
		ON("postgres", killed_anywhere_each_file_is_one_track),
	};

	return cmocka_run_group_tests(tests, house_prepare, NULL);
}
