/* test_media_text.c - code pages, numbers, dates, genres and names in tags. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <iconv.h>
#include <math.h>
#include <stdio.h>

#include "media/read/codepage.h"
#include "media/read/facts_from_tags.h"
#include "media/read/mp4.h"
#include "media/read/tags.h"
#include "media/read/unicode.h"
#include "media/read/value.h"

static struct arena arena;

static int
arena_up(void **state)
{
	(void)state;
	arena_init(&arena);
	return 0;
}

static int
arena_down(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

/* The C library's own conversion: an oracle that is not ours. */
static struct span
in_page(const char *text, const char *page)
{
	iconv_t to = iconv_open(page, "UTF-8");
	char *out = arena_alloc(&arena, 4 * strlen(text) + 4), *at = out;
	char *in = arena_copy_text(&arena, text);
	size_t in_left = strlen(in), out_left = 4 * in_left + 4;

	assert_true(to != (iconv_t)-1);
	if (iconv(to, &in, &in_left, &at, &out_left) == (size_t)-1)
		fail_msg("\"%s\" cannot be written in %s", text, page);
	iconv_close(to);
	return (struct span){ out, (size_t)(at - out) };
}

static const char *const russian[] = {
	"Кино", "Аквариум", "ДДТ", "Алиса", "Земфира", "Сплин", "Мумий Тролль",
	"Ария", "Король и Шут", "Чайф", "Машина времени", "Агата Кристи",
	"Наутилус Помпилиус", "Гражданская оборона", "Ленинград",
	"Звуки Му", "Браво", "Пикник", "Крематорий", "Воскресение",
	"Ночные Снайперы", "Смысловые Галлюцинации", "Мельница",
	"Виктор Цой", "Борис Гребенщиков", "Владимир Высоцкий",
	"Булат Окуджава", "Алла Пугачёва", "Михаил Боярский",
	"Пётр Ильич Чайковский", "Дмитрий Шостакович", "Сергей Рахманинов",
	"Модест Мусоргский", "Николай Римский-Корсаков", "Щедрин",
	"Группа крови", "Звезда по имени Солнце", "Последний герой",
	"Перемен!", "Пачка сигарет", "Спокойная ночь", "Лебединое озеро",
	"Времена года", "Щелкунчик", "Картинки с выставки",
	"Выхода нет", "Всё идёт по плану", "Вечная молодость",
	"Прекрасное далёко", "Миллион алых роз", "Ой, мороз, мороз",
	"Подмосковные вечера", "Чёрный ворон", "Катюша", "Эх, дороги",
	"Юность", "Ёлка", "Жуки", "Цветы", "Хор Турецкого", "Ундервуд",
	"АРИЯ", "КИНО", "ЧАЙФ", "МАШИНА ВРЕМЕНИ", "Том 1", "Лучшее",
	"Пение птиц", "Я свободен", "Мы", "Ты и я", "Снег", "Дождь",
	"Океан Ельзи", "Фабрика звёзд", "Руки Вверх!", "Иванушки",
};

static const char *const western[] = {
	"Motörhead", "Björk", "Für Elise", "Café", "Sigur Rós", "Mötley Crüe",
	"Blue Öyster Cult", "Queensrÿche", "Hüsker Dü", "Beyoncé",
	"Édith Piaf", "Céline Dion", "Françoise Hardy", "Zoë", "Noël",
	"À la claire fontaine", "Où est ma tête", "L'été indien", "Garçon",
	"Ça plane pour moi", "Été", "Élégie", "Naïve", "Aïe", "Île",
	"Antonín Dvořák" /* partly */, "Maß", "Größe", "Über den Wolken",
	"Äpfel", "Öl", "Ärzte", "Die Ärzte", "Die Toten Hosen", "Müßiggang",
	"Mañana", "El Niño", "¿Dónde está?", "¡Ay, qué dolor!", "Corazón",
	"Canción", "Niña", "São Paulo", "João Gilberto", "Caetano",
	"Coração", "Não", "Pão", "Antônio Carlos Jobim", "Você",
	"Ólafur Arnalds", "Ágætis byrjun", "Múm", "Emilíana Torrini",
	"Þú", "Þú og ég", "Öxar við ána", "Röyksopp", "Kaizers Orchestra",
	"Mø", "Ålesund", "Blåøjet", "Sørensen", "Grieg: Våren", "Yö",
	"Ääni", "Häätö", "Jäääär", "Öö", "Á", "É", "Ö", "À", "ß",
	"Año nuevo", "Señorita", "L'Âme Immortelle", "Encyclopædia",
	"Crème brûlée", "Émilie Simon", "Camélia Jordana", "Tête à tête",
	"Zaz – «Je veux»", "Señor Coconut", "Los Ángeles Azules",
	"AC/DC", "Simon & Garfunkel", "plain ASCII",
};

