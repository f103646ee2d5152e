/* catalogue_identity.c - who is who: artists, genres and folders by name; see
 * the rules in catalogue.h. Albums have more of them: catalogue_album.c. */
#include "library/catalogue_private.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include <unicode/uchar.h>

#include "base/fold.h"

enum status
identity_find(struct catalogue *catalogue, enum identity_kind kind,
	      const struct identity *identity, int64_t *id,
	      struct fault *fault)
{
	enum status status = sql_query_int(
		catalogue->session,
		"select entity_id from identities "
		"where kind = $1 and identity = $2",
		SQL_ARGS(SQL_INT(kind),
			 sql_bytes(identity->bytes, IDENTITY_BYTES)),
		id, NULL);

	if (status != STATUS_NOT_FOUND)
		return status;
	*id = 0;
	(void)fault;
	return STATUS_OK;
}

enum status
identity_add(struct catalogue *catalogue, enum identity_kind kind,
	     const struct identity *identity, int64_t id, struct fault *fault)
{
	return sql_exec(catalogue->session,
			"insert into identities (kind, identity, entity_id) "
			"values ($1, $2, $3) "
			"on conflict (kind, identity) do nothing",
			SQL_ARGS(SQL_INT(kind),
				 sql_bytes(identity->bytes, IDENTITY_BYTES),
				 SQL_INT(id)),
			NULL, fault);
}

/* ---- how a name is shown and filed ---------------------------------------- */

/* Length of a leading article and its blank; 0: none. The same articles that
 * fold_sort_key() passes over. */
static size_t
article_length(const char *name)
{
	static const char *const articles[] = { "the ", "an ", "a " };

	for (size_t i = 0; i < ARRAY_LENGTH(articles); i++) {
		size_t length = strlen(articles[i]);

		if (strncasecmp(name, articles[i], length) == 0 &&
		    name[length] != '\0')
			return length;
	}
	return 0;
}

/* "The Beatles": "Beatles, The". */
const char *
name_for_sorting(struct arena *arena, const char *name)
{
	size_t article = article_length(name);

	if (article == 0)
		return name;
	return arena_print(arena, "%s, %.*s", name + article,
			   (int)(article - 1), name);
}

/* The capital of the first letter, without its accent; "#" for what is no
 * letter. */
const char *
name_letter(struct arena *arena, const char *name)
{
	char *folded = fold_identity(arena, name + article_length(name));
	const char *at = folded;
	uint32_t c = utf8_next(&at, folded + strlen(folded));
	char out[4];

	if (!u_isalpha((UChar32)c))
		return "#";
	return arena_copy_bytes(
		arena, out,
		utf8_write((uint32_t)u_toupper((UChar32)c), out));
}

struct identity
artist_name_identity(struct arena *arena, const char *name)
{
	return IDENTITY(SPAN("name"), span_of(fold_identity(arena, name)));
}

struct identity
genre_name_identity(struct arena *arena, const char *name)
{
	return IDENTITY(span_of(fold_identity(arena, name)));
}

/* ---- artists -------------------------------------------------------------- */

struct artist_names {
	const char *name;
	const char *mbid; /* NULL: none */
	struct span sort_key;
	struct identity by_name, by_mbid;
};

static enum status
artist_insert(struct catalogue *catalogue, const struct artist_names *names,
	      int64_t *id, struct fault *fault)
{
	struct arena *arena = &catalogue->arena;

	return sql_query_int(
		catalogue->session,
		"insert into artists (name, sort_name, sort_key, letter, mbid, "
		"track_count, album_count, duration_ms, popularity, cover_id, "
		"created_at, updated_at) "
		"values ($1, $2, $3, $4, $5, 0, 0, 0, 0, null, $6, $7) "
		"returning id",
		SQL_ARGS(sql_text(names->name),
			 sql_text(name_for_sorting(arena, names->name)),
			 sql_span_bytes(names->sort_key),
			 sql_text(name_letter(arena, names->name)),
			 sql_text(names->mbid), SQL_INT(catalogue->now_ms),
			 SQL_INT(catalogue->now_ms)),
		id, fault);
}

/* The newest spelling goes beneath the name that a person gave. */
static enum status
artist_refresh_below(struct catalogue *catalogue,
		     const struct artist_edited *edited, const char *name,
		     struct fault *fault)
{
	int64_t id = edited->id;
	struct edit edit;
	enum status status;

	if (edited->tagged != NULL && strcmp(edited->tagged, name) == 0)
		return STATUS_OK;
	status = edit_load(catalogue->session, EDIT_ARTIST, id, &edit, fault);
	json_object_set_new(edit.below, "name", json_string(name));
	if (status == STATUS_OK)
		status = edit_store_below(catalogue, EDIT_ARTIST, id, &edit,
					  fault);
	if (status == STATUS_OK)
		status = edits_count(catalogue, fault); /* read it again */
	edit_release(&edit);
	return status;
}

