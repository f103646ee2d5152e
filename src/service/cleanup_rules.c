/* cleanup_rules.c - what is odd about a thing, and what it could be instead; see
 * cleanup.h.
 *
 * A rule looks at one field and knows nothing of the others, so that each can
 * be accepted alone; what is accepted is looked at again at once. Rules of text
 * are in base/tidy.h. */
#include "service/cleanup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/fold.h"
#include "base/json.h"
#include "base/tidy.h"
#include "driver/source.h"
#include "media/read/codepage.h"
#include "media/read/value.h"

#define YEAR_FIRST 1860       /* the first recorded sound */
#define TRACK_NUMBER_LAST 500 /* no record has more */
#define SHORT_MS 1000

struct examining {
	struct store_session *session;
	const struct suspect *thing;
	int64_t now_ms;
	struct arena *arena;
	struct suggestion *out;
	size_t count;
};

/* ---- wrong code pages ------------------------------------------------------------ */

/* The byte of Windows-1251 that has this character; -1: none. */
static int
byte_of_1251(struct arena *arena, uint32_t character)
{
	if (character < 0x80)
		return (int)character;
	for (int byte = 0x80; byte < 0x100; byte++) {
		const char one = (char)byte;
		const char *text = codepage_decode(
			arena, (struct span){ &one, 1 }, CODEPAGE_1251);
		const char *end = text + strlen(text);

		if (utf8_next(&text, end) == character && character != 0xFFFD)
			return byte;
	}
	return -1;
}

/* UTF-8 that was read as Windows-1251: every other letter is Р or С. */
static const char *
encoded_twice(struct arena *arena, const char *text)
{
	size_t length = strlen(text), count = 0, marks = 0, others = 0;
	const char *at = text, *end = text + length;
	char *bytes = arena_alloc(arena, length + 1);

	while (at < end) {
		uint32_t c = utf8_next(&at, end);

		marks += c == 0x420 || c == 0x421;
		others += c > 0x7F;
	}
	if (marks < 2 || marks * 2 < others || length > TIDY_TEXT_MAX)
		return NULL;
	at = text;
	while (at < end) {
		int byte = byte_of_1251(arena, utf8_next(&at, end));

		if (byte < 0)
			return NULL;
		bytes[count++] = (char)byte;
	}
	bytes[count] = '\0';
	return utf8_valid(bytes, count) && count < length ? bytes : NULL;
}

const char *
cleanup_unscramble(struct arena *arena, const char *text)
{
	const char *twice = encoded_twice(arena, text);
	enum codepage page;
	struct span bytes;

	if (twice != NULL)
		return twice;
	if (!codepage_unread(arena, span_of(text), &bytes))
		return NULL;
	page = codepage_guess(bytes, NULL, CODEPAGE_THRESHOLD_LEGACY);
	if (page == CODEPAGE_WESTERN)
		return NULL;
	text = codepage_decode(arena, bytes, page);
	return strstr(text, "\xEF\xBF\xBD") == NULL && *text != '\0' ? text :
								       NULL;
}

/* ---- writing a suggestion --------------------------------------------------------- */

/* Takes `change` (NULL: a person has to look). */
static void
suggest(struct examining *look, const char *rule, const char *field,
	const char *was, const char *becomes, int confidence, json_t *change)
{
	char *text = change == NULL ? NULL : json_dumps(change, JSON_COMPACT);

	if (look->count < CLEANUP_RULES_MAX)
		look->out[look->count++] = (struct suggestion){
			.kind = look->thing->kind,
			.thing_id = look->thing->id,
			.rule = rule,
			.field = field,
			.was = was,
			.becomes = becomes,
			.change = arena_copy_text(look->arena, text),
			.confidence = confidence,
		};
	free(text);
	json_decref(change);
}

static const char *
name_field(const struct suspect *thing)
{
	return thing->kind == EDIT_ARTIST ? "name" : "title";
}

static void
suggest_name(struct examining *look, const char *rule, const char *becomes,
	     int confidence)
{
	const char *field = name_field(look->thing);

	if (becomes != NULL)
		suggest(look, rule, field, look->thing->title, becomes,
			confidence, json_pack("{s:s}", field, becomes));
}

static void
point_at(struct examining *look, const char *rule, const char *field,
	 const char *was)
{
	suggest(look, rule, field, was, NULL, 100, NULL);
}