static void
russian_names_in_windows_1251_are_recognised_one_by_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(russian); i++) {
		struct span bytes = in_page(russian[i], "CP1251");
		enum codepage page = codepage_guess(
			bytes, NULL, CODEPAGE_THRESHOLD_LEGACY);

		if (page != CODEPAGE_1251)
			fail_msg("%s was read as %s (evidence %.1f)",
				 russian[i], codepage_name(page),
				 codepage_evidence(bytes, CODEPAGE_1251));
		assert_string_equal(codepage_decode(&arena, bytes, page),
				    russian[i]);
	}
}

static void
western_names_in_latin_1_stay_what_they_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(western); i++) {
		struct span bytes = in_page(western[i],
					    strcmp(western[i],
						   "Antonín Dvořák") == 0 ?
						    "CP1250" :
						    "CP1252");
		enum codepage page = codepage_guess(
			bytes, NULL, CODEPAGE_THRESHOLD_LEGACY);

		if (page != CODEPAGE_WESTERN)
			fail_msg("%s was read as %s (evidence %.1f)",
				 western[i], codepage_name(page),
				 codepage_evidence(bytes, page));
	}
}

static void
koi8_and_dos_texts_are_told_from_windows_1251(void **state)
{
	static const char *const names[] = { "Кино", "Аквариум",
					     "Машина времени",
					     "Группа крови" };
	static const struct {
		const char *name;
		enum codepage page;
	} pages[] = { { "KOI8-R", CODEPAGE_KOI8R },
		      { "CP866", CODEPAGE_866 } };

	(void)state;
	for (size_t p = 0; p < ARRAY_LENGTH(pages); p++) {
		for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
			struct span bytes = in_page(names[i], pages[p].name);

			assert_int_equal(
				codepage_guess(bytes, NULL,
					       CODEPAGE_THRESHOLD_LEGACY),
				pages[p].page);
			assert_string_equal(
				codepage_decode(&arena, bytes, pages[p].page),
				names[i]);
		}
	}
}

static struct tag_set *
tags_new(void)
{
	struct tag_set *set = arena_alloc(&arena, sizeof *set);

	tag_set_init(set, &arena);
	return set;
}

static void
add(struct tag_set *set, enum tag_field field, const char *text)
{
	tag_add(set, field, TAG_RANK_NATIVE, span_of(text), false);
}

static void
add_legacy(struct tag_set *set, enum tag_field field, struct span bytes)
{
	tag_add(set, field, TAG_RANK_ID3V2, bytes, true);
}

static void
unicode_made_from_windows_1251_by_mistake_is_undone(void **state)
{
	struct tag_set *set = tags_new();
	const char *repairs;

	(void)state;
	/* "Кино", "Группа крови" as Windows-1251 read as Windows-1252 */
	add(set, TAG_ARTIST, "Êèíî");
	add(set, TAG_TITLE, "Ãðóïïà êðîâè");
	/* "Кино" as UTF-8 read as Windows-1252 */
	add(set, TAG_ALBUM, "ÐšÐ¸Ð½Ð¾");
	add(set, TAG_COMMENT, "Motörhead");
	repairs = tags_repair(set);
	assert_string_equal(set->tags[0].value.at, "Кино");
	assert_string_equal(set->tags[1].value.at, "Группа крови");
	assert_string_equal(set->tags[3].value.at, "Motörhead");
	assert_string_equal(repairs, "title, artist: read as Windows-1251; "
				     "album: read as UTF-8");
}

