/* test_media_files.c - what media_probe() says of real files in every format,
 * of hand-built tags, and of things that are not music. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <taglib/tag_c.h>
#include <unistd.h>

#include "tests/support/media_files.h"

static struct media_pool *pool;
static struct arena arena;
static struct media_facts facts;

static void
probe(const char *path)
{
	struct fault fault = { 0 };

	if (media_probe_path(pool, path, 0, NULL, &arena, &facts, &fault) !=
	    STATUS_OK)
		fail_msg("%s: %s", path, fault.message);
}

static void
rejects(const char *path, enum status status, const char *reason)
{
	struct fault fault = { 0 };
	enum status got = media_probe_path(pool, path, 0, NULL, &arena, &facts,
					   &fault);

	if (got != status || strstr(fault.message, reason) == NULL)
		fail_msg("%s: %s (%s), not \"%s\"", path, fault.message,
			 status_name(got), reason);
}

static void
assert_near(int64_t got, int64_t want, int64_t slack)
{
	if (got < want - slack || got > want + slack)
		fail_msg("%lld is not %lld ± %lld", (long long)got,
			 (long long)want, (long long)slack);
}

static const struct {
	const char *name, *options, *container, *codec;
	uint32_t bit_depth;
	bool tags, gapless;
	int slack_ms;
} formats[] = {
	{ "cbr.mp3", "-b:a 128k", "mp3", "mp3", 0, true, true, 0 },
	{ "vbr.mp3", "-q:a 4", "mp3", "mp3", 0, true, true, 0 },
	{ "bare.mp3", "-write_xing 0 -b:a 96k", "mp3", "mp3", 0, true, false, 60 },
	{ "low.mp3", "-ar 22050 -b:a 48k", "mp3", "mp3", 0, true, true, 0 },
	{ "two.mp2", "-c:a mp2", "mp3", "mp2", 0, false, false, 60 },
	{ "a.flac", "-sample_fmt s16", "flac", "flac", 16, true, true, 0 },
	{ "deep.flac", "-sample_fmt s32", "flac", "flac", 24, true, true, 0 },
	{ "a.m4a", "", "mp4", "aac", 0, true, true, 0 },
	{ "alac.m4a", "-c:a alac -sample_fmt s16p", "mp4", "alac", 16, true, true, 0 },
	{ "a.ogg", "-c:a libvorbis", "ogg", "vorbis", 0, true, true, 0 },
	{ "a.opus", "", "ogg", "opus", 0, true, true, 0 },
	{ "flac.oga", "-c:a flac -sample_fmt s16", "ogg", "flac", 16, true, true, 0 },
	{ "a.spx", "-c:a libspeex -ar 16000 -ac 1", "ogg", "speex", 0, true,
	  true, 60 },
	{ "a.wav", "", "wav", "pcm", 16, false, true, 0 },
	{ "deep.wav", "-c:a pcm_s24le", "wav", "pcm", 24, false, true, 0 },
	{ "rf64.wav", "-rf64 always", "wav", "pcm", 16, false, true, 0 },
	{ "a.w64", "", "w64", "pcm", 16, false, true, 0 },
	{ "a.aiff", "-write_id3v2 1", "aiff", "pcm", 16, true, true, 0 },
	{ "a.wma", "", "asf", "wmav2", 0, true, false, 60 },
	{ "a.wv", "-sample_fmt s16p", "wavpack", "wavpack", 16, true, true, 0 },
	{ "a.tta", "-sample_fmt s16", "tta", "tta", 16, true, true, 0 },
	{ "a.mka", "-c:a libopus", "matroska", "opus", 0, true, false, 60 },
	{ "a.aac", "-f adts", "aac", "aac", 0, false, false, 60 },
};

static void
every_format_tells_its_sound_and_its_tags(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(formats); i++)
		media_render_later(formats[i].name,
				   arena_print(&arena, MEDIA_TAGS "%s",
					       formats[i].options));
	media_render_now(3.1);
	for (size_t i = 0; i < ARRAY_LENGTH(formats); i++) {
		const char *path = media_path(formats[i].name);

		probe(path);
		if (strcmp(facts.container, formats[i].container) != 0 ||
		    strcmp(facts.codec, formats[i].codec) != 0 ||
		    facts.bit_depth != formats[i].bit_depth ||
		    facts.gapless_known != formats[i].gapless)
			fail_msg("%s: %s %s %u %d", path, facts.container,
				 facts.codec, facts.bit_depth,
				 facts.gapless_known);
		if (llabs(facts.duration_ms - 3100) > formats[i].slack_ms)
			fail_msg("%s: %lld ms", path,
				 (long long)facts.duration_ms);
		assert_true(facts.sample_rate_hz >= 16000);
		assert_true(facts.bitrate_bps > 4000);
		if (!formats[i].tags)
			continue;
		assert_string_equal(facts.title, "Título");
		assert_string_equal(facts.artist_text, "Björk feat. Кто");
		assert_string_equal(facts.album, "Альбом");
		assert_int_equal(facts.year, 2004);
		assert_int_equal(facts.track_no, 3);
		assert_int_equal(facts.track_total, 12);
		assert_int_equal(facts.genre_count, 1);
		assert_string_equal(facts.genres[0], "Rock");
		assert_int_equal(facts.credit_count, 2);
		assert_int_equal(facts.credits[1].role, CREDIT_FEATURED);
	}
}

static void
taglib_reads_the_same_tags_and_lengths(void **state)
{
	static const char *const names[] = { "cbr.mp3", "vbr.mp3", "a.flac",
					     "a.m4a", "a.ogg", "a.opus",
					     "a.wv", "a.aiff", "a.wma" };

	(void)state;
	taglib_set_strings_unicode(1);
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		const char *path = media_path(names[i]);
		TagLib_File *file = taglib_file_new(path);
		TagLib_Tag *tag = taglib_file_tag(file);

		probe(path);
		assert_string_equal(facts.title, taglib_tag_title(tag));
		assert_string_equal(facts.artist_text,
				    taglib_tag_artist(tag));
		assert_string_equal(facts.album, taglib_tag_album(tag));
		assert_string_equal(facts.genres[0], taglib_tag_genre(tag));
		if (taglib_tag_year(tag) != 0) /* it misses WMA's */
			assert_int_equal(facts.year, taglib_tag_year(tag));
		assert_int_equal(facts.track_no, taglib_tag_track(tag));
		assert_near(facts.duration_ms / 1000,
			    taglib_audioproperties_length(
				    taglib_file_audioproperties(file)),
			    1);
		assert_int_equal(facts.channels,
				 taglib_audioproperties_channels(
					 taglib_file_audioproperties(file)));
		taglib_tag_free_strings();
		taglib_file_free(file);
	}
}