/* ---- rules of names ---------------------------------------------------------------- */

static void
look_names(struct examining *look)
{
	const char *name = look->thing->title;
	struct arena *arena = look->arena;
	bool artist = look->thing->kind == EDIT_ARTIST;

	suggest_name(look, "white_space", tidy_blanks(arena, name), 95);
	suggest_name(look, "composition", tidy_composed(arena, name), 95);
	suggest_name(look, "code_page", cleanup_unscramble(arena, name), 80);
	suggest_name(look, "capitals", tidy_capitals(arena, name, artist),
		     50);
	if (artist)
		return;
	suggest_name(look, "underscores", tidy_underscores(arena, name), 85);
	suggest_name(look, "promotion", tidy_promotion(arena, name), 85);
}

/* ---- rules of tracks ---------------------------------------------------------------- */

static void
look_number_in_title(struct examining *look)
{
	const struct suspect *track = look->thing;
	uint32_t number = 0;
	const char *becomes = tidy_number(look->arena, track->title, &number);
	json_t *change;

	if (becomes == NULL)
		return;
	change = json_pack("{s:s}", "title", becomes);
	if (track->track_no == 0)
		json_object_set_new(change, "track_no",
				    json_integer((json_int_t)number));
	suggest(look, "track_number", "title", track->title, becomes,
		track->track_no == (int32_t)number ? 95 :
		track->track_no == 0		   ? 80 :
						     60,
		change);
}

static bool
credited(const struct suspect_credit *credits, size_t count, const char *name,
	 struct arena *arena)
{
	const char *wanted = fold_identity(arena, name);

	for (size_t i = 0; i < count; i++)
		if (strcmp(fold_identity(arena, credits[i].name), wanted) == 0)
			return true;
	return false;
}

/* "A & B, C" is one name or several: only what tags part with certainty is
 * parted, and who is credited already is not credited again. */
static enum status
credits_with(struct examining *look, struct span featured, json_t **out,
	     struct fault *fault)
{
	struct suspect_credit *credits;
	struct span name;
	size_t count = 0;
	json_t *list;
	enum status status = suspect_credits(look->session, look->thing->id,
					     look->arena, &credits, &count,
					     fault);

	*out = NULL;
	if (status != STATUS_OK || count == 0)
		return status;
	list = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(
			list, json_pack("{s:I, s:s}", "id",
					(json_int_t)credits[i].artist_id,
					"role",
					credit_role_name(credits[i].role)));
	while (value_next_name(&featured, false, &name)) {
		const char *one;

		name = span_trim(name);
		one = arena_copy_bytes(look->arena, name.at, name.length);
		if (name.length == 0 || name.length > 200 ||
		    credited(credits, count, one, look->arena))
			continue;
		json_array_append_new(list, json_pack("{s:s, s:s}", "name",
						      one, "role",
						      "featured"));
	}
	if (json_array_size(list) > count)
		*out = list;
	else
		json_decref(list);
	return STATUS_OK;
}

/* "Song (feat. X) [Remix]": what stands after the bracket stays. */
static enum status
look_featured(struct examining *look, struct fault *fault)
{
	struct span title = span_of(look->thing->title), main, featured, rest;
	struct arena *arena = look->arena;
	json_t *credits = NULL, *change;
	const char *becomes, *after;
	enum status status;

	if (!value_featured(title, true, &main, &featured) || main.length == 0)
		return STATUS_OK;
	status = credits_with(look, featured, &credits, fault);
	if (status != STATUS_OK)
		return status;
	after = featured.at + featured.length;
	if (*after == ')' || *after == ']')
		after++;
	rest = span_trim(span_of(after));
	becomes = rest.length == 0 ?
			  arena_copy_bytes(arena, main.at, main.length) :
			  arena_print(arena, "%.*s %.*s", (int)main.length,
				      main.at, (int)rest.length, rest.at);
	change = json_pack("{s:s}", "title", becomes);
	if (credits != NULL)
		json_object_set_new(change, "artists", credits);
	suggest(look, "featuring", "title", look->thing->title, becomes, 85,
		change);
	return STATUS_OK;
}

