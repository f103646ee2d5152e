/* edit_words.c - see edit_words.h. Rows of the body check the form of single
 * values; lists are checked here. */
#include "api/edit_words.h"

#include <string.h>

#include "library/tracks.h"

#define NAME_CHARACTERS_MAX 200
#define GENRE_CHARACTERS_MAX 100

/* ---- lists ------------------------------------------------------------------ */

static size_t
characters(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++)
		count += ((unsigned char)*text & 0xC0) != 0x80;
	return count;
}

/* A name without blanks around it, owned; NULL: none, too long, or with
 * control characters. */
static json_t *
name_json(const json_t *value, size_t limit)
{
	const char *text = json_string_value(value);
	struct span name;

	if (text == NULL || strlen(text) != json_string_length(value))
		return NULL;
	for (const char *at = text; *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			return NULL;
	name = span_trim(span_of(text));
	if (name.length == 0 || characters(text) > limit)
		return NULL;
	return json_stringn(name.at, name.length);
}

static bool
role_given(const json_t *item, const char **out)
{
	const json_t *role = json_object_get(item, "role");
	enum credit_role parsed;

	*out = role == NULL ? "main" : json_string_value(role);
	return *out != NULL && credit_role_parse(*out, &parsed);
}

/* NULL: it is no credit. */
static json_t *
credit_json(const json_t *item)
{
	const json_t *id = json_object_get(item, "id");
	const json_t *name = json_is_string(item) ?
				     item :
				     json_object_get(item, "name");
	const char *role;

	if (!role_given(item, &role))
		return NULL;
	if (json_is_integer(id) && json_integer_value(id) > 0)
		return json_pack("{s:O, s:s}", "id", (json_t *)id, "role",
				 role);
	if (id != NULL)
		return NULL;
	return json_pack("{s:o, s:s}", "name",
			 name_json(name, NAME_CHARACTERS_MAX), "role", role);
}

static const char *
list_words(const json_t *list, json_t *(*word)(const json_t *item),
	   const char *wrong, json_t **out)
{
	json_t *words = json_array();
	const json_t *item;
	size_t i;

	json_array_foreach((json_t *)list, i, item) {
		json_t *one = word(item);

		if (one == NULL) {
			json_decref(words);
			return wrong;
		}
		json_array_append_new(words, one);
	}
	*out = words;
	return NULL;
}

static const char *
artists_words(const json_t *list, json_t **out)
{
	return list_words(list, credit_json,
			  "artists are names, or objects with name or id and "
			  "a role",
			  out);
}

static json_t *
genre_json(const json_t *item)
{
	if (json_is_integer(item) && json_integer_value(item) > 0)
		return json_incref((json_t *)item);
	return name_json(item, GENRE_CHARACTERS_MAX);
}

static const char *
genres_words(const json_t *list, json_t **out)
{
	return list_words(list, genre_json, "genres are names or ids", out);
}

static json_t *
reset_json(const json_t *item)
{
	return name_json(item, NAME_CHARACTERS_MAX);
}

json_t *
words_of_text(const char *text, char separator)
{
	struct span rest = span_of(text), word;
	json_t *words = json_array();

	while (span_next(&rest, separator, &word))
		if (word.length > 0)
			json_array_append_new(words, json_stringn(word.at,
								  word.length));
	return words;
}

/* ---- the body ----------------------------------------------------------------- */

/* One value as JSON, owned; NULL with *wrong when it cannot be. */
static json_t *
value_json(const struct param *row, const struct param_value *value,
	   const char **wrong)
{
	struct span text;
	json_t *list = NULL;

	if (value->is_null)
		return json_null();
	switch (row->type) {
	case PARAM_ID:
	case PARAM_INT:
		return json_integer(value->number);
	case PARAM_TEXT:
		text = span_trim(span_of(value->text));
		if (text.length == 0 && row->nullable)
			return json_null();
		if (text.length == 0)
			*wrong = "there must be something in it";
		return text.length == 0 ? NULL :
					  json_stringn(text.at, text.length);
	default:
		if (strcmp(row->name, "artists") == 0)
			*wrong = artists_words(value->json, &list);
		else if (strcmp(row->name, "genres") == 0)
			*wrong = genres_words(value->json, &list);
		else
			*wrong = list_words(value->json, reset_json,
					    "names of fields", &list);
		return list;
	}
}

/* "genre" is a list of one. */
static void
genre_as_list(json_t *set)
{
	json_t *genre = json_object_get(set, "genre");

	if (genre == NULL)
		return;
	if (json_object_get(set, "genres") == NULL)
		json_object_set_new(set, "genres",
				    json_is_null(genre) ?
					    json_array() :
					    json_pack("[O]", genre));
	json_object_del(set, "genre");
}

bool
call_edit_words(struct call *call, json_t **set, json_t **reset)
{
	const struct param *row = call->route->body;
	json_t *out = json_object();

	for (; row->name != NULL; row++) {
		const struct param_value *value = call_field(call, row->name);
		const char *wrong = NULL;
		json_t *one;

		if (!value->given || row->type == PARAM_IDS ||
		    row->type == PARAM_CHOICE)
			continue;
		one = value_json(row, value, &wrong);
		if (wrong != NULL) {
			json_decref(out);
			call_answer_field(call, row->name, wrong);
			return false;
		}
		json_object_set_new(out, row->name, one);
	}
	genre_as_list(out);
	*reset = json_incref(json_object_get(out, "reset"));
	json_object_del(out, "reset");
	json_object_del(out, "merge_into");
	*set = out;
	return true;
}
