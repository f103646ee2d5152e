/* forms.c - the JSON forms of the library's things; see forms.h. */
#include "api/forms.h"

#include <stdio.h>
#include <string.h>

#include "api/api.h"

struct page_request
call_page(const struct call *call)
{
	return (struct page_request){
		.limit = (uint32_t)call_int(call, "limit"),
		.offset = (uint32_t)call_int(call, "offset"),
		.cursor = call_text(call, "cursor"),
	};
}

struct page_request
call_page_by_age(const struct call *call)
{
	struct page_request page = call_page(call);

	page.oldest_first = strcmp(call_text(call, "sort"), "id") == 0;
	return page;
}

enum status
artist_expect(struct store_session *session, int64_t id, struct arena *arena,
	      struct fault *fault)
{
	struct artist artist;

	return id == 0 ? STATUS_OK :
			 artists_get(session, id, arena, &artist, fault);
}

/* ---- members ------------------------------------------------------------ */

static void
int_or_null(struct json_writer *json, const char *name, int64_t value)
{
	if (value != 0)
		json_member_int(json, name, value);
	else
		json_member_null(json, name);
}

void
double_or_null(struct json_writer *json, const char *name,
	       struct optional_double number)
{
	if (number.known)
		json_member_double(json, name, number.value);
	else
		json_member_null(json, name);
}

static void
credits_form(struct json_writer *json, const struct credit *credits,
	     size_t count)
{
	json_member_array_begin(json, "artists");
	for (size_t i = 0; i < count; i++) {
		json_object_begin(json);
		json_member_int(json, "id", credits[i].id);
		json_member_text(json, "name", credits[i].name);
		json_member_text(json, "role",
				 credit_role_name(credits[i].role));
		json_object_end(json);
	}
	json_array_end(json);
}

static void
genres_form(struct json_writer *json, const struct genre_ref *genres,
	    size_t count)
{
	json_member_text(json, "genre", count > 0 ? genres[0].name : NULL);
	json_member_array_begin(json, "genres");
	for (size_t i = 0; i < count; i++) {
		json_object_begin(json);
		json_member_int(json, "id", genres[i].id);
		json_member_text(json, "name", genres[i].name);
		json_object_end(json);
	}
	json_array_end(json);
}

#define URL_BYTES 96

static bool
cover_url_print(char out[URL_BYTES], const char *area, int64_t id,
		const struct cover_ref *cover)
{
	if (cover->id == 0)
		return false;
	snprintf(out, URL_BYTES, "/api/v1/%s/%lld/cover?v=%s", area,
		 (long long)id, cover->version);
	return true;
}

const char *
form_cover_url(struct arena *arena, const char *area, int64_t id,
	       const struct cover_ref *cover)
{
	char url[URL_BYTES];

	return cover_url_print(url, area, id, cover) ?
		       arena_copy_text(arena, url) :
		       NULL;
}

static void
cover_form(struct json_writer *json, const char *area, int64_t id,
	   const struct cover_ref *cover)
{
	char url[URL_BYTES];

	json_member_text(json, "cover_url",
			 cover_url_print(url, area, id, cover) ? url : NULL);
	json_member_bool(json, "has_cover", cover->id != 0);
}

static void
gain_form(struct json_writer *json, const char *gain_name,
	  const char *peak_name, const struct media_gain *gain)
{
	double_or_null(json, gain_name,
		       (struct optional_double){ gain->known, gain->gain_db });
	double_or_null(json, peak_name,
		       (struct optional_double){ gain->known && gain->peak > 0,
						 gain->peak });
}

