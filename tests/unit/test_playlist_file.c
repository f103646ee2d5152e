/* test_playlist_file.c - reading and writing playlists as files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "service/playlist_file.h"

static struct arena arena;

static int
arena_open(void **state)
{
	(void)state;
	arena_init(&arena);
	return 0;
}

static int
arena_close(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static struct playlist_file
read_as(const char *text, enum playlist_format format)
{
	struct playlist_file file = { 0 };
	struct fault fault = { 0 };

	if (playlist_file_read(span_of(text), format, &arena, &file, &fault) !=
	    STATUS_OK)
		fail_msg("%s", fault.message);
	return file;
}

static void
refused(const char *text, enum playlist_format format)
{
	struct playlist_file file = { 0 };
	struct fault fault = { 0 };

	if (playlist_file_read(span_of(text), format, &arena, &file, &fault) !=
	    STATUS_INVALID)
		fail_msg("taken: %.80s", text);
	assert_string_equal(fault.field, "file");
}

static void
entry_is(const struct track_wanted *entry, const char *path, const char *artist,
	 const char *title, int64_t duration_ms)
{
	const char *const texts[][2] = { { entry->path, path },
					 { entry->artist, artist },
					 { entry->title, title } };

	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		if (texts[i][1] == NULL)
			assert_null(texts[i][0]);
		else
			assert_string_equal(texts[i][0], texts[i][1]);
	}
	assert_int_equal(entry->duration_ms, duration_ms);
}

/* ---- M3U ------------------------------------------------------------------
 */

static void
an_m3u_is_paths_line_by_line(void **state)
{
	struct playlist_file file = read_as(
		"Queen/Jazz/01.flac\r\n\r\n  C:\\Music\\02.mp3  \rlast.ogg",
		PLAYLIST_FORMAT_AUTO);

	(void)state;
	assert_int_equal(file.format, PLAYLIST_FORMAT_M3U);
	assert_string_equal(file.encoding, "UTF-8");
	assert_null(file.title);
	assert_int_equal(file.count, 3);
	entry_is(&file.entries[0], "Queen/Jazz/01.flac", NULL, NULL, 0);
	entry_is(&file.entries[1], "C:\\Music\\02.mp3", NULL, NULL, 0);
	entry_is(&file.entries[2], "last.ogg", NULL, NULL, 0);
}

static void
an_extended_m3u_tells_lengths_and_names(void **state)
{
	struct playlist_file file = read_as(
		"\xef\xbb\xbf#EXTM3U\n#PLAYLIST:Вечер\n"
		"#EXTINF:123,Queen - Mustapha\na.mp3\n"
		"#EXTINF:61.5 tvg-name=\"a, b\",Кино - Группа крови - живьём\n"
		"b.mp3\n#EXTINF:-1,Radio\nc.mp3\n#EXTINF:7\nd.mp3\n"
		"#EXTART:Bach\n#EXTALB:Organ\n# a remark\ne.mp3\n",
		PLAYLIST_FORMAT_AUTO);

	(void)state;
	assert_string_equal(file.title, "Вечер");
	assert_int_equal(file.count, 5);
	entry_is(&file.entries[0], "a.mp3", "Queen", "Mustapha", 123000);
	entry_is(&file.entries[1], "b.mp3", "Кино", "Группа крови - живьём",
		 61500);
	entry_is(&file.entries[2], "c.mp3", NULL, "Radio", 0);
	entry_is(&file.entries[3], "d.mp3", NULL, NULL, 7000);
	entry_is(&file.entries[4], "e.mp3", "Bach", NULL, 0);
	assert_string_equal(file.entries[4].album, "Organ");
}

static void
an_old_m3u_in_windows_1251_is_read_as_cyrillic(void **state)
{
	/* "#EXTINF:10,Кино - Группа крови" and "Музыка\Кино\01.mp3". */
	struct playlist_file file =
		read_as("#EXTM3U\n#EXTINF:10,\xca\xe8\xed\xee - "
			"\xc3\xf0\xf3\xef\xef\xe0 \xea\xf0\xee\xe2\xe8\n"
			"\xcc\xf3\xe7\xfb\xea\xe0\\\xca\xe8\xed\xee\\01.mp3\n",
			PLAYLIST_FORMAT_M3U);

	(void)state;
	assert_string_equal(file.encoding, "Windows-1251");
	entry_is(&file.entries[0], "Музыка\\Кино\\01.mp3", "Кино",
		 "Группа крови", 10000);
}

static void
addresses_lose_their_escapes_and_paths_keep_their_signs(void **state)
{
	struct playlist_file file = read_as(
		"file:///home/%D0%9A%D0%B8%D0%BD%D0%BE/a%20b.mp3\n100%25.mp3\n"
		"file:///%FF%zz.mp3\n",
		PLAYLIST_FORMAT_M3U);

	(void)state;
	entry_is(&file.entries[0], "file:///home/Кино/a b.mp3", NULL, NULL, 0);
	entry_is(&file.entries[1], "100%25.mp3", NULL, NULL, 0);
	entry_is(&file.entries[2], "file:///%FF%zz.mp3", NULL, NULL, 0);
}