static void
retagging_keeps_the_audio_key_and_other_sound_changes_it(void **state)
{
	static const char *const names[] = { "cbr.mp3", "bare.mp3", "a.flac",
					     "a.m4a",	"a.ogg",    "a.opus",
					     "a.wav",	"a.wv",	    "a.wma" };
	uint8_t keys[ARRAY_LENGTH(names)][SHA256_BYTES];
	const char *inputs = "", *outputs = "";

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		inputs = arena_print(&arena, "%s -i %s", inputs, names[i]);
		outputs = arena_print(
			&arena,
			"%s -map %zu -c copy %s title='Quite another, and "
			"longer' -metadata comment=x re_%s",
			outputs, i,
			/* Ogg's comments belong to the stream */
			names[i][2] == 'o' ? "-metadata:s:a:0" : "-metadata",
			names[i]);
	}
	media_ffmpeg(arena_print(&arena, "%s%s", inputs, outputs));
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		probe(media_path(names[i]));
		memcpy(keys[i], facts.audio_key, SHA256_BYTES);
		probe(media_path(arena_print(&arena, "re_%s", names[i])));
		if (strcmp(names[i], "a.wav") != 0)
			assert_string_equal(facts.title,
					    "Quite another, and longer");
		if (memcmp(keys[i], facts.audio_key, SHA256_BYTES) != 0)
			fail_msg("the key of %s changed", names[i]);
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(keys[i], keys[j],
						SHA256_BYTES);
	}
}