/* Writes the newest spelling, and the MusicBrainz id when it had none. */
static enum status
artist_refresh(struct catalogue *catalogue, int64_t id,
	       const struct artist_names *names, struct fault *fault)
{
	const struct artist_edited *edited = artist_edited_find(catalogue, id);
	struct arena *arena = &catalogue->arena;
	int64_t changed = 0;
	enum status status;

	if (edited != NULL && (edited->name != NULL || edited->sorted))
		return artist_refresh_below(catalogue, edited, names->name,
					    fault);
	status = sql_exec(
		catalogue->session,
		"update artists set name = $1, sort_name = $2, sort_key = $3, "
		"letter = $4, updated_at = $5 where id = $6 and name <> $7",
		SQL_ARGS(sql_text(names->name),
			 sql_text(name_for_sorting(arena, names->name)),
			 sql_span_bytes(names->sort_key),
			 sql_text(name_letter(arena, names->name)),
			 SQL_INT(catalogue->now_ms), SQL_INT(id),
			 sql_text(names->name)),
		&changed, fault);
	if (status == STATUS_OK && changed > 0)
		delta_of(catalogue, DELTA_ARTIST_CHANGED, id, 0, 0);
	return status;
}

/* An artist of this name, unless it is another one by MusicBrainz id. */
static enum status
artist_find_by_name(struct catalogue *catalogue,
		    const struct artist_names *names, int64_t *id,
		    struct fault *fault)
{
	int64_t changed = 0;
	enum status status = identity_find(catalogue, IDENTITY_ARTIST,
					   &names->by_name, id, fault);

	if (status != STATUS_OK || *id == 0 || names->mbid == NULL)
		return status;
	status = sql_exec(catalogue->session,
			  "update artists set mbid = $1 where id = $2 and "
			  "(mbid is null or mbid = $3)",
			  SQL_ARGS(sql_text(names->mbid), SQL_INT(*id),
				   sql_text(names->mbid)),
			  &changed, fault);
	if (status == STATUS_OK && changed == 0)
		*id = 0; /* a namesake */
	return status;
}

static enum status
artist_find_or_make(struct catalogue *catalogue,
		    const struct artist_names *names, int64_t *out,
		    struct fault *fault)
{
	enum status status = STATUS_OK;
	int64_t id = 0;

	if (names->mbid != NULL)
		status = identity_find(catalogue, IDENTITY_ARTIST,
				       &names->by_mbid, &id, fault);
	if (status == STATUS_OK && id == 0)
		status = artist_find_by_name(catalogue, names, &id, fault);
	if (status != STATUS_OK)
		return status;
	if (id != 0) {
		status = artist_refresh(catalogue, id, names, fault);
	} else {
		status = artist_insert(catalogue, names, &id, fault);
		if (status == STATUS_OK)
			status = identity_add(catalogue, IDENTITY_ARTIST,
					      &names->by_name, id, fault);
	}
	if (status == STATUS_OK && names->mbid != NULL)
		status = identity_add(catalogue, IDENTITY_ARTIST,
				      &names->by_mbid, id, fault);
	if (status == STATUS_OK)
		*out = id;
	return status;
}

void
known_set_sort(struct known *known, struct span sort_key)
{
	assert(sort_key.length <= sizeof known->sort_bytes);
	memcpy(known->sort_bytes, sort_key.at, sort_key.length);
	known->sort_length = (uint8_t)sort_key.length;
}

enum status
artist_resolve(struct catalogue *catalogue, const char *name, const char *mbid,
	       struct known *out, struct fault *fault)
{
	struct known known = { .key = IDENTITY(SPAN("artist"), span_of(name),
					       span_of(mbid)) };
	const struct known *before = known_find(&catalogue->known, &known.key);
	struct artist_names names = { .name = name, .mbid = mbid };
	const char *folded;
	enum status status;

	if (before != NULL) {
		*out = *before;
		return STATUS_OK;
	}
	folded = fold_identity(&catalogue->arena, name);
	if (folded[0] == '\0') {
		*out = known;
		return STATUS_OK;
	}
	names.sort_key =
		sort_key_cut(&catalogue->arena, name, NAME_KEY_BYTES);
	names.by_name = artist_name_identity(&catalogue->arena, name);
	names.by_mbid = IDENTITY(SPAN("mbid"), span_of(mbid));
	status = artist_find_or_make(catalogue, &names, &known.id, fault);
	if (status != STATUS_OK)
		return status;
	if (artist_edited_find(catalogue, known.id) != NULL) {
		struct known filed;

		status = known_artist(catalogue, known.id, &filed, fault);
		if (status != STATUS_OK)
			return status;
		memcpy(known.sort_bytes, filed.sort_bytes, NAME_KEY_BYTES);
		known.sort_length = filed.sort_length;
	} else {
		known_set_sort(&known, names.sort_key);
	}
	known_add(&catalogue->known, &known);
	*out = known;
	return STATUS_OK;
}

enum status
artist_find_named(struct catalogue *catalogue, const char *name, int64_t *id,
		  struct fault *fault)
{
	struct identity identity =
		artist_name_identity(&catalogue->arena, name);

