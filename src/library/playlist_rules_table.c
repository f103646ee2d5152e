/* playlist_rules_table.c - what rules can ask: fields, operators, orders; see
 * playlist_rules.h. */
#include "library/playlist_rules.h"

#include <stddef.h>

#define CODECS \
	"aac|ac3|aiff|alac|ape|dsd|dts|flac|mp2|mp3|musepack|opus|pcm|" \
	"speex|tta|vorbis|wavpack|wma"

/* clang-format off: a table, one row each */
const struct rule_field rule_fields[] = {
	{ .name = "title", .type = RULE_TEXT,
	  .label = { "Title", "Название" },
	  .sql = "t.title {}" },
	{ .name = "artist", .type = RULE_TEXT,
	  .label = { "Artist", "Исполнитель" },
	  .sql = "t.id in (select l.track_id from artists a "
		 "join track_artists l on l.artist_id = a.id "
		 "where a.name {})" },
	{ .name = "album", .type = RULE_TEXT,
	  .label = { "Album", "Альбом" },
	  .sql = "t.album_id in (select a.id from albums a "
		 "where a.title {})" },
	{ .name = "album_artist", .type = RULE_TEXT,
	  .label = { "Album artist", "Исполнитель альбома" },
	  .sql = "t.album_id in (select a.id from albums a "
		 "where a.artist {})" },
	{ .name = "genre", .type = RULE_TEXT,
	  .label = { "Genre", "Жанр" },
	  .sql = "t.id in (select l.track_id from genres g "
		 "join track_genres l on l.genre_id = g.id "
		 "where g.name {})" },
	{ .name = "composer", .type = RULE_TEXT, .optional = true,
	  .label = { "Composer", "Композитор" },
	  .sql = "t.composer {}" },
	{ .name = "year", .type = RULE_NUMBER, .max = 9999, .whole = true,
	  .optional = true,
	  .label = { "Year", "Год" },
	  .sql = "nullif(t.year, 0) {}" },
	{ .name = "duration", .type = RULE_NUMBER, .unit = "seconds",
	  .max = 864000,
	  .label = { "Length", "Длительность" },
	  .sql = "t.duration_ms / 1000.0 {}" },
	{ .name = "tempo", .type = RULE_NUMBER, .unit = "bpm", .max = 1000,
	  .optional = true,
	  .label = { "Tempo", "Темп" },
	  .sql = "t.tempo {}" },
	{ .name = "energy", .type = RULE_NUMBER, .max = 1, .optional = true,
	  .label = { "Energy", "Энергичность" },
	  .sql = "t.energy {}" },
	{ .name = "valence", .type = RULE_NUMBER, .max = 1, .optional = true,
	  .label = { "Mood", "Настроение" },
	  .sql = "t.valence {}" },
	{ .name = "danceability", .type = RULE_NUMBER, .max = 1,
	  .optional = true,
	  .label = { "Danceability", "Танцевальность" },
	  .sql = "t.danceability {}" },
	{ .name = "codec", .type = RULE_CHOICE, .choices = CODECS,
	  .label = { "Format", "Формат" },
	  .sql = "t.codec {}" },
	{ .name = "bitrate", .type = RULE_NUMBER, .unit = "kbit/s",
	  .max = 100000, .whole = true,
	  .label = { "Bit rate", "Битрейт" },
	  .sql = "(select f.bitrate_bps / 1000 from files f "
		 "where f.track_id = t.id) {}" },
	{ .name = "added", .type = RULE_DATE,
	  .label = { "Added to the library", "Добавлено в фонотеку" },
	  .sql = "t.created_at {}" },
	{ .name = "play_count", .type = RULE_NUMBER, .max = 1e9,
	  .whole = true,
	  .label = { "Plays by everybody", "Прослушивания всех" },
	  .sql = "t.play_count {}" },
	{ .name = "plays", .type = RULE_NUMBER, .max = 1e9, .whole = true,
	  .per_user = true, .zero_when_absent = true,
	  .label = { "My plays", "Мои прослушивания" },
	  .sql = "t.id in (select u.track_id from user_tracks u "
		 "where u.user_id = @user@ and u.plays {})" },
	{ .name = "last_played", .type = RULE_DATE, .per_user = true,
	  .optional = true,
	  .label = { "Last played by me", "Когда я слушал" },
	  .sql = "t.id in (select u.track_id from user_tracks u "
		 "where u.user_id = @user@ and u.last_played_at {})" },
	{ .name = "favorite", .type = RULE_BOOL, .per_user = true,
	  .label = { "My favourite", "В избранном" },
	  .sql = "t.id in (select f.entity_id from favorites f "
		 "where f.user_id = @user@ and f.kind = 1)" },
	{ .name = "album_favorite", .type = RULE_BOOL, .per_user = true,
	  .label = { "From my favourite album", "Из избранного альбома" },
	  .sql = "t.album_id in (select f.entity_id from favorites f "
		 "where f.user_id = @user@ and f.kind = 2)" },
	{ .name = "artist_favorite", .type = RULE_BOOL, .per_user = true,
	  .label = { "By my favourite artist", "Избранный исполнитель" },
	  .sql = "t.id in (select l.track_id from favorites f "
		 "join track_artists l on l.artist_id = f.entity_id "
		 "where f.user_id = @user@ and f.kind = 3)" },
	{ .name = "rating", .type = RULE_NUMBER, .min = 1, .max = 5,
	  .whole = true, .per_user = true, .optional = true,
	  .label = { "My rating", "Моя оценка" },
	  .sql = "t.id in (select r.entity_id from ratings r "
		 "where r.user_id = @user@ and r.kind = 1 "
		 "and r.rating {})" },
	{ .name = "has_lyrics", .type = RULE_BOOL,
	  .label = { "Has lyrics", "Есть текст" },
	  .sql = "t.has_lyrics = 1" },
	{ .name = NULL },
};