static void
two_songs_that_begin_with_silence_have_two_keys(void **state)
{
	static const char *const endings[] = { "wav", "mp3", "flac", "m4a",
					       "opus" };
	uint8_t first[SHA256_BYTES];

	(void)state;
	for (int hz = 400; hz <= 500; hz += 100) {
		const char *outputs = "";

		for (size_t i = 0; i < ARRAY_LENGTH(endings); i++)
			outputs = arena_print(&arena, "%s -map 0 q%d.%s",
					      outputs, hz, endings[i]);
		media_ffmpeg(arena_print(
			&arena,
			"-f lavfi -i \"aevalsrc='gte(t,2)*sin(%d*2*PI*t)/8':"
			"d=4:s=44100\"%s",
			hz, outputs));
	}
	for (size_t i = 0; i < ARRAY_LENGTH(endings); i++) {
		probe(media_path(arena_print(&arena, "q400.%s", endings[i])));
		memcpy(first, facts.audio_key, SHA256_BYTES);
		probe(media_path(arena_print(&arena, "q500.%s", endings[i])));
		assert_memory_not_equal(first, facts.audio_key, SHA256_BYTES);
	}
}

/* A tag before the frames of an mp3 that has none. */
static const char *
with_tag(const char *name, struct buffer *tag)
{
	struct buffer sound;
	const char *path = media_path("none.mp3");

	if (access(path, R_OK) != 0)
		media_render("none.mp3", 1, "-id3v2_version 0 "
					    "-write_id3v1 0 -map_metadata -1 "
					    "-fflags +bitexact");
	media_read(path, &sound);
	buffer_add(tag, sound.bytes, sound.length);
	path = media_write(name, tag);
	buffer_release(&sound);
	buffer_release(tag);
	return path;
}

static void
id3v24_lists_roles_and_numbers_are_read(void **state)
{
	struct buffer tag;

	(void)state;
	id3_begin(&tag, 4, 0);
	id3_text(&tag, 4, "TIT2", 3, SPAN("Song (feat. Dora)"));
	id3_text(&tag, 4, "TPE1", 3, SPAN("Anna\0Boris"));
	id3_text(&tag, 4, "TPE2", 3, SPAN("Various Artists"));
	id3_text(&tag, 4, "TCON", 3, SPAN("17\0Jazz\0(4)"));
	id3_text(&tag, 4, "TCOM", 3, SPAN("Анна Петрова"));
	id3_text(&tag, 4, "TIPL", 3, SPAN("producer\0Phil\0mix\0Max"));
	id3_text(&tag, 4, "TMCL", 3, SPAN("guitar\0Gus"));
	id3_text(&tag, 4, "TRCK", 3, SPAN("7/9"));
	id3_text(&tag, 4, "TPOS", 3, SPAN("2/2"));
	id3_text(&tag, 4, "TSST", 3, SPAN("Live"));
	id3_text(&tag, 4, "TDRC", 3, SPAN("2011-02-03"));
	id3_text(&tag, 4, "TDOR", 3, SPAN("1999"));
	id3_text(&tag, 4, "TBPM", 3, SPAN("128"));
	id3_text(&tag, 4, "TKEY", 3, SPAN("Am"));
	id3_text(&tag, 4, "TSRC", 3, SPAN("RUA010000001"));
	id3_text(&tag, 4, "TXXX", 3, SPAN("REPLAYGAIN_TRACK_GAIN\0-3.20 dB"));
	id3_text(&tag, 4, "TXXX", 3, SPAN("MusicBrainz Album Id\0abc"));
	id3_frame(&tag, 4, "UFID", 0, SPAN("http://musicbrainz.org\0rec"));
	id3_text(&tag, 4, "COMM", 3, SPAN("eng\0A comment"));
	id3_text(&tag, 4, "COMM", 3, SPAN("engiTunNORM\0 0000"));
	id3_text(&tag, 4, "USLT", 3, SPAN("rus\0Слова"));
	id3_frame(&tag, 4, "SYLT", 0,
		  SPAN("\3eng\2\1\0One\0\0\0\3\xE8\nTwo\0\0\0\xEA\x60"));
	id3_end(&tag, 100);
	probe(with_tag("v24.mp3", &tag));
	assert_string_equal(facts.artist_text, "Anna, Boris");
	assert_int_equal(facts.credit_count, 7);
	assert_string_equal(facts.credits[2].name, "Dora");
	assert_int_equal(facts.credits[3].role, CREDIT_ALBUM_MAIN);
	assert_string_equal(facts.credits[4].name, "Анна Петрова");
	assert_string_equal(facts.credits[5].name, "Gus");
	assert_int_equal(facts.credits[5].role, CREDIT_PERFORMER);
	assert_string_equal(facts.credits[6].name, "Phil");
	assert_int_equal(facts.credits[6].role, CREDIT_PRODUCER);
	assert_true(facts.compilation);
	assert_int_equal(facts.genre_count, 3);
	assert_string_equal(facts.genres[2], "Disco");
	assert_int_equal(facts.track_no, 7);
	assert_int_equal(facts.disc_no, 2);
	assert_string_equal(facts.disc_title, "Live");
	assert_int_equal(facts.year, 2011);
	assert_int_equal(facts.original_year, 1999);
	assert_int_equal((int)facts.tagged_tempo_bpm, 128);
	assert_string_equal(facts.tagged_key, "Am");
	assert_string_equal(facts.isrc, "RUA010000001");
	assert_int_equal((int)(facts.track_gain.gain_db * 100), -320);
	assert_string_equal(facts.mbid_release, "abc");
	assert_string_equal(facts.mbid_recording, "rec");
	assert_string_equal(facts.comment, "A comment");
	assert_true(facts.lyrics_synced);
	assert_string_equal(facts.lyrics, "[00:01.00]One\n[01:00.00]Two");
}