static void
one_tag_is_judged_as_a_whole_but_a_clear_value_stands_for_itself(void **state)
{
	struct tag_set *set = tags_new();

	(void)state;
	add_legacy(set, TAG_ARTIST, in_page("Ария", "CP1251"));
	add_legacy(set, TAG_TITLE, in_page("Я", "CP1251")); /* alone: "ß" */
	add_legacy(set, TAG_ALBUM, in_page("Герой асфальта", "CP1251"));
	add_legacy(set, TAG_ALBUM_ARTIST, in_page("Би-2", "CP1251"));
	add_legacy(set, TAG_COMMENT, in_page("Motörhead cover", "CP1252"));
	assert_string_equal(tags_repair(set),
			    "title, artist, album, album artist: read as "
			    "Windows-1251");
	assert_string_equal(set->tags[1].value.at, "Я");
	assert_string_equal(set->tags[3].value.at, "Би-2");
	assert_string_equal(set->tags[4].value.at, "Motörhead cover");
}

static void
western_tags_need_no_repair(void **state)
{
	struct tag_set *set = tags_new();

	(void)state;
	add_legacy(set, TAG_ARTIST, in_page("Die Ärzte", "CP1252"));
	add_legacy(set, TAG_TITLE, in_page("Öö", "CP1252"));
	add(set, TAG_ALBUM, "Ägypten");
	assert_null(tags_repair(set));
	assert_string_equal(set->tags[0].value.at, "Die Ärzte");
	assert_string_equal(set->tags[1].value.at, "Öö");
}

static void
utf16_is_read_with_and_without_marks_and_with_broken_pairs(void **state)
{
	struct span text;

	(void)state;
	text = utf16_to_utf8(&arena, SPAN("\xFF\xFE" "A\0\x1A\x04"), true);
	assert_string_equal(text.at, "AК");
	text = utf16_to_utf8(&arena, SPAN("\0A\x04\x1A"), true);
	assert_string_equal(text.at, "AК");
	text = utf16_to_utf8(&arena, SPAN("\x3D\xD8\xB5\xDE"), false);
	assert_string_equal(text.at, "\xF0\x9F\x9A\xB5");
	text = utf16_to_utf8(&arena, SPAN("\x3D\xD8" "A\0"), false);
	assert_string_equal(text.at, "\xEF\xBF\xBD" "A");
	/* each value of a list may have a mark of its own */
	text = utf16_to_utf8(&arena,
			     SPAN("\xFF\xFE" "A\0\0\0\xFF\xFE" "B\0"), false);
	assert_int_equal(text.length, 3);
	assert_memory_equal(text.at, "A\0B", 3);
}