/* No artist, and the title is "Artist - Title". */
static void
look_file_name(struct examining *look)
{
	const struct suspect *track = look->thing;
	const char *title = track->title, *dash = strstr(title, " - ");
	uint32_t number = 0;
	struct span artist, rest;
	json_t *change;

	if (track->artist_id != 0 || dash == NULL || dash == title ||
	    tidy_number(look->arena, title, &number) != NULL)
		return;
	artist = span_trim((struct span){ title, (size_t)(dash - title) });
	rest = span_trim(span_of(dash + 3));
	if (artist.length == 0 || artist.length > 200 || rest.length == 0)
		return;
	change = json_pack("{s:s#, s:[{s:s#}]}", "title", rest.at,
			   (int)rest.length, "artists", "name", artist.at,
			   (int)artist.length);
	suggest(look, "file_name", "title", title,
		arena_copy_bytes(look->arena, rest.at, rest.length), 60,
		change);
}

/* A track without a title is named after its file. */
static bool
named_after_file(struct examining *look)
{
	const char *file = look->thing->file_name, *display, *dot;

	if (file == NULL)
		return false;
	display = source_name_display(look->arena, file);
	dot = strrchr(display, '.');
	return dot != NULL &&
	       strlen(look->thing->title) == (size_t)(dot - display) &&
	       strncmp(look->thing->title, display, (size_t)(dot - display)) ==
		       0;
}

static int32_t
year_of(int64_t now_ms)
{
	time_t seconds = (time_t)(now_ms / 1000);
	struct tm parts;

	gmtime_r(&seconds, &parts);
	return (int32_t)parts.tm_year + 1900;
}

static void
look_track_facts(struct examining *look)
{
	const struct suspect *track = look->thing;
	struct arena *arena = look->arena;

	if (track->artist_id == 0 && named_after_file(look))
		point_at(look, "no_title", "title", track->title);
	if (track->artist_id == 0)
		point_at(look, "no_artist", "artists", "");
	if (track->album_id == 0)
		point_at(look, "no_album", "album", "");
	if (track->year != 0 && (track->year < YEAR_FIRST ||
				 track->year > year_of(look->now_ms) + 1))
		suggest(look, "year_range", "year",
			arena_print(arena, "%d", (int)track->year), NULL, 80,
			json_pack("{s:n}", "year"));
	if ((track->album_tracks > 1 && track->track_no == 0) ||
	    track->track_no > TRACK_NUMBER_LAST)
		point_at(look, "track_number_range", "track_no",
			 arena_print(arena, "%d", (int)track->track_no));
	if (track->duration_ms < SHORT_MS)
		point_at(look, "too_short", "duration_ms",
			 arena_print(arena, "%lld",
				     (long long)track->duration_ms));
}

static enum status
look_track(struct examining *look, struct fault *fault)
{
	const struct suspect *track = look->thing;
	struct arena *arena = look->arena;

	suggest_name(look, "file_ending", tidy_ending(arena, track->title),
		     95);
	look_number_in_title(look);
	if (track->artist_name != NULL)
		suggest_name(look, "artist_in_title",
			     tidy_artist(arena, track->title,
					 track->artist_name),
			     85);
	look_file_name(look);
	look_track_facts(look);
	return look_featured(look, fault);
}

/* ---- rules of albums and artists -------------------------------------------------------- */

/* The other one keeps: the one with more tracks, else the older. */
static bool
twin_is_main(const struct suspect *album, const struct suspect *twin)
{
	if (twin->track_count != album->track_count)
		return twin->track_count > album->track_count;
	return twin->id < album->id;
}

static int
twin_confidence(const struct suspect *album, const struct suspect *twin)
{
	bool released_apart = album->mbid != NULL && twin->mbid != NULL;

	return released_apart || (album->year != 0 && twin->year != 0 &&
				  album->year != twin->year) ?
		       30 :
		       65;
}

static enum status
look_twins(struct examining *look, struct fault *fault)
{
	const struct suspect *album = look->thing, *main = NULL;
	const char *name = fold_identity(look->arena, album->title);
	struct suspect *twins;
	size_t count = 0;
	enum status status = suspect_twins(look->session, album, look->arena,
					   &twins, &count, fault);

	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		if (twin_is_main(main == NULL ? album : main, &twins[i]) &&
		    strcmp(fold_identity(look->arena, twins[i].title), name) ==
			    0)
			main = &twins[i];
	if (main != NULL)
		suggest(look, "duplicate_album", "album_id", album->title,
			main->title, twin_confidence(album, main),
			json_pack("{s:I}", "album_id", (json_int_t)main->id));
	return status;
}