static void
id3v22_is_read_like_the_newer_ones(void **state)
{
	struct buffer tag;

	(void)state;
	id3_begin(&tag, 2, 0);
	id3_text(&tag, 2, "TT2", 1, SPAN("\xFF\xFE" "A\0B\0"));
	id3_text(&tag, 2, "TP1", 0, SPAN("Artist"));
	id3_text(&tag, 2, "TCO", 0, SPAN("(17)"));
	id3_text(&tag, 2, "TRK", 0, SPAN("5/6"));
	id3_text(&tag, 2, "TYE", 0, SPAN("1998"));
	id3_text(&tag, 2, "TCP", 0, SPAN("1"));
	id3_frame(&tag, 2, "PIC", 0,
		  SPAN("\0PNG\3\0\x89PNG\r\n\x1A\n and so on"));
	id3_end(&tag, 0);
	probe(with_tag("v22.mp3", &tag));
	assert_string_equal(facts.title, "AB");
	assert_string_equal(facts.artist_text, "Artist");
	assert_string_equal(facts.genres[0], "Rock");
	assert_int_equal(facts.track_total, 6);
	assert_int_equal(facts.year, 1998);
	assert_true(facts.compilation);
	assert_string_equal(facts.picture_type, "image/png");
}

static void
id3v23_with_unsynchronisation_and_extended_header_is_undone(void **state)
{
	struct buffer tag;

	(void)state;
	id3_begin(&tag, 3, 0x80 | 0x40);
	/* extended header: 6 bytes after its size */
	add_be32(&tag, 6);
	buffer_add(&tag, "\0\0\0\0\0\0", 6);
	/* FF FE in UTF-16 is written FF 00 FE; the size counts before */
	buffer_add(&tag, "TIT2\0\0\0\7\0\0\1\xFF\0\xFE" "X\0Y\0", 18);
	buffer_add(&tag, "TPE1\0\0\0\5\0\0\0Name", 15);
	id3_end(&tag, 20);
	probe(with_tag("unsync.mp3", &tag));
	assert_string_equal(facts.title, "XY");
	assert_string_equal(facts.artist_text, "Name");
}

