/* playlist_rules.h - playlists that choose their tracks by rules.
 *
 *	{ "match": "all", "sort": "-added", "limit": 100, "rules": [
 *		{ "field": "genre", "op": "is", "value": "Jazz" },
 *		{ "match": "any", "rules": [
 *			{ "field": "rating", "op": "gt", "value": 3 },
 *			{ "field": "favorite", "op": "is", "value": true } ] } ]
 *}
 *
 * What can be asked are rows of two tables, fields and operators, from which
 * the API also describes itself to the editor in the web app. Rules are checked
 * when they are saved and again when they are read, and become one statement
 * with parameters only; they are evaluated anew when somebody looks (what took
 * long is kept for a minute: service/rule_results.h), up to RULES_LIMIT_MAX
 * tracks. Fields of a person's own (favourites, ratings,
 * plays) are those of the playlist's owner.
 *
 * Texts compare as fold_identity() does: case and accents do not count.
 *
 * Floor: 3 (library). Threads: as the session; tables are constant.
 */
#ifndef OGMA_LIBRARY_PLAYLIST_RULES_H
#define OGMA_LIBRARY_PLAYLIST_RULES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "driver/store.h"

#define RULES_DEPTH_MAX 4  /* groups in groups */
#define RULES_COUNT_MAX 50 /* rules and groups, all together */
#define RULES_TEXT_MAX 100 /* letters of a value */
#define RULES_LIMIT_MAX 10000
#define RULES_DAYS_MAX 36500

enum rule_type { RULE_TEXT, RULE_CHOICE, RULE_NUMBER, RULE_DATE, RULE_BOOL };

struct rule_field {
	const char *name; /* NULL ends the table */
	enum rule_type type;
	const char *label[2];  /* en, ru */
	const char *unit;      /* "seconds", "bpm"; NULL: none */
	double min, max;       /* of a number */
	bool whole;	       /* a number without a fraction */
	bool optional;	       /* may be unknown: is_known, is_unknown */
	bool per_user;	       /* of the owner */
	bool zero_when_absent; /* no row means 0 */
	const char *choices;   /* "a|b|c" of a choice */

	/* A condition on the track t. {} is where the comparison goes, @user@
	 * the owner's id. */
	const char *sql;
};
extern const struct rule_field rule_fields[];

enum rule_value { RULE_ONE, RULE_RANGE, RULE_DAYS, RULE_NONE };

struct rule_op {
	const char *name; /* NULL ends the table */
	const char *label[2];
	unsigned types; /* 1 << enum rule_type, or'ed */
	enum rule_value value;
	bool negates;	     /* holds where `compare` does not */
	bool for_optional;   /* only of fields that may be unknown */
	const char *compare; /* ">= $" with $ for each value */
	const char *inverse; /* holds where compare does not; of numbers */
};
extern const struct rule_op rule_ops[];

/* "one", "range", "days", "none"; "text", "choice", … */
const char *rule_value_name(enum rule_value value);
const char *rule_type_name(enum rule_type type);
bool rule_op_fits(const struct rule_op *op, const struct rule_field *field);

struct rule_sort {
	const char *name; /* NULL ends the table */
	const char *label[2];
	const char *column; /* or expression; NULL: by chance */
	const char *rest;   /* what else to order by */
	bool descending;
	bool indexed;	 /* an index of tracks has this order */
	bool of_plays;	 /* uses the owner's user_tracks row u */
	bool of_ratings; /* uses the owner's ratings row r */
};
extern const struct rule_sort rule_sorts[];

struct playlist_rules; /* checked */

/* Checks what somebody sent. STATUS_INVALID with the path of the bad part as
 * field ("rules.rules[1].value"). Arena-owned. */
enum status playlist_rules_check(const json_t *json, struct arena *arena,
				 struct playlist_rules **out,
				 struct fault *fault);

/* The same from stored text. */
enum status playlist_rules_parse(const char *text, struct arena *arena,
				 struct playlist_rules **out,
				 struct fault *fault);

struct rules_asked {
	int64_t owner_id;
	int64_t seed;	/* of "random": the playlist's id */
	int64_t now_ms; /* "in the last 30 days", and the day's chance */
	uint32_t limit; /* fewer than the rules say; 0: as they say */
	bool walks;	/* looks at an order's first tracks even in a small
			 * library; for tests */
};

struct rules_found {
	int64_t *ids; /* in order */
	size_t count;
	int64_t duration_ms;
};

/* Evaluates. Arena-owned. */
enum status playlist_rules_run(struct store_session *session,
			       const struct playlist_rules *rules,
			       const struct rules_asked *asked,
			       struct arena *arena, struct rules_found *out,
			       struct fault *fault);

#endif /* OGMA_LIBRARY_PLAYLIST_RULES_H */