#define TEXTS (1u << RULE_TEXT)
#define CHOICES (1u << RULE_CHOICE)
#define NUMBERS (1u << RULE_NUMBER)
#define DATES (1u << RULE_DATE)
#define BOOLS (1u << RULE_BOOL)

/* Of two rows with one name that of the field's type counts. */
const struct rule_op rule_ops[] = {
	{ "is", { "is", "это" }, TEXTS, RULE_ONE, false, false,
	  "@matches@ $", NULL },
	{ "is_not", { "is not", "не" }, TEXTS, RULE_ONE, true, false,
	  "@matches@ $", NULL },
	{ "contains", { "contains", "содержит" }, TEXTS, RULE_ONE, false,
	  false, "@matches@ (@any@ || $ || @any@)", NULL },
	{ "not_contains", { "does not contain", "не содержит" }, TEXTS,
	  RULE_ONE, true, false, "@matches@ (@any@ || $ || @any@)", NULL },
	{ "starts_with", { "begins with", "начинается с" }, TEXTS, RULE_ONE,
	  false, false, "@matches@ ($ || @any@)", NULL },
	{ "ends_with", { "ends with", "заканчивается на" }, TEXTS, RULE_ONE,
	  false, false, "@matches@ (@any@ || $)", NULL },
	{ "is", { "is", "это" }, CHOICES | NUMBERS, RULE_ONE, false, false,
	  "= $", "<> $" },
	{ "is_not", { "is not", "не" }, CHOICES | NUMBERS, RULE_ONE, true,
	  false, "= $", "<> $" },
	{ "gt", { "is more than", "больше" }, NUMBERS, RULE_ONE, false, false,
	  "> $", "<= $" },
	{ "lt", { "is less than", "меньше" }, NUMBERS, RULE_ONE, false, false,
	  "< $", ">= $" },
	{ "between", { "is between", "между" }, NUMBERS, RULE_RANGE, false,
	  false, "between $ and $", "not between $ and $" },
	{ "before", { "is before", "раньше" }, DATES, RULE_ONE, false, false,
	  "< $", NULL },
	{ "after", { "is after", "позже" }, DATES, RULE_ONE, false, false,
	  ">= $", NULL },
	{ "in_last", { "is in the last days", "за последние дни" }, DATES,
	  RULE_DAYS, false, false, ">= $", NULL },
	{ "not_in_last", { "is not in the last days", "не за последние дни" },
	  DATES, RULE_DAYS, true, false, ">= $", NULL },
	{ "is", { "is", "это" }, BOOLS, RULE_ONE, false, false, NULL, NULL },
	{ "is_known", { "is known", "известно" }, TEXTS | NUMBERS | DATES,
	  RULE_NONE, false, true, "is not null", NULL },
	{ "is_unknown", { "is not known", "неизвестно" },
	  TEXTS | NUMBERS | DATES, RULE_NONE, true, true, "is not null",
	  NULL },
	{ NULL, { NULL, NULL }, 0, RULE_NONE, false, false, NULL, NULL },
};