static void
windows_1251_in_id3v2_and_id3v1_is_read_as_russian(void **state)
{
	struct buffer tag, bytes;
	char v1[128] = "TAG";

	(void)state;
	id3_begin(&tag, 3, 0);
	/* "Группа крови", "Кино" */
	id3_text(&tag, 3, "TIT2", 0,
		 SPAN("\xC3\xF0\xF3\xEF\xEF\xE0 \xEA\xF0\xEE\xE2\xE8"));
	id3_text(&tag, 3, "TPE1", 0, SPAN("\xCA\xE8\xED\xEE"));
	id3_end(&tag, 0);
	probe(with_tag("cp1251.mp3", &tag));
	assert_string_equal(facts.title, "Группа крови");
	assert_string_equal(facts.artist_text, "Кино");
	assert_string_equal(facts.repairs,
			    "title, artist: read as Windows-1251");
	memcpy(v1 + 3, "\xCF\xE0\xF7\xEA\xE0 \xF1\xE8\xE3\xE0\xF0\xE5\xF2",
	       13);
	memcpy(v1 + 33, "\xCA\xE8\xED\xEE", 4);
	memcpy(v1 + 93, "1989", 4);
	v1[126] = 4;
	v1[127] = 17;
	media_read(media_path("none.mp3"), &bytes);
	buffer_add(&bytes, v1, sizeof v1);
	probe(media_write("v1.mp3", &bytes));
	buffer_release(&bytes);
	assert_string_equal(facts.title, "Пачка сигарет");
	assert_string_equal(facts.artist_text, "Кино");
	assert_int_equal(facts.year, 1989);
	assert_int_equal(facts.track_no, 4);
	assert_string_equal(facts.genres[0], "Rock");
}

static void
western_latin_1_in_id3_is_left_alone(void **state)
{
	struct buffer tag;

	(void)state;
	id3_begin(&tag, 3, 0);
	id3_text(&tag, 3, "TIT2", 0, SPAN("F\xFCr Elise"));
	id3_text(&tag, 3, "TPE1", 0, SPAN("Mot\xF6rhead/AC/DC"));
	id3_end(&tag, 0);
	probe(with_tag("latin1.mp3", &tag));
	assert_string_equal(facts.title, "Für Elise");
	assert_string_equal(facts.artist_text, "Motörhead/AC/DC");
	assert_int_equal(facts.credit_count, 1);
	assert_null(facts.repairs);
}

static void
ape_tags_with_lists_rank_between_id3v2_and_id3v1(void **state)
{
	struct buffer bytes, tag;
	char v1[128] = "TAGOld title";

	(void)state;
	buffer_init(&tag, 0);
	ape_item(&tag, "Title", SPAN("Ape title"));
	ape_item(&tag, "Artist", SPAN("One\0Two"));
	ape_item(&tag, "Replaygain_Track_Gain", SPAN("-1.00 dB"));
	ape_end(&tag, 3);
	media_read(media_path("none.mp3"), &bytes);
	buffer_add(&bytes, tag.bytes, tag.length);
	buffer_add(&bytes, v1, sizeof v1);
	probe(media_write("ape.mp3", &bytes));
	assert_string_equal(facts.title, "Ape title");
	assert_string_equal(facts.artist_text, "One, Two");
	assert_int_equal(facts.credit_count, 2);
	assert_true(facts.track_gain.known);
	assert_near(facts.duration_ms, 1000, 0);
	buffer_release(&tag);
	buffer_release(&bytes);
}

static void
add_comment(struct buffer *out, const char *text)
{
	add_le32(out, (uint32_t)strlen(text));
	buffer_add_text(out, text);
}

static void
repeated_vorbis_comments_are_several_values(void **state)
{
	struct buffer flac, comments, out;

	(void)state;
	buffer_init(&comments, 0);
	add_comment(&comments, "test");
	add_le32(&comments, 6);
	add_comment(&comments, "ARTIST=One");
	add_comment(&comments, "artist=Two");
	add_comment(&comments, "GENRE=Rock");
	add_comment(&comments, "GENRE=Folk");
	add_comment(&comments, "PERFORMER=Gus (guitar)");
	add_comment(&comments, "R128_TRACK_GAIN=-1280");
	media_read(media_path("a.flac"), &flac);
	buffer_init(&out, 0);
	buffer_add(&out, flac.bytes, 42); /* magic and STREAMINFO */
	out.bytes[4] = 0;
	buffer_add_char(&out, (char)0x84);
	buffer_add_char(&out, 0);
	buffer_add_char(&out, (char)(comments.length >> 8));
	buffer_add_char(&out, (char)comments.length);
	buffer_add(&out, comments.bytes, comments.length);
	buffer_add(&out, flac.bytes + flac.length / 2, flac.length / 2);
	probe(media_write("many.flac", &out));
	assert_string_equal(facts.artist_text, "One, Two");
	assert_int_equal(facts.genre_count, 2);
	assert_int_equal(facts.credit_count, 3);
	assert_string_equal(facts.credits[2].name, "Gus");
	assert_int_equal((int)(facts.track_gain.gain_db * 10), 0);
	assert_true(facts.track_gain.known);
	buffer_release(&flac);
	buffer_release(&comments);
	buffer_release(&out);
}