/* Written with е here and with ё there: ё is what it is called. */
static enum status
look_yo(struct examining *look, struct fault *fault)
{
	const char *name = look->thing->title, *best = NULL;
	const char *spellings[SPELLINGS_MAX];
	size_t count = 0;
	enum status status;

	if (strstr(name, "е") == NULL && strstr(name, "Е") == NULL)
		return STATUS_OK;
	status = suspect_spellings(look->session, look->thing->id, look->arena,
				   spellings, &count, fault);
	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		if (tidy_same_but_yo(best == NULL ? name : best, spellings[i]))
			best = spellings[i];
	suggest_name(look, "yo", best, 80);
	return status;
}

/* ---- all of them --------------------------------------------------------------------------- */

enum status
cleanup_examine(struct store_session *session, const struct suspect *suspect,
		int64_t now_ms, struct arena *arena, struct suggestion *out,
		size_t *count, struct fault *fault)
{
	struct examining look = { .session = session, .thing = suspect,
				  .now_ms = now_ms, .arena = arena,
				  .out = out };
	enum status status = STATUS_OK;

	if (suspect->visible) {
		look_names(&look);
		if (suspect->kind == EDIT_TRACK)
			status = look_track(&look, fault);
		else if (suspect->kind == EDIT_ARTIST)
			status = look_yo(&look, fault);
		else if (suspect->artist_id != 0)
			status = look_twins(&look, fault);
	}
	*count = status == STATUS_OK ? look.count : 0;
	return status;
}

/* clang-format off: rows */
const struct cleanup_rule cleanup_rules[] = {
	{ "white_space", true,
	  "Blanks at the ends or several in a row, or characters nobody sees.",
	  "Лишние пробелы или невидимые символы." },
	{ "composition", true,
	  "Letters and their accents are written apart.",
	  "Буквы и знаки над ними записаны раздельно." },
	{ "code_page", true,
	  "The text was read in the wrong code page.",
	  "Текст прочитан в неверной кодировке." },
	{ "underscores", true,
	  "Underscores stand where blanks should.",
	  "Подчёркивания вместо пробелов." },
	{ "file_ending", true,
	  "The title ends like a file.",
	  "Название кончается расширением файла." },
	{ "track_number", true,
	  "The title begins with the track's number.",
	  "Название начинается с номера дорожки." },
	{ "promotion", true,
	  "\"Official Video\" and the like, or the address of a site.",
	  "«Official Video», «Премьера клипа» и подобное или адрес сайта." },
	{ "artist_in_title", true,
	  "The artist stands before the title.",
	  "Перед названием стоит исполнитель." },
	{ "featuring", true,
	  "Guests stand in the title and not among the artists.",
	  "Приглашённые исполнители стоят в названии, а не среди исполнителей." },
	{ "capitals", true,
	  "All of it is in capitals.",
	  "Всё написано прописными буквами." },
	{ "file_name", true,
	  "There is no artist, and the title looks like \"Artist - Title\".",
	  "Исполнителя нет, а название похоже на «Исполнитель - Название»." },
	{ "yo", true,
	  "The name is spelled with ё elsewhere.",
	  "В других местах имя написано с буквой ё." },
	{ "year_range", true,
	  "The year cannot be: before 1860, or in the future.",
	  "Невозможный год: до 1860 или в будущем." },
	{ "duplicate_album", true,
	  "Another album of the artist has the same title.",
	  "У исполнителя есть ещё альбом с тем же названием." },
	{ "no_title", false,
	  "The track is named after its file.",
	  "Дорожка названа по имени файла." },
	{ "no_artist", false,
	  "Nobody is named as the artist.",
	  "Исполнитель не указан." },
	{ "no_album", false,
	  "The track is on no album.",
	  "Дорожка не входит ни в один альбом." },
	{ "track_number_range", false,
	  "The track has no number on its album, or one that cannot be.",
	  "У дорожки нет номера в альбоме или номер невозможен." },
	{ "too_short", false,
	  "It lasts less than a second.",
	  "Длится меньше секунды." },
	{ 0 },
};
/* clang-format on */

const struct cleanup_rule *
cleanup_rule_find(const char *name)
{
	for (const struct cleanup_rule *rule = cleanup_rules;
	     rule->name != NULL; rule++)
		if (strcmp(rule->name, name) == 0)
			return rule;
	return NULL;
}
