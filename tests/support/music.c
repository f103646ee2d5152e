/* music.c - see music.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "library/sources.h"
#include "tests/support/music.h"

static enum status
add_source(struct store_session *session, void *cookie, struct fault *fault)
{
	return sources_add(session, "folder", "/music", NULL, cookie, fault);
}

void
music_open(struct music *music, const char *driver_name)
{
	struct fault fault = { 0 };

	*music = (struct music){ .check = true };
	test_store_open(&music->stores, driver_name, true);
	music->store = music->stores.store;
	music->catalogue = catalogue_new(music->store);
	arena_init(&music->arena);
	if (store_write(music->store, add_source, &music->source_id, &fault) !=
	    STATUS_OK)
		fail_msg("%s", fault.message);
}

void
music_close(struct music *music)
{
	catalogue_free(music->catalogue);
	arena_release(&music->arena);
	test_store_close(&music->stores);
}

struct music_file
music_file(const struct music *music, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct music_file file = { .folder = "" };
	uint64_t inode;

	if (slash != NULL)
		snprintf(file.folder, sizeof file.folder, "%.*s",
			 (int)(slash - path), path);
	snprintf(file.name, sizeof file.name, "%s",
		 slash == NULL ? path : slash + 1);
	sha256(path, strlen(path), file.media.audio_key);
	memcpy(&inode, file.media.audio_key, sizeof inode);
	file.file = (struct file_facts){
		.source_id = music->source_id,
		.size_bytes = 20000000,
		.modified_ns = 1700000000123456789,
		.inode = inode,
		.device = 7,
	};
	file.media.container = file.media.codec = "flac";
	file.media.duration_ms = 180000;
	file.media.bitrate_bps = 900000;
	file.media.sample_rate_hz = 44100;
	file.media.channels = 2;
	file.media.bit_depth = 16;
	return file;
}

void
music_artist(struct music_file *file, const char *name, enum credit_role role)
{
	file->media.credits[file->media.credit_count++] =
		(struct media_credit){ .name = name, .role = role };
}

void
music_genre(struct music_file *file, const char *name)
{
	file->media.genres[file->media.genre_count++] = name;
}

void
music_tag(struct music_file *file, const char *title, const char *artist,
	  const char *album, const char *genre)
{
	file->media.title = title;
	file->media.artist_text = artist;
	file->media.album = album;
	if (artist != NULL)
		music_artist(file, artist, CREDIT_MAIN);
	if (genre != NULL)
		music_genre(file, genre);
}

void
music_same_audio(struct music_file *file, const struct music_file *other)
{
	memcpy(file->media.audio_key, other->media.audio_key,
	       sizeof file->media.audio_key);
}

/* ---- one change each ------------------------------------------------------ */

static void
must(const struct music *music, enum status status, const struct fault *fault)
{
	(void)music;
	if (status != STATUS_OK)
		fail_msg("%s: %s", status_name(status), fault->message);
}

static enum status
check_work(struct store_session *session, void *cookie, struct fault *fault)
{
	(void)cookie;
	return catalogue_check(session, fault);
}

struct change {
	const struct music_file *file;
	const char *reason;
	int64_t id;
	bool restore;
	struct save_outcome outcome;
};

static enum status
change_work(struct catalogue *catalogue, struct store_session *session,
	    void *cookie, struct fault *fault)
{
	struct change *change = cookie;
	struct file_facts facts;

	(void)session;
	if (change->file == NULL)
		return change->restore
			       ? files_restore(catalogue, &change->id, 1, fault)
			       : files_mark_missing(catalogue, &change->id, 1,
						    NULL, fault);
	facts = change->file->file;
	facts.folder = change->file->folder;
	facts.name = change->file->name;
	if (change->reason != NULL)
		return files_reject(catalogue, &facts, change->reason, fault);
	return tracks_save(catalogue,
			   &(struct save_args){
				   .file = &facts,
				   .media = &change->file->media,
				   .cover_id = change->file->cover_id,
				   .gone = change->file->gone,
				   .gone_cookie = change->file->gone_cookie },
			   &change->outcome, fault);
}

static void
do_change(struct music *music, struct change *change)
{
	struct fault fault = { 0 };

	must(music,
	     catalogue_write(music->catalogue, change_work, change, &fault),
	     &fault);
	if (music->check)
		music_read(music, check_work, NULL);
}

struct save_outcome
music_save(struct music *music, const struct music_file *file)
{
	struct change change = { .file = file };

	do_change(music, &change);
	return change.outcome;
}

void
music_reject(struct music *music, const struct music_file *file,
	     const char *reason)
{
	do_change(music, &(struct change){ .file = file, .reason = reason });
}

void
music_missing(struct music *music, int64_t file_id)
{
	do_change(music, &(struct change){ .id = file_id });
}

void
music_restore(struct music *music, int64_t file_id)
{
	do_change(music, &(struct change){ .id = file_id, .restore = true });
}

void
music_read(struct music *music, store_work *work, void *cookie)
{
	struct fault fault = { 0 };

	must(music, store_read(music->store, work, cookie, &fault), &fault);
}

struct number {
	const char *sql;
	int64_t argument, out;
};

static enum status
number_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct number *number = cookie;
	size_t count = strstr(number->sql, "$1") != NULL;

	return sql_query_int(session, number->sql,
			     &SQL_INT(number->argument), count, &number->out,
			     fault);
}

int64_t
music_number(struct music *music, const char *sql, int64_t argument)
{
	struct number number = { sql, argument, 0 };

	music_read(music, number_work, &number);
	return number.out;
}