static void
sound_form(struct json_writer *json, const struct track *track)
{
	json_member_text(json, "codec", track->codec);
	json_member_text(json, "container", track->container);
	json_member_int(json, "bitrate", track->bitrate_bps);
	json_member_int(json, "sample_rate", track->sample_rate_hz);
	json_member_int(json, "channels", track->channels);
	int_or_null(json, "bit_depth", track->bit_depth);
	json_member_int(json, "size_bytes", track->size_bytes);
	if (track->gapless_known) {
		json_member_object_begin(json, "gapless");
		json_member_int(json, "start_samples",
				track->gapless_start_samples);
		json_member_int(json, "end_samples",
				track->gapless_end_samples);
		json_object_end(json);
	} else {
		json_member_null(json, "gapless");
	}
	if (track->track_gain.known || track->album_gain.known) {
		json_member_object_begin(json, "replaygain");
		gain_form(json, "track_gain_db", "track_peak",
			  &track->track_gain);
		gain_form(json, "album_gain_db", "album_peak",
			  &track->album_gain);
		json_object_end(json);
	} else {
		json_member_null(json, "replaygain");
	}
}

static void
genre_guess_form(struct json_writer *json, const struct track *track)
{
	if (track->genre_guess == NULL) {
		json_member_null(json, "genre_guess");
		return;
	}
	json_member_object_begin(json, "genre_guess");
	json_member_text(json, "name", track->genre_guess);
	json_member_double(json, "confidence", track->genre_guess_confidence);
	json_object_end(json);
}

void
form_track(struct json_writer *json, const struct track *track, bool open)
{
	char stream_url[64];

	snprintf(stream_url, sizeof stream_url, "/api/v1/tracks/%lld/stream",
		 (long long)track->id);
	json_object_begin(json);
	json_member_int(json, "id", track->id);
	json_member_text(json, "title", track->title);
	json_member_text(json, "artist", track->artist);
	int_or_null(json, "artist_id", track->artist_id);
	credits_form(json, track->artists, track->artist_count);
	json_member_text(json, "album", track->album);
	int_or_null(json, "album_id", track->album_id);
	json_member_text(json, "album_artist", track->album_artist);
	genres_form(json, track->genres, track->genre_count);
	genre_guess_form(json, track);
	json_member_int(json, "duration_ms", track->duration_ms);
	int_or_null(json, "track_no", track->track_no);
	int_or_null(json, "disc_no", track->disc_no);
	int_or_null(json, "year", track->year);
	double_or_null(json, "tempo", track->tempo);
	double_or_null(json, "energy", track->energy);
	double_or_null(json, "valence", track->valence);
	double_or_null(json, "danceability", track->danceability);
	json_member_text(json, "key", track->key);
	double_or_null(json, "loudness_lufs", track->loudness_lufs);
	json_member_int(json, "popularity", track->popularity);
	json_member_int(json, "play_count", track->play_count);
	cover_form(json, "tracks", track->id, &track->cover);
	json_member_text(json, "stream_url", stream_url);
	json_member_text(json, "source", track->source_kind);
	sound_form(json, track);
	json_member_text(json, "composer", track->composer);
	json_member_bool(json, "has_lyrics", track->has_lyrics);
	json_member_time(json, "created_at", track->created_at_ms);
	json_member_time(json, "updated_at", track->updated_at_ms);
	if (!open)
		json_object_end(json);
}

void
form_album(struct json_writer *json, const struct album *album, bool open)
{
	bool named = album->artist != NULL && album->artist[0] != '\0';

	json_object_begin(json);
	json_member_int(json, "id", album->id);
	json_member_text(json, "title", album->title);
	json_member_text(json, "artist", named ? album->artist : NULL);
	int_or_null(json, "artist_id", album->artist_id);
	credits_form(json, album->artists, album->artist_count);
	int_or_null(json, "year", album->year);
	genres_form(json, album->genres, album->genre_count);
	json_member_int(json, "track_count", album->track_count);
	json_member_int(json, "disc_count", album->disc_count);
	json_member_int(json, "duration_ms", album->duration_ms);
	cover_form(json, "albums", album->id, &album->cover);
	json_member_bool(json, "is_compilation", album->is_compilation);
	json_member_int(json, "popularity", album->popularity);
	json_member_time(json, "created_at", album->created_at_ms);
	json_member_time(json, "updated_at", album->updated_at_ms);
	if (!open)
		json_object_end(json);
}

