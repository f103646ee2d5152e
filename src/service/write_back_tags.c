/* write_back_tags.c - which tags are to be written, and whether a copy has them
 * and nothing else otherwise; see write_back_private.h. */
#include "service/write_back_private.h"

#include <stdio.h>
#include <string.h>

#include "base/fold.h"
#include "base/json.h"

/* ---- what is to be written ----------------------------------------------- */

static bool
same_text(const char *a, const char *b)
{
	return strcmp(a == NULL ? "" : a, b == NULL ? "" : b) == 0;
}

static bool
same_name(struct arena *arena, const char *a, const char *b)
{
	return strcmp(fold_identity(arena, a == NULL ? "" : a),
		      fold_identity(arena, b == NULL ? "" : b)) == 0;
}

static const char *
genres_joined(struct arena *arena, const char *const *names, size_t count)
{
	const char *text = "";

	for (size_t i = 0; i < count; i++)
		text = i == 0 ? names[i] :
				arena_print(arena, "%s; %s", text, names[i]);
	return text;
}

static const char *
track_genres(struct target *target)
{
	const char *names[MEDIA_GENRES_MAX];
	size_t count = target->track.genre_count;

	count = count > MEDIA_GENRES_MAX ? MEDIA_GENRES_MAX : count;
	for (size_t i = 0; i < count; i++)
		names[i] = target->track.genres[i].name;
	return genres_joined(&target->arena, names, count);
}

static const char *
or_null(const char *text)
{
	return text == NULL || *text == '\0' ? NULL : text;
}

static void
change_note(json_t *asked, const char *field, const char *was,
	    const char *becomes)
{
	json_object_set_new(asked, field,
			    json_pack("{s:s?, s:s?}", "was", or_null(was),
				      "becomes", or_null(becomes)));
}

static void
text_want(json_t *asked, const char *field, const char *tagged,
	  const char *becomes, const char **out)
{
	if (same_text(becomes, tagged))
		return;
	*out = becomes == NULL ? "" : becomes;
	change_note(asked, field, tagged, becomes);
}

static void
number_want(json_t *asked, const char *field, int64_t tagged, int32_t becomes,
	    int32_t *out)
{
	char was[24] = "", now[24] = "";

	if (becomes == tagged)
		return;
	*out = becomes;
	if (tagged != 0)
		snprintf(was, sizeof was, "%lld", (long long)tagged);
	if (becomes != 0)
		snprintf(now, sizeof now, "%d", becomes);
	change_note(asked, field, was, now);
}

bool
write_tags_wanted(struct target *target, const struct media_facts *facts,
		  struct media_tags *out, json_t **asked)
{
	const struct track *track = &target->track;
	const json_t *edited = target->edited;
	/* it may have been renamed for all tracks */
	bool artist_renamed = facts->artist_text != NULL &&
			      !same_name(&target->arena, track->artist,
					 facts->artist_text);

	*out = (struct media_tags){ .year = -1, .track_no = -1 };
	*asked = json_object();
	if (json_object_get(edited, "title") != NULL)
		text_want(*asked, "title", facts->title, track->title,
			  &out->title);
	if (json_object_get(edited, "artists") != NULL || artist_renamed)
		text_want(*asked, "artist", facts->artist_text, track->artist,
			  &out->artist);
	if (json_object_get(edited, "album_id") != NULL || target->album_named)
		text_want(*asked, "album", facts->album, track->album,
			  &out->album);
	if (json_object_get(edited, "genres") != NULL)
		text_want(*asked, "genre",
			  genres_joined(&target->arena, facts->genres,
					facts->genre_count),
			  track_genres(target), &out->genre);
	if (json_object_get(edited, "year") != NULL)
		number_want(*asked, "year", facts->year, track->year,
			    &out->year);
	if (json_object_get(edited, "track_no") != NULL)
		number_want(*asked, "track_no", facts->track_no,
			    track->track_no, &out->track_no);
	return json_object_size(*asked) > 0;
}

/* ---- is it what was wanted, and nothing else? ---------------------------- */