const struct rule_sort rule_sorts[] = {
	{ .name = "title", .label = { "Title", "Название" },
	  .column = "t.title_key", .indexed = true },
	{ .name = "artist", .label = { "Artist, album", "Исполнитель, альбом" },
	  .column = "t.artist_key",
	  .rest = ", t.album_key, t.disc_no, t.track_no", .indexed = true },
	{ .name = "album", .label = { "Album", "Альбом" },
	  .column = "t.album_key", .rest = ", t.disc_no, t.track_no",
	  .indexed = true },
	{ .name = "-added",
	  .label = { "Newest in the library", "Сначала новые в фонотеке" },
	  .column = "t.created_at", .descending = true, .indexed = true },
	{ .name = "added",
	  .label = { "Oldest in the library", "Сначала давние в фонотеке" },
	  .column = "t.created_at", .indexed = true },
	{ .name = "-year", .label = { "Newest year", "Сначала новые" },
	  .column = "t.year", .descending = true, .indexed = true },
	{ .name = "year", .label = { "Oldest year", "Сначала старые" },
	  .column = "t.year_rank", .indexed = true },
	{ .name = "-popularity",
	  .label = { "Most popular", "Сначала популярные" },
	  .column = "t.popularity", .descending = true, .indexed = true },
	{ .name = "-play_count",
	  .label = { "Most played by all", "Чаще слушают все" },
	  .column = "t.play_count", .descending = true },
	{ .name = "-plays", .label = { "Most played by me", "Чаще слушаю" },
	  .column = "coalesce(u.plays, 0)", .descending = true,
	  .of_plays = true },
	{ .name = "plays", .label = { "Least played by me", "Реже слушаю" },
	  .column = "coalesce(u.plays, 0)", .of_plays = true },
	{ .name = "-last_played", .label = { "Played last", "Недавно слушал" },
	  .column = "coalesce(u.last_played_at, 0)", .descending = true,
	  .of_plays = true },
	{ .name = "last_played",
	  .label = { "Not played longest", "Давно не слушал" },
	  .column = "coalesce(u.last_played_at, 0)", .of_plays = true },
	{ .name = "-rating",
	  .label = { "Best rated by me", "Мои лучшие оценки" },
	  .column = "coalesce(r.rating, 0)", .descending = true,
	  .of_ratings = true },
	{ .name = "duration", .label = { "Shortest", "Сначала короткие" },
	  .column = "t.duration_ms", .indexed = true },
	{ .name = "-duration", .label = { "Longest", "Сначала длинные" },
	  .column = "t.duration_ms", .descending = true, .indexed = true },
	{ .name = "tempo", .label = { "Slowest", "Сначала медленные" },
	  .column = "coalesce(t.tempo, 100000)" },
	{ .name = "-tempo", .label = { "Fastest", "Сначала быстрые" },
	  .column = "coalesce(t.tempo, 0)", .descending = true },
	{ .name = "random",
	  .label = { "At random, anew each day",
		     "Случайно, каждый день заново" } },
	{ .name = NULL },
};
/* clang-format on */