void
form_artist(struct json_writer *json, const struct artist *artist, bool open)
{
	json_object_begin(json);
	json_member_int(json, "id", artist->id);
	json_member_text(json, "name", artist->name);
	json_member_text(json, "sort_name", artist->sort_name);
	json_member_int(json, "album_count", artist->album_count);
	json_member_int(json, "track_count", artist->track_count);
	json_member_int(json, "duration_ms", artist->duration_ms);
	cover_form(json, "artists", artist->id, &artist->cover);
	json_member_int(json, "popularity", artist->popularity);
	json_member_time(json, "created_at", artist->created_at_ms);
	json_member_time(json, "updated_at", artist->updated_at_ms);
	if (!open)
		json_object_end(json);
}

void
form_genre(struct json_writer *json, const struct genre *genre, bool open)
{
	struct cover_ref cover = { .id = genre->cover_id };

	memcpy(cover.version, genre->cover_version, sizeof cover.version);
	json_object_begin(json);
	json_member_int(json, "id", genre->id);
	json_member_text(json, "name", genre->name);
	json_member_int(json, "track_count", genre->track_count);
	json_member_int(json, "album_count", genre->album_count);
	json_member_int(json, "artist_count", genre->artist_count);
	cover_form(json, "genres", genre->id, &cover);
	if (!open)
		json_object_end(json);
}

/* ---- pages -------------------------------------------------------------- */

void
page_begin(struct page_answer *answer)
{
	buffer_init(&answer->body, 0);
	json_writer_init(&answer->json, &answer->body);
	json_object_begin(&answer->json);
	json_member_array_begin(&answer->json, "items");
}

void
page_items_end(struct page_answer *answer, const struct page_info *page)
{
	json_array_end(&answer->json);
	if (page->total < 0)
		json_member_null(&answer->json, "total");
	else
		json_member_int(&answer->json, "total", page->total);
	if (page->total_is_lower_bound)
		json_member_bool(&answer->json, "total_is_lower_bound", true);
	json_member_text(&answer->json, "next_cursor", page->next_cursor);
	if (page->searched_to_ms != 0)
		json_member_time(&answer->json, "searched_to",
				 page->searched_to_ms);
	else if (page->searches)
		json_member_null(&answer->json, "searched_to");
}

void
page_send(struct page_answer *answer, struct call *call)
{
	json_object_end(&answer->json);
	call_answer_json(call, 200, &answer->body);
}

void
page_end(struct page_answer *answer, struct call *call,
	 const struct page_info *page)
{
	page_items_end(answer, page);
	page_send(answer, call);
}

void
page_end_whole(struct page_answer *answer, struct call *call, size_t count)
{
	const struct page_info page = { .total = (int64_t)count };

	page_end(answer, call, &page);
}

void
answer_tracks(struct call *call, const struct track *items, size_t count,
	      const struct page_info *page)
{
	struct page_answer answer;

	page_begin(&answer);
	for (size_t i = 0; i < count; i++)
		form_track(&answer.json, &items[i], false);
	page_end(&answer, call, page);
}

void
answer_albums(struct call *call, const struct album *items, size_t count,
	      const struct page_info *page)
{
	struct page_answer answer;

	page_begin(&answer);
	for (size_t i = 0; i < count; i++)
		form_album(&answer.json, &items[i], false);
	page_end(&answer, call, page);
}

void
answer_artists(struct call *call, const struct artist *items, size_t count,
	       const struct page_info *page)
{
	struct page_answer answer;

	page_begin(&answer);
	for (size_t i = 0; i < count; i++)
		form_artist(&answer.json, &items[i], false);
	page_end(&answer, call, page);
}