static void
positions_are_read_in_all_their_spellings(void **state)
{
	static const struct {
		const char *text;
		uint32_t number, total;
	} rows[] = {
		{ "3", 3, 0 },	    { "03", 3, 0 },	{ "3/12", 3, 12 },
		{ "3 of 12", 3, 12 }, { "3 / 12", 3, 12 }, { "#7", 7, 0 },
		{ "", 0, 0 },	    { "A", 0, 0 },	{ "-3", 0, 0 },
		{ "9999999999", 0, 0 }, { "/12", 12, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		uint32_t number = 99, total = 99;

		value_position(span_of(rows[i].text), &number, &total);
		if (number != rows[i].number || total != rows[i].total)
			fail_msg("%s: %u %u", rows[i].text, number, total);
	}
}

static void
years_are_found_in_dates_of_any_order(void **state)
{
	(void)state;
	assert_int_equal(value_year(SPAN("2004")), 2004);
	assert_int_equal(value_year(SPAN("2004-05-01")), 2004);
	assert_int_equal(value_year(SPAN("01.05.2004")), 2004);
	assert_int_equal(value_year(SPAN("20040501")), 2004);
	assert_int_equal(value_year(SPAN("May 1, 1997")), 1997);
	assert_int_equal(value_year(SPAN("2004-05-01T10:11:12Z")), 2004);
	assert_int_equal(value_year(SPAN("04")), 0);
	assert_int_equal(value_year(SPAN("0000")), 0);
	assert_int_equal(value_year(SPAN("123456")), 0);
	assert_int_equal(value_year(SPAN("")), 0);
}

static void
gains_are_read_with_point_or_comma_and_brought_to_one_level(void **state)
{
	double value = 0;

	(void)state;
	assert_true(value_decimal(SPAN("-6.10 dB"), 100, &value));
	assert_true(fabs(value + 6.1) < 1e-9);
	assert_true(value_decimal(SPAN("+1,5 dB"), 100, &value));
	assert_true(fabs(value - 1.5) < 1e-9);
	assert_false(value_decimal(SPAN("1e99"), 0.5, &value));
	assert_false(value_decimal(SPAN("loud"), 100, &value));
	assert_false(value_decimal(SPAN("nan"), 100, &value));
	/* R128 aims 5 dB lower than ReplayGain */
	assert_true(value_r128_gain(SPAN("-1536"), &value));
	assert_true(fabs(value + 1) < 1e-9);
	assert_false(value_r128_gain(SPAN("40000"), &value));
}

static void
check_genres(const char *text, const char *want)
{
	const char *out[8];
	size_t count = value_genres(&arena, span_of(text), out, 0, 8);
	const char *all = "";

	for (size_t i = 0; i < count; i++)
		all = arena_print(&arena, "%s%s%s", all, i > 0 ? "|" : "",
				  out[i]);
	assert_string_equal(all, want);
}

static void
genres_are_read_by_number_and_by_name(void **state)
{
	(void)state;
	check_genres("(17)", "Rock");
	check_genres("17", "Rock");
	check_genres("(17)Rock", "Rock");
	check_genres("(17)Art Rock", "Rock|Art Rock");
	check_genres("(4)(12)", "Disco|Other");
	check_genres("(RX)", "Remix");
	check_genres("Rock; Pop", "Rock|Pop");
	check_genres("Rock / Pop / rock", "Rock|Pop");
	check_genres("Pop/Rock", "Pop/Rock");
	check_genres("R&B", "R&B");
	check_genres("Folk, World, & Country", "Folk, World, & Country");
	check_genres("(bracketed) thing", "(bracketed) thing");
	check_genres("(255)", "");
	check_genres("", "");
}

static void
check_names(const char *text, bool slashes, const char *want)
{
	struct span rest = span_of(text), name;
	const char *all = "";

	while (value_next_name(&rest, slashes, &name))
		all = arena_print(&arena, "%s%s%.*s", all,
				  all[0] != '\0' ? "|" : "", (int)name.length,
				  name.at);
	assert_string_equal(all, want);
}

static void
names_are_cut_only_where_it_is_safe(void **state)
{
	(void)state;
	check_names("AC/DC", false, "AC/DC");
	check_names("Simon & Garfunkel", false, "Simon & Garfunkel");
	check_names("Tyler, the Creator", false, "Tyler, the Creator");
	check_names("Earth, Wind & Fire", false, "Earth, Wind & Fire");
	check_names("A; B;C", false, "A|B|C");
	check_names("A / B", false, "A|B");
	check_names("Lennon/McCartney", true, "Lennon|McCartney");
	check_names(" ; ;", false, "");
}

static void
check_featured(const char *text, bool is_title, const char *main,
	       const char *featured)
{
	struct span m, f;
	bool found = value_featured(span_of(text), is_title, &m, &f);

	if (featured == NULL) {
		if (found)
			fail_msg("\"%s\" features %.*s", text, (int)f.length,
				 f.at);
		return;
	}
	if (!found)
		fail_msg("\"%s\" features nobody", text);
	assert_string_equal(arena_copy_bytes(&arena, m.at, m.length), main);
	assert_string_equal(arena_copy_bytes(&arena, f.at, f.length),
			    featured);
}

static void
featured_artists_are_found_in_both_languages(void **state)
{
	(void)state;
	check_featured("A feat. B", false, "A", "B");
	check_featured("A feat B", false, "A", "B");
	check_featured("A Feat. B & C", false, "A", "B & C");
	check_featured("A ft. B", false, "A", "B");
	check_featured("A featuring B", false, "A", "B");
	check_featured("Кино при участии Алисы", false, "Кино", "Алисы");
	check_featured("Кино п.у. Алисы", false, "Кино", "Алисы");
	check_featured("ПЕСНЯ (При участии Алисы)", true, "ПЕСНЯ", "Алисы");
	check_featured("Song (feat. B) [live]", true, "Song", "B");
	check_featured("Song [ft B]", true, "Song", "B");
	check_featured("No Small Feat at All", true, NULL, NULL);
	check_featured("Six ft Under", true, NULL, NULL);
	check_featured("Defeat", true, NULL, NULL);
	check_featured("Little Feat", false, NULL, NULL);
	check_featured("feat. X", false, NULL, NULL);
}

static void
credits_come_from_the_list_of_artists_when_there_is_one(void **state)
{
	struct media_facts *facts = arena_alloc(&arena, sizeof *facts);
	struct tag_set *set = tags_new();

	(void)state;
	add(set, TAG_TITLE, "Duet (feat. Dora)");
	add(set, TAG_ARTIST, "Anna & Boris feat. Clara");
	add(set, TAG_ARTISTS, "Anna");
	add(set, TAG_ARTISTS, "Boris");
	add(set, TAG_ARTISTS, "Clara");
	add(set, TAG_MBID_ARTIST, "11111111-1111-1111-1111-111111111111");
	add(set, TAG_MBID_ARTIST, "22222222-2222-2222-2222-222222222222");
	add(set, TAG_MBID_ARTIST, "33333333-3333-3333-3333-333333333333");
	facts_from_tags(set, facts);
	assert_string_equal(facts->title, "Duet (feat. Dora)");
	assert_string_equal(facts->artist_text, "Anna & Boris feat. Clara");
	assert_int_equal(facts->credit_count, 4);
	assert_string_equal(facts->credits[1].name, "Boris");
	assert_int_equal(facts->credits[1].role, CREDIT_MAIN);
	assert_string_equal(facts->credits[1].mbid,
			    "22222222-2222-2222-2222-222222222222");
	assert_string_equal(facts->credits[2].name, "Clara");
	assert_int_equal(facts->credits[2].role, CREDIT_FEATURED);
	assert_string_equal(facts->credits[3].name, "Dora");
	assert_int_equal(facts->credits[3].role, CREDIT_FEATURED);
}

static void
the_container_of_the_highest_rank_speaks_for_a_field(void **state)
{
	struct media_facts *facts = arena_alloc(&arena, sizeof *facts);
	struct tag_set *set = tags_new();

	(void)state;
	tag_add(set, TAG_TITLE, TAG_RANK_ID3V1, SPAN("Cut after thirt"), true);
	tag_add(set, TAG_TITLE, TAG_RANK_ID3V2, SPAN("Cut after thirty"),
		false);
	tag_add(set, TAG_ALBUM, TAG_RANK_ID3V1, SPAN("Only here"), true);
	facts_from_tags(set, facts);
	assert_string_equal(facts->title, "Cut after thirty");
	assert_string_equal(facts->album, "Only here");
}

static void
itunes_notes_on_gapless_playing_are_read(void **state)
{
	uint32_t delay, padding;
	uint64_t samples;

	(void)state;
	assert_true(itunes_gapless_read(
		SPAN(" 00000000 00000840 000001CA 00000000003F31F6 00000000"),
		&delay, &padding, &samples));
	assert_int_equal(delay, 0x840);
	assert_int_equal(padding, 0x1CA);
	assert_true(samples == 0x3F31F6);
	assert_false(itunes_gapless_read(SPAN("nonsense"), &delay, &padding,
					 &samples));
	assert_false(itunes_gapless_read(SPAN("0 FFFFFFFF 0 10"), &delay,
					 &padding, &samples));
}

static void
field_names_are_found_whatever_their_spelling(void **state)
{
	(void)state;
	assert_int_equal(tag_field_named(SPAN("ALBUMARTIST")),
			 TAG_ALBUM_ARTIST);
	assert_int_equal(tag_field_named(SPAN("album_artist")),
			 TAG_ALBUM_ARTIST);
	assert_int_equal(tag_field_named(SPAN("Album Artist")),
			 TAG_ALBUM_ARTIST);
	assert_int_equal(tag_field_named(SPAN("MusicBrainz Album Id")),
			 TAG_MBID_RELEASE);
	assert_int_equal(tag_field_named(SPAN("MUSICBRAINZ_ALBUMID")),
			 TAG_MBID_RELEASE);
	assert_int_equal(tag_field_named(SPAN("WM/PartOfSet")), TAG_DISC);
	assert_int_equal(tag_field_named(SPAN("year")), TAG_DATE);
	assert_int_equal(tag_field_named(SPAN("zzz")), TAG_NONE);
	assert_int_equal(tag_field_named(SPAN("")), TAG_NONE);
}

static void
lrc_needs_two_stamped_lines(void **state)
{
	(void)state;
	assert_true(value_is_lrc(SPAN("[ar:X]\n[00:01.00]a\n[00:02.00]b")));
	assert_false(value_is_lrc(SPAN("[00:01.00]a\nb")));
	assert_false(value_is_lrc(SPAN("[Chorus]\n[Verse]")));
}

/* A box around what was added to `out` since `from`. */
static void
box_close(struct buffer *out, size_t from)
{
	uint32_t length = (uint32_t)(out->length - from);

	for (int i = 0; i < 4; i++)
		out->bytes[from + (size_t)i] =
			(char)(length >> (8 * (3 - i)));
}

static size_t
box_open(struct buffer *out, const char *type)
{
	size_t from = out->length;

	buffer_add(out, "\0\0\0\0", 4);
	buffer_add(out, type, 4);
	return from;
}

static void
add_data(struct buffer *out, char kind, const char *bytes, size_t count)
{
	size_t box = box_open(out, "data");

	buffer_add(out, "\0\0\0", 3);
	buffer_add_char(out, kind);
	buffer_add(out, "\0\0\0\0", 4);
	buffer_add(out, bytes, count);
	box_close(out, box);
}

static void
add_freeform(struct buffer *out, const char *name, const char *first,
	     const char *second)
{
	size_t item = box_open(out, "----"), part;

	part = box_open(out, "mean");
	buffer_add(out, "\0\0\0\0com.apple.iTunes", 20);
	box_close(out, part);
	part = box_open(out, "name");
	buffer_add(out, "\0\0\0\0", 4);
	buffer_add_text(out, name);
	box_close(out, part);
	add_data(out, 1, first, strlen(first));
	if (second != NULL)
		add_data(out, 1, second, strlen(second));
	box_close(out, item);
}

/* moov/udta/meta/ilst with everything twice that may be. */
static void
mp4_tags_build(struct buffer *out)
{
	size_t moov, udta, meta, list, item;

	buffer_init(out, 0);
	moov = box_open(out, "moov");
	udta = box_open(out, "udta");
	meta = box_open(out, "meta");
	buffer_add(out, "\0\0\0\0", 4);
	list = box_open(out, "ilst");
	item = box_open(out, "\xA9" "ART");
	add_data(out, 1, "One", 3);
	add_data(out, 1, "Two", 3);
	box_close(out, item);
	item = box_open(out, "trkn");
	add_data(out, 0, "\0\0\0\5\0\x0C\0\0", 8);
	box_close(out, item);
	item = box_open(out, "gnre");
	add_data(out, 0, "\0\x12", 2);
	box_close(out, item);
	item = box_open(out, "cpil");
	add_data(out, 21, "\1", 1);
	box_close(out, item);
	item = box_open(out, "covr");
	add_data(out, 13, "\xFF\xD8\xFF picture", 11);
	box_close(out, item);
	add_freeform(out, "ARTISTS", "One", "Two");
	add_freeform(out, "LYRICIST", "Wordsmith", NULL);
	add_freeform(out, "iTunSMPB",
		     " 00000000 00000840 000001CA 00000000003F31F6", NULL);
	box_close(out, list);
	box_close(out, meta);
	box_close(out, udta);
	box_close(out, moov);
}

static void
mp4_atoms_with_several_values_and_free_names_are_read(void **state)
{
	struct media_facts *facts = arena_alloc(&arena, sizeof *facts);
	struct source *source = arena_alloc(&arena, sizeof *source);
	struct tag_set *set = tags_new();
	struct mp4_edit edit;
	struct buffer file;

	(void)state;
	mp4_tags_build(&file);
	source_from_memory(source, file.bytes, file.length);
	assert_true(mp4_read(source, set, &edit));
	facts_from_tags(set, facts);
	assert_string_equal(facts->artist_text, "One, Two");
	assert_int_equal(facts->credit_count, 3);
	assert_string_equal(facts->credits[2].name, "Wordsmith");
	assert_int_equal(facts->credits[2].role, CREDIT_LYRICIST);
	assert_int_equal(facts->track_no, 5);
	assert_int_equal(facts->track_total, 12);
	assert_string_equal(facts->genres[0], "Rock");
	assert_true(facts->compilation);
	assert_true(set->picture.present);
	assert_int_equal(set->picture.length, 11);
	assert_memory_equal(file.bytes + set->picture.offset,
			    "\xFF\xD8\xFF picture", 11);
	assert_int_equal(tag_first(set, TAG_ITUNES_GAPLESS).length, 43);
	buffer_release(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			russian_names_in_windows_1251_are_recognised_one_by_one),
		cmocka_unit_test(western_names_in_latin_1_stay_what_they_are),
		cmocka_unit_test(koi8_and_dos_texts_are_told_from_windows_1251),
		cmocka_unit_test(
			unicode_made_from_windows_1251_by_mistake_is_undone),
		cmocka_unit_test(
			one_tag_is_judged_as_a_whole_but_a_clear_value_stands_for_itself),
		cmocka_unit_test(western_tags_need_no_repair),
		cmocka_unit_test(
			utf16_is_read_with_and_without_marks_and_with_broken_pairs),
		cmocka_unit_test(positions_are_read_in_all_their_spellings),
		cmocka_unit_test(years_are_found_in_dates_of_any_order),
		cmocka_unit_test(
			gains_are_read_with_point_or_comma_and_brought_to_one_level),
		cmocka_unit_test(genres_are_read_by_number_and_by_name),
		cmocka_unit_test(names_are_cut_only_where_it_is_safe),
		cmocka_unit_test(featured_artists_are_found_in_both_languages),
		cmocka_unit_test(
			credits_come_from_the_list_of_artists_when_there_is_one),
		cmocka_unit_test(
			the_container_of_the_highest_rank_speaks_for_a_field),
		cmocka_unit_test(itunes_notes_on_gapless_playing_are_read),
		cmocka_unit_test(field_names_are_found_whatever_their_spelling),
		cmocka_unit_test(lrc_needs_two_stamped_lines),
		cmocka_unit_test(
			mp4_atoms_with_several_values_and_free_names_are_read),
	};

	return cmocka_run_group_tests(tests, arena_up, arena_down);
}