static void
control_characters_are_blanks_and_bytes_of_zero_no_text(void **state)
{
	struct playlist_file file = read_as("\x7f\n \x01 \na\x7f"
					    "b.mp3\x02\n",
					    PLAYLIST_FORMAT_M3U);
	struct fault fault = { 0 };

	(void)state;
	assert_int_equal(file.count, 1);
	entry_is(&file.entries[0], "a b.mp3", NULL, NULL, 0);
	assert_int_equal(playlist_file_read(SPAN("a\0\xff.mp3"),
					    PLAYLIST_FORMAT_M3U, &arena, &file,
					    &fault),
			 STATUS_INVALID);
}

static void
texts_are_cut_and_entries_counted(void **state)
{
	struct playlist_file file = { 0 };
	struct fault fault = { 0 };
	struct buffer text;

	(void)state;
	buffer_init(&text, 0);
	for (int i = 0; i < 3000; i++)
		buffer_add_text(&text, "ж");
	file = read_as(text.bytes, PLAYLIST_FORMAT_M3U);
	assert_true(strlen(file.entries[0].path) <= PLAYLIST_FILE_TEXT_MAX);
	assert_true(
		utf8_valid(file.entries[0].path, strlen(file.entries[0].path)));
	buffer_clear(&text);
	for (int i = 0; i <= PLAYLIST_FILE_ENTRIES_MAX; i++)
		buffer_add_text(&text, "a\n");
	assert_int_equal(
		playlist_file_read((struct span){ text.bytes, text.length },
				   PLAYLIST_FORMAT_M3U, &arena, &file, &fault),
		STATUS_INVALID);
	buffer_drop(&text, 2);
	assert_int_equal(
		playlist_file_read((struct span){ text.bytes, text.length },
				   PLAYLIST_FORMAT_M3U, &arena, &file, &fault),
		STATUS_OK);
	assert_int_equal(file.count, PLAYLIST_FILE_ENTRIES_MAX);
	buffer_release(&text);
}

/* ---- XSPF -----------------------------------------------------------------
 */

static void
an_xspf_tells_what_each_track_is(void **state)
{
	struct playlist_file file = read_as(
		"<?xml version=\"1.0\"?><x:playlist version=\"1\" "
		"xmlns:x=\"http://xspf.org/ns/0/\"><x:title>A &amp; B</x:title>"
		"<x:annotation>of two</x:annotation><x:trackList><x:track>"
		"<x:location>file:///m/a%20b.mp3</x:location>"
		"<x:location>http://other/</x:location>"
		"<x:title><![CDATA[<One>]]></x:title><x:creator>Кино</"
		"x:creator>"
		"<x:album>C</x:album><x:duration>61000</x:duration>"
		"<x:identifier>urn:ogma:audio:000102030405060708090a0b0c0d0e0f"
		"</x:identifier><x:extension application=\"y\"><z><x:title>no"
		"</x:title></z></x:extension></x:track><x:track/>"
		"</x:trackList></x:playlist>",
		PLAYLIST_FORMAT_AUTO);

	(void)state;
	assert_int_equal(file.format, PLAYLIST_FORMAT_XSPF);
	assert_string_equal(file.title, "A & B");
	assert_string_equal(file.description, "of two");
	assert_int_equal(file.count, 2);
	entry_is(&file.entries[0], "file:///m/a b.mp3", "Кино", "<One>", 61000);
	assert_string_equal(file.entries[0].album, "C");
	assert_true(file.entries[0].has_audio_key);
	assert_int_equal(file.entries[0].audio_key[15], 0x0f);
	entry_is(&file.entries[1], NULL, NULL, NULL, 0);
}

static void
xml_with_entities_or_nesting_is_refused(void **state)
{
	struct buffer deep;

	(void)state;
	refused("<!DOCTYPE playlist [<!ENTITY a \"x\"><!ENTITY b "
		"\"&a;&a;&a;\">]><playlist><title>&b;</title></playlist>",
		PLAYLIST_FORMAT_XSPF);
	refused("<!DOCTYPE playlist SYSTEM \"file:///etc/passwd\"><playlist/>",
		PLAYLIST_FORMAT_XSPF);
	refused("<playlist><title>&nbsp;</title></playlist>",
		PLAYLIST_FORMAT_XSPF);
	refused("<rss/>", PLAYLIST_FORMAT_XSPF);
	refused("<playlist><trackList>", PLAYLIST_FORMAT_XSPF);
	buffer_init(&deep, 0);
	buffer_add_text(&deep, "<playlist>");
	for (int i = 0; i < 100; i++)
		buffer_add_text(&deep, "<a>");
	refused(deep.bytes, PLAYLIST_FORMAT_XSPF);
	buffer_release(&deep);
}

/* ---- JSON -----------------------------------------------------------------
 */