/* DSF: DSD, fmt and data chunks, then ID3v2. */
static void
dsf_is_read_with_its_id3(void **state)
{
	struct buffer out, tag;
	const uint64_t data_bytes = 2 * 4096ull * 87;

	(void)state;
	id3_begin(&tag, 3, 0);
	id3_text(&tag, 3, "TIT2", 0, SPAN("One bit"));
	id3_end(&tag, 0);
	buffer_init(&out, 0);
	buffer_add_text(&out, "DSD ");
	add_le64(&out, 28);
	add_le64(&out, 28 + 52 + 12 + data_bytes + tag.length);
	add_le64(&out, 28 + 52 + 12 + data_bytes);
	buffer_add_text(&out, "fmt ");
	add_le64(&out, 52);
	add_le32(&out, 1); /* version */
	add_le32(&out, 0);
	add_le32(&out, 2); /* stereo */
	add_le32(&out, 2);
	add_le32(&out, 2822400);
	add_le32(&out, 1);
	add_le64(&out, 2822400); /* samples: one second */
	add_le32(&out, 4096);
	add_le32(&out, 0);
	buffer_add_text(&out, "data");
	add_le64(&out, 12 + data_bytes);
	for (uint64_t i = 0; i < data_bytes; i++)
		buffer_add_char(&out, 0x69);
	buffer_add(&out, tag.bytes, tag.length);
	probe(media_write("a.dsf", &out));
	assert_string_equal(facts.codec, "dsd");
	assert_int_equal(facts.sample_rate_hz, 2822400);
	assert_int_equal(facts.bit_depth, 1);
	assert_near(facts.duration_ms, 1000, 12);
	assert_string_equal(facts.title, "One bit");
	buffer_release(&out);
	buffer_release(&tag);
}

static void
apes_with_an_apev2_tag_are_read(void **state)
{
	struct buffer out, tag;

	(void)state;
	buffer_init(&out, 0);
	ape_silence(&out);
	buffer_init(&tag, 0);
	ape_item(&tag, "TITLE", SPAN("Молчание"));
	ape_end(&tag, 1);
	buffer_add(&out, tag.bytes, tag.length);
	probe(media_write("a.ape", &out));
	assert_string_equal(facts.container, "ape");
	assert_string_equal(facts.codec, "ape");
	assert_near(facts.duration_ms, 1000, 0);
	assert_int_equal(facts.bit_depth, 16);
	assert_string_equal(facts.title, "Молчание");
	buffer_release(&out);
	buffer_release(&tag);
}