static bool
other_credits_same(const struct media_facts *a, const struct media_facts *b)
{
	size_t i = 0, k = 0;

	for (;;) {
		while (i < a->credit_count &&
		       a->credits[i].role <= CREDIT_FEATURED)
			i++;
		while (k < b->credit_count &&
		       b->credits[k].role <= CREDIT_FEATURED)
			k++;
		if (i == a->credit_count || k == b->credit_count)
			return i == a->credit_count && k == b->credit_count;
		if (a->credits[i].role != b->credits[k].role ||
		    strcmp(a->credits[i++].name, b->credits[k++].name) != 0)
			return false;
	}
}

static bool
gain_same(const struct media_gain *a, const struct media_gain *b)
{
	return a->known == b->known &&
	       (!a->known || (a->gain_db == b->gain_db && a->peak == b->peak));
}

/* What is lost or otherwise; NULL: nothing. */
static const char *
loss_find(const struct media_facts *a, const struct media_facts *b,
	  const struct media_tags *tags)
{
	if (memcmp(a->audio_key, b->audio_key, sizeof a->audio_key) != 0 ||
	    a->duration_ms != b->duration_ms ||
	    a->sample_rate_hz != b->sample_rate_hz ||
	    a->channels != b->channels ||
	    a->start_trim_samples != b->start_trim_samples ||
	    a->end_trim_samples != b->end_trim_samples ||
	    !same_text(a->codec, b->codec))
		return "the sound";
	if (a->has_picture != b->has_picture ||
	    a->picture_bytes != b->picture_bytes ||
	    memcmp(a->picture_hash, b->picture_hash, sizeof a->picture_hash))
		return "the cover";
	if (!same_text(a->lyrics, b->lyrics))
		return "the lyrics";
	if (!same_text(a->album_artist_text, b->album_artist_text) ||
	    !other_credits_same(a, b))
		return "other credits";
	if (a->disc_no != b->disc_no || a->disc_total != b->disc_total ||
	    (tags->track_no < 0 && a->track_total != b->track_total))
		return "numbers";
	if (!gain_same(&a->track_gain, &b->track_gain) ||
	    !gain_same(&a->album_gain, &b->album_gain))
		return "the loudness";
	if (!same_text(a->comment, b->comment) ||
	    !same_text(a->isrc, b->isrc) ||
	    !same_text(a->mbid_recording, b->mbid_recording) ||
	    !same_text(a->mbid_release, b->mbid_release) ||
	    a->compilation != b->compilation)
		return "other tags";
	return NULL;
}

/* The field that is not as it should be; NULL: all are. */
static const char *
wish_missed(struct arena *arena, const struct media_facts *a,
	    const struct media_facts *b, const struct media_tags *tags)
{
	const char *genre =
		genres_joined(arena, b->genres, b->genre_count);
	const char *was = genres_joined(arena, a->genres, a->genre_count);

	if (!same_text(b->title, tags->title == NULL ? a->title : tags->title))
		return "title";
	if (!same_text(b->artist_text, tags->artist == NULL ? a->artist_text :
							      tags->artist))
		return "artist";
	if (!same_text(b->album, tags->album == NULL ? a->album : tags->album))
		return "album";
	if (!same_text(genre, tags->genre == NULL ? was : tags->genre))
		return "genre";
	if (b->year != (tags->year < 0 ? a->year : tags->year))
		return "year";
	if ((int32_t)b->track_no !=
	    (tags->track_no < 0 ? (int32_t)a->track_no : tags->track_no))
		return "track number";
	return NULL;
}

enum status
write_copy_check(struct arena *arena, const struct media_facts *before,
		 const struct media_facts *after, const struct media_tags *tags,
		 struct fault *fault)
{
	const char *what = loss_find(before, after, tags);

	if (what != NULL)
		return fault_set(fault, STATUS_CONFLICT,
				 "the file would not keep %s", what);
	what = wish_missed(arena, before, after, tags);
	if (what != NULL)
		return fault_set(fault, STATUS_CONFLICT,
				 "the %s cannot be written so that it is read "
				 "back: the file has several tags for it",
				 what);
	return STATUS_OK;
}