	return identity_find(catalogue, IDENTITY_ARTIST, &identity, id, fault);
}

/* ---- genres --------------------------------------------------------------- */

static enum status
genre_insert(struct catalogue *catalogue, const char *name,
	     struct span sort_key, int64_t *id, struct fault *fault)
{
	return sql_query_int(
		catalogue->session,
		"insert into genres (name, sort_key, track_count, album_count, "
		"artist_count, duration_ms, cover_id, created_at, updated_at) "
		"values ($1, $2, 0, 0, 0, 0, null, $3, $4) returning id",
		SQL_ARGS(sql_text(name), sql_span_bytes(sort_key),
			 SQL_INT(catalogue->now_ms),
			 SQL_INT(catalogue->now_ms)),
		id, fault);
}

enum status
genre_follow(struct catalogue *catalogue, int64_t id, int64_t *out,
	     struct fault *fault)
{
	enum status status = sql_query_int(catalogue->session,
					   "select coalesce(merged_into, id) "
					   "from genres where id = $1",
					   SQL_ARGS(SQL_INT(id)), out, NULL);

	if (status == STATUS_NOT_FOUND) {
		*out = 0;
		return STATUS_OK;
	}
	(void)fault;
	return status;
}

/* The newest spelling is shown, unless a person wrote it. */
static enum status
genre_refresh(struct catalogue *catalogue, int64_t id, const char *name,
	      struct span sort_key, struct fault *fault)
{
	return sql_exec(catalogue->session,
			"update genres set name = $1, sort_key = $2 "
			"where id = $3 and name <> $4 and not exists ("
			"select 1 from edits where kind = $5 "
			"and entity_id = $6)",
			SQL_ARGS(sql_text(name), sql_span_bytes(sort_key),
				 SQL_INT(id), sql_text(name),
				 SQL_INT(EDIT_GENRE), SQL_INT(id)),
			NULL, fault);
}

enum status
genre_resolve(struct catalogue *catalogue, const char *name,
	      struct known *out, struct fault *fault)
{
	struct known known = { .key = IDENTITY(SPAN("genre"), span_of(name)) };
	const struct known *before = known_find(&catalogue->known, &known.key);
	struct identity identity;
	struct span sort_key;
	const char *folded;
	enum status status;

	if (before != NULL) {
		*out = *before;
		return STATUS_OK;
	}
	folded = fold_identity(&catalogue->arena, name);
	if (folded[0] == '\0') {
		*out = known;
		return STATUS_OK;
	}
	identity = genre_name_identity(&catalogue->arena, name);
	sort_key = sort_key_cut(&catalogue->arena, name, NAME_KEY_BYTES);
	status = identity_find(catalogue, IDENTITY_GENRE, &identity, &known.id,
			       fault);
	if (status == STATUS_OK && known.id == 0) {
		status = genre_insert(catalogue, name, sort_key, &known.id,
				      fault);
		if (status == STATUS_OK)
			status = identity_add(catalogue, IDENTITY_GENRE,
					      &identity, known.id, fault);
	} else if (status == STATUS_OK) {
		int64_t found = known.id;

		if (catalogue->edited)
			status = genre_follow(catalogue, found, &known.id,
					      fault);
		if (status == STATUS_OK && known.id == found)
			status = genre_refresh(catalogue, found, name,
					       sort_key, fault);
	}
	if (status != STATUS_OK)
		return status;
	known_set_sort(&known, sort_key);
	if (known.id != 0) /* 0: a genre that somebody removed */
		known_add(&catalogue->known, &known);
	*out = known;
	return STATUS_OK;
}

/* ---- folders -------------------------------------------------------------- */

enum status
folder_resolve(struct catalogue *catalogue, int64_t source_id,
	       const char *path, int64_t *out, struct fault *fault)
{
	struct identity path_key = IDENTITY(span_of(path));
	struct known known = {
		.key = IDENTITY(SPAN("folder"),
				{ (const char *)&source_id, sizeof source_id },
				span_of(path)),
	};
	const struct known *before = known_find(&catalogue->known, &known.key);
	struct sql_value key = sql_bytes(path_key.bytes, IDENTITY_BYTES);
	enum status status;

	if (before != NULL) {
		*out = before->id;
		return STATUS_OK;
	}
	status = sql_query_int(catalogue->session,
			       "select id from folders "
			       "where source_id = $1 and path_key = $2",
			       SQL_ARGS(SQL_INT(source_id), key), &known.id,
			       NULL);
	if (status == STATUS_NOT_FOUND)
		status = sql_query_int(
			catalogue->session,
			"insert into folders (source_id, path, path_key, "
			"picture_key, cover_id, file_count) "
			"values ($1, $2, $3, 0, null, 0) returning id",
			SQL_ARGS(SQL_INT(source_id),
				 sql_bytes(path, strlen(path)), key),
			&known.id, fault);
	if (status != STATUS_OK)
		return status;
	known_add(&catalogue->known, &known);
	*out = known.id;
	return STATUS_OK;
}