static void
json_may_be_a_list_or_more(void **state)
{
	struct playlist_file file =
		read_as(" [ \"a/b.mp3\", 7, {\"name\":\"T\",\"artist\":\"A\","
			"\"duration\":61.5,\"audio_key\":\"zz\"} ]",
			PLAYLIST_FORMAT_AUTO);

	(void)state;
	assert_int_equal(file.format, PLAYLIST_FORMAT_JSON);
	assert_int_equal(file.count, 3);
	entry_is(&file.entries[0], "a/b.mp3", NULL, NULL, 0);
	assert_int_equal(file.entries[1].track_id, 7);
	entry_is(&file.entries[2], NULL, "A", "T", 61500);
	assert_false(file.entries[2].has_audio_key);
	file = read_as("{\"name\":\"N\",\"comment\":\"c\",\"items\":[],"
		       "\"rules\":{\"rules\":[]}}",
		       PLAYLIST_FORMAT_AUTO);
	assert_string_equal(file.title, "N");
	assert_string_equal(file.description, "c");
	assert_string_equal(file.rules, "{\"rules\":[]}");
}

static void
json_that_is_no_playlist_is_refused(void **state)
{
	(void)state;
	refused("{}", PLAYLIST_FORMAT_JSON);
	refused("[null]", PLAYLIST_FORMAT_JSON);
	refused("[[1]]", PLAYLIST_FORMAT_JSON);
	refused("[1", PLAYLIST_FORMAT_JSON);
	refused("7", PLAYLIST_FORMAT_JSON);
	refused("", PLAYLIST_FORMAT_AUTO);
}

/* ---- writing --------------------------------------------------------------
 */

static void
what_is_written_reads_the_same(void **state)
{
	const struct track_place tracks[] = {
		{ .track_id = 7,
		  .path = "Кино/Группа крови/01 - A & B <x>.flac",
		  .title = "A & B <x>",
		  .artist = "Кино",
		  .album = "Группа крови",
		  .duration_ms = 61000,
		  .audio_key = { 1, 2, 255 },
		  .fingerprint = "AQAAAQ-_x" },
		{ .track_id = 8,
		  .path = "#1/100%.mp3",
		  .title = "Two",
		  .artist = "",
		  .duration_ms = 5000 },
	};
	const struct playlist_export what = { .title = "Ёлки & \"палки\"",
					      .description = "d",
					      .tracks = tracks,
					      .count = 2 };

	(void)state;
	for (enum playlist_format format = PLAYLIST_FORMAT_M3U;
	     format <= PLAYLIST_FORMAT_JSON; format++) {
		struct playlist_file file;
		struct buffer text;

		buffer_init(&text, 0);
		playlist_file_write(&what, format, &text);
		file = read_as(text.bytes, PLAYLIST_FORMAT_AUTO);
		assert_int_equal(file.format, format);
		assert_string_equal(file.title, what.title);
		assert_int_equal(file.count, 2);
		entry_is(&file.entries[0], tracks[0].path, "Кино", "A & B <x>",
			 61000);
		assert_string_equal(file.entries[1].title, "Two");
		assert_non_null(strstr(file.entries[1].path, "#1/100%.mp3"));
		if (format != PLAYLIST_FORMAT_M3U)
			assert_memory_equal(file.entries[0].audio_key,
					    tracks[0].audio_key,
					    TRACK_AUDIO_KEY_BYTES);
		if (format == PLAYLIST_FORMAT_JSON)
			assert_string_equal(file.entries[0].fingerprint,
					    tracks[0].fingerprint);
		assert_null(file.entries[1].fingerprint);
		buffer_release(&text);
	}
}

static void
a_line_end_in_a_name_makes_no_second_entry(void **state)
{
	const struct track_place track = { .path = "a\nb.mp3",
					   .title = "x\r\n#EXTINF:1,y",
					   .artist = "z" };
	const struct playlist_export what = { .title = "t\nevil.mp3",
					      .tracks = &track,
					      .count = 1 };
	struct playlist_file file;
	struct buffer text;

	(void)state;
	buffer_init(&text, 0);
	playlist_file_write(&what, PLAYLIST_FORMAT_M3U, &text);
	file = read_as(text.bytes, PLAYLIST_FORMAT_M3U);
	assert_int_equal(file.count, 1);
	buffer_release(&text);
}

int
main(void)
{
#define SCENARIO(name)                                                         \
	cmocka_unit_test_setup_teardown(name, arena_open, arena_close)
	const struct CMUnitTest tests[] = {
		SCENARIO(an_m3u_is_paths_line_by_line),
		SCENARIO(an_extended_m3u_tells_lengths_and_names),
		SCENARIO(an_old_m3u_in_windows_1251_is_read_as_cyrillic),
		SCENARIO(
			addresses_lose_their_escapes_and_paths_keep_their_signs),
		SCENARIO(
			control_characters_are_blanks_and_bytes_of_zero_no_text),
		SCENARIO(texts_are_cut_and_entries_counted),
		SCENARIO(an_xspf_tells_what_each_track_is),
		SCENARIO(xml_with_entities_or_nesting_is_refused),
		SCENARIO(json_may_be_a_list_or_more),
		SCENARIO(json_that_is_no_playlist_is_refused),
		SCENARIO(what_is_written_reads_the_same),
		SCENARIO(a_line_end_in_a_name_makes_no_second_entry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
