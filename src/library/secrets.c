/* secrets.c - see secrets.h. */
#include "library/secrets.h"

#include <jansson.h>
#include <stdlib.h>

#include "driver/source.h"
#include "library/channel_pushes.h"
#include "library/sources.h"

struct row {
	struct row *next;
	int64_t id;
	const char *text;
};

struct sealing {
	struct store_session *session;
	const struct seal *seal;
	struct arena arena;
	struct secrets_found found;
};

static enum status
rows_read(struct sealing *sealing, const char *sql, struct row **out,
	  struct fault *fault)
{
	struct store_rows *rows;
	enum status status =
		sql_query(sealing->session, sql, SQL_NO_ARGS, &rows, fault);

	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		struct row *row = arena_new(&sealing->arena, struct row, 1);

		row->id = sql_column_int(rows, 0);
		row->text = sql_column_text(rows, 1, &sealing->arena);
		row->next = *out;
		*out = row;
	}
	sql_end(rows);
	return status;
}

/* NULL: it is sealed well already, or lost. */
static const char *
sealed_anew(struct sealing *sealing, const char *purpose, const char *text)
{
	const char *plain;

	if (seal_is_current(sealing->seal, text))
		return NULL;
	if (seal_read(sealing->seal, purpose, text, &sealing->arena, &plain,
		      NULL) != STATUS_OK) {
		sealing->found.lost++;
		return NULL;
	}
	sealing->found.sealed++;
	return seal_text(sealing->seal, purpose, plain, &sealing->arena);
}

static enum status
config_seal(struct sealing *sealing, const struct row *row,
	    struct fault *fault)
{
	json_t *config = json_loads(row->text, 0, NULL);
	const char *secret = json_string_value(
		json_object_get(config, "secret_key"));
	enum status status = STATUS_OK;

	if (secret != NULL)
		secret = sealed_anew(sealing, SOURCE_SECRET, secret);
	if (secret != NULL) {
		char *text;

		json_object_set_new(config, "secret_key",
				    json_string(secret));
		text = json_dumps(config, JSON_COMPACT | JSON_SORT_KEYS);
		status = sources_set_config(sealing->session, row->id, text,
					    fault);
		free(text);
	}
	json_decref(config);
	return status;
}

static enum status
push_seal(struct sealing *sealing, const struct row *row,
	  struct fault *fault)
{
	const char *secret = sealed_anew(sealing, PUSH_SECRET, row->text);

	return secret == NULL ?
		       STATUS_OK :
		       sql_exec(sealing->session,
				"update channel_pushes set secret = $1 "
				"where id = $2",
				SQL_ARGS(sql_text(secret), SQL_INT(row->id)),
				NULL, fault);
}

enum status
secrets_seal(struct store_session *session, const struct seal *seal,
	     struct secrets_found *out, struct fault *fault)
{
	struct sealing sealing = { .session = session, .seal = seal };
	struct row *sources = NULL, *pushes = NULL;
	enum status status;

	arena_init(&sealing.arena);
	status = rows_read(&sealing,
			   "select id, config from sources "
			   "where kind = 's3'", &sources, fault);
	if (status == STATUS_OK)
		status = rows_read(&sealing,
				   "select id, secret from channel_pushes "
				   "where secret is not null",
				   &pushes, fault);
	for (; status == STATUS_OK && sources != NULL; sources = sources->next)
		status = config_seal(&sealing, sources, fault);
	for (; status == STATUS_OK && pushes != NULL; pushes = pushes->next)
		status = push_seal(&sealing, pushes, fault);
	arena_release(&sealing.arena);
	if (status == STATUS_OK)
		*out = sealing.found;
	return status;
}