static void
what_is_no_music_is_refused_with_the_reason(void **state)
{
	struct buffer bytes, tag;

	(void)state;
	media_ffmpeg("-f lavfi -i testsrc=d=1:s=64x64 silent.mp4");
	media_ffmpeg("-f lavfi -i testsrc=d=0.1:s=64x64 -frames:v 1 p.png");
	rejects(media_path("silent.mp4"), STATUS_UNSUPPORTED,
		"video without sound");
	rejects(media_path("p.png"), STATUS_UNSUPPORTED, "a picture");
	buffer_init(&bytes, 0);
	rejects(media_write("empty.mp3", &bytes), STATUS_UNSUPPORTED,
		"an empty file");
	buffer_add_text(&bytes, "just some words\nin lines\n");
	rejects(media_write("text.mp3", &bytes), STATUS_UNSUPPORTED, "text");
	buffer_clear(&bytes);
	buffer_add_text(&bytes, "\n <!DOCTYPE html><title>404</title>");
	rejects(media_write("page.mp3", &bytes), STATUS_UNSUPPORTED,
		"a web page");
	buffer_clear(&bytes);
	buffer_add(&bytes, "PK\3\4zip", 7);
	rejects(media_write("zip.flac", &bytes), STATUS_UNSUPPORTED,
		"an archive");
	buffer_clear(&bytes);
	for (int i = 0; i < 5000; i++)
		buffer_add_char(&bytes, 0);
	rejects(media_write("zeros.m4a", &bytes), STATUS_UNSUPPORTED,
		"nothing but zeros");
	id3_begin(&tag, 4, 0);
	id3_end(&tag, 10);
	rejects(media_write("onlytag.mp3", &tag), STATUS_UNSUPPORTED,
		"a tag but no sound");
	buffer_release(&tag);
	buffer_release(&bytes);
}

static void
a_wav_of_five_gigabytes_keeps_its_length(void **state)
{
	const char *path = media_path("huge.wav");
	const uint64_t data = 5ull << 30;
	struct buffer head;
	int fd;

	(void)state;
	buffer_init(&head, 0);
	buffer_add_text(&head, "RF64");
	add_le32(&head, UINT32_MAX);
	buffer_add_text(&head, "WAVEds64");
	add_le32(&head, 28);
	add_le64(&head, data + 72);
	add_le64(&head, data);
	add_le64(&head, data / 4);
	add_le32(&head, 0);
	buffer_add_text(&head, "fmt ");
	add_le32(&head, 16);
	add_le32(&head, 1 | 2 << 16);
	add_le32(&head, 44100);
	add_le32(&head, 44100 * 4);
	add_le32(&head, 4 | 16 << 16);
	buffer_add_text(&head, "data");
	add_le32(&head, UINT32_MAX);
	media_write("huge.wav", &head);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(ftruncate(fd, (off_t)(data + head.length)), 0);
	close(fd);
	probe(path);
	assert_near(facts.duration_ms, (int64_t)(data / 4 * 10 / 441), 1);
	unlink(path);
	buffer_release(&head);
}

static void
lengths_that_the_file_cannot_hold_are_not_believed(void **state)
{
	struct buffer bytes;
	char *at;

	(void)state;
	/* a wav cut in half */
	media_read(media_path("a.wav"), &bytes);
	bytes.length /= 2;
	probe(media_write("half.wav", &bytes));
	assert_near(facts.duration_ms, 1550, 10);
	buffer_release(&bytes);
	/* an mp3 cut in half: Xing still promises all of it */
	media_read(media_path("cbr.mp3"), &bytes);
	bytes.length /= 2;
	probe(media_write("half.mp3", &bytes));
	assert_near(facts.duration_ms, 1550, 60);
	buffer_release(&bytes);
	/* an mp3 whose Xing says a hundred hours */
	media_read(media_path("vbr.mp3"), &bytes);
	at = memmem(bytes.bytes, bytes.length, "Xing", 4);
	assert_non_null(at);
	memcpy(at + 8, "\0\xFF\xFF\xFF", 4);
	probe(media_write("lie.mp3", &bytes));
	assert_near(facts.duration_ms, 3100, 60);
	buffer_release(&bytes);
}

static void
a_variable_rate_without_a_header_is_counted(void **state)
{
	(void)state;
	media_ffmpeg("-f lavfi -i aevalsrc=0:d=3:s=44100 -f lavfi -i "
		     "anoisesrc=d=3:r=44100 -filter_complex "
		     "'[0][1]concat=v=0:a=1' -q:a 2 -write_xing 0 vbr_bare.mp3");
	probe(media_path("vbr_bare.mp3"));
	assert_near(facts.duration_ms, 6000, 60);
}

static void
the_front_cover_wins_and_is_sent_once(void **state)
{
	struct buffer png, tag, body;
	struct fault fault = { 0 };
	uint8_t hash[SHA256_BYTES];
	const char *path;

	(void)state;
	media_read(media_path("p.png"), &png);
	id3_begin(&tag, 3, 0);
	id3_frame(&tag, 3, "APIC", 0,
		  SPAN("\0image/jpeg\0\4back\0\xFF\xD8\xFF the back"));
	buffer_init(&body, 0);
	buffer_add(&body, "\1image/png\0\3\xFF\xFE" "F\0\0\0", 18);
	buffer_add(&body, png.bytes, png.length);
	id3_frame(&tag, 3, "APIC", 0, (struct span){ body.bytes, body.length });
	id3_end(&tag, 0);
	path = with_tag("cover.mp3", &tag);
	probe(path);
	assert_true(facts.has_picture);
	assert_string_equal(facts.picture_type, "image/png");
	assert_int_equal(facts.picture_bytes, png.length);
	assert_int_equal(facts.picture.length, 0);
	memcpy(hash, facts.picture_hash, sizeof hash);
	assert_int_equal(media_probe_path(pool, path, MEDIA_WANT_PICTURE, NULL,
					  &arena, &facts, &fault),
			 STATUS_OK);
	assert_int_equal(facts.picture.length, png.length);
	assert_memory_equal(facts.picture.at, png.bytes, png.length);
	assert_int_equal(media_probe_path(pool, path, MEDIA_WANT_PICTURE, hash,
					  &arena, &facts, &fault),
			 STATUS_OK);
	assert_int_equal(facts.picture.length, 0);
	assert_memory_equal(facts.picture_hash, hash, sizeof hash);
	buffer_release(&png);
	buffer_release(&body);
}

static void
the_same_cover_is_the_same_in_every_container(void **state)
{
	static const char *const names[] = { "c.mp3", "c.flac", "c.m4a" };
	uint8_t hash[SHA256_BYTES] = { 0 };

	const char *outputs = "";

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		outputs = arena_print(&arena,
				      "%s -map 0:a -map 1:v -c:v copy "
				      "-disposition:v attached_pic "
				      "-metadata:s:v comment='Cover (front)' %s",
				      outputs, names[i]);
	media_ffmpeg(arena_print(&arena, "-i a.wav -i p.png%s", outputs));
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		probe(media_path(names[i]));
		assert_true(facts.has_picture);
		assert_string_equal(facts.picture_type, "image/png");
		if (i > 0)
			assert_memory_equal(hash, facts.picture_hash,
					    sizeof hash);
		memcpy(hash, facts.picture_hash, sizeof hash);
	}
}

static int
begin(void **state)
{
	(void)state;
	arena_init(&arena);
	media_files_begin();
	pool = media_pool_make(2);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	media_pool_close(pool);
	media_files_end();
	arena_release(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_format_tells_its_sound_and_its_tags),
		cmocka_unit_test(taglib_reads_the_same_tags_and_lengths),
		cmocka_unit_test(
			retagging_keeps_the_audio_key_and_other_sound_changes_it),
		cmocka_unit_test(
			two_songs_that_begin_with_silence_have_two_keys),
		cmocka_unit_test(id3v24_lists_roles_and_numbers_are_read),
		cmocka_unit_test(id3v22_is_read_like_the_newer_ones),
		cmocka_unit_test(
			id3v23_with_unsynchronisation_and_extended_header_is_undone),
		cmocka_unit_test(
			windows_1251_in_id3v2_and_id3v1_is_read_as_russian),
		cmocka_unit_test(western_latin_1_in_id3_is_left_alone),
		cmocka_unit_test(
			ape_tags_with_lists_rank_between_id3v2_and_id3v1),
		cmocka_unit_test(repeated_vorbis_comments_are_several_values),
		cmocka_unit_test(dsf_is_read_with_its_id3),
		cmocka_unit_test(apes_with_an_apev2_tag_are_read),
		cmocka_unit_test(what_is_no_music_is_refused_with_the_reason),
		cmocka_unit_test(a_wav_of_five_gigabytes_keeps_its_length),
		cmocka_unit_test(
			lengths_that_the_file_cannot_hold_are_not_believed),
		cmocka_unit_test(a_variable_rate_without_a_header_is_counted),
		cmocka_unit_test(the_front_cover_wins_and_is_sent_once),
		cmocka_unit_test(
			the_same_cover_is_the_same_in_every_container),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
