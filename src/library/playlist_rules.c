/* playlist_rules.c - checking rules and turning them into a statement; see
 * playlist_rules.h.
 *
 * Every value becomes a parameter; what stands in the statement comes from the
 * tables. A rule that negates holds where its condition is false or unknown.
 *
 * In a large library there are two ways to what rules give. Where the order has
 * an index, its first WALK_ROWS are looked at: rules that hold for many tracks
 * are filled from there. Else all tracks are read once, in the order in which
 * they lie, and sorted: an index's order would jump to and fro for each. */
#include "library/playlist_rules.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "library/pattern.h"

#define PATH_BYTES 64 /* as struct fault has it */
#define DAY_MS INT64_C(86400000)
#define CHANCE_PRIME INT64_C(2147483647)
#define WALK_ROWS 4000
#define WALK_FROM 50000 /* tracks; fewer are read at once */

struct rule {
	const struct rule_field *field; /* NULL: a group */
	const struct rule_op *op;
	struct sql_value values[2];
	double numbers[2];
	int64_t days;
	bool truth; /* of a bool */

	/* Of a group. */
	bool any;
	struct rule *rules;
	size_t count;
};

struct playlist_rules {
	struct rule root;
	const struct rule_sort *sort;
	uint32_t limit;
};

static const char *const type_names[] = { "text", "choice", "number", "date",
					  "bool" };
static const char *const value_names[] = { "one", "range", "days", "none" };

const char *
rule_type_name(enum rule_type type)
{
	return type_names[type];
}

const char *
rule_value_name(enum rule_value value)
{
	return value_names[value];
}

bool
rule_op_fits(const struct rule_op *op, const struct rule_field *field)
{
	return (op->types & 1u << field->type) != 0 &&
	       (!op->for_optional || field->optional);
}

/* ---- checking -------------------------------------------------------------
 */

struct check {
	struct arena *arena;
	struct fault *fault;
	size_t count; /* rules and groups so far */
};

static enum status
refuse(const struct check *check, const char *path, const char *member,
       const char *sentence)
{
	char field[2 * PATH_BYTES];

	snprintf(field, sizeof field, "%s%s%s", path,
		 member[0] == '\0' ? "" : ".", member);
	return fault_field(check->fault, STATUS_INVALID, field, "%s", sentence);
}

/* Members that nobody knows are more likely a mistake than a wish. */
static enum status
members_check(const struct check *check, const json_t *json, const char *path,
	      const char *known)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)json, name, value)
	{
		const char *at = strstr(known, name);
		size_t length = strlen(name);

		(void)value;
		if (length == 0 || at == NULL || at[length] != ' ' ||
		    (at != known && at[-1] != ' '))
			return refuse(check, path, length < 24 ? name : "",
				      "is not something rules have");
	}
	return STATUS_OK;
}

static const struct rule_field *
field_find(const char *name)
{
	for (const struct rule_field *row = rule_fields; row->name != NULL;
	     row++) {
		if (strcmp(row->name, name) == 0)
			return row;
	}
	return NULL;
}

static const struct rule_op *
op_find(const char *name, const struct rule_field *field)
{
	for (const struct rule_op *row = rule_ops; row->name != NULL; row++) {
		if (strcmp(row->name, name) == 0 && rule_op_fits(row, field))
			return row;
	}
	return NULL;
}

static bool
choice_known(const char *choices, const char *text)
{
	struct span rest = span_of(choices), part;

	while (span_next(&rest, '|', &part)) {
		if (span_equal(part, span_of(text)))
			return true;
	}
	return false;
}

static enum status
text_check(struct check *check, const json_t *value, const char *path,
	   struct rule *rule)
{
	const char *text = json_string_value(value), *pattern;
	size_t letters = 0;

	if (text == NULL)
		return refuse(check, path, "value", "must be a text");
	if (rule->field->type == RULE_CHOICE) {
		if (!choice_known(rule->field->choices, text))
			return refuse(check, path, "value",
				      "is none of the choices");
		rule->values[0] = sql_text(arena_copy_text(check->arena, text));
		return STATUS_OK;
	}
	for (const char *at = text, *end = text + strlen(text); at < end;)
		letters += utf8_next(&at, end) != 0;
	if (letters > RULES_TEXT_MAX)
		return refuse(check, path, "value",
			      "is longer than 100 letters");
	pattern = pattern_of(check->arena, text);
	if (pattern[0] == '\0')
		return refuse(check, path, "value", "must not be blank");
	rule->values[0] = sql_text(pattern);
	return STATUS_OK;
}

static enum status
number_check(struct check *check, const json_t *value, const char *path,
	     struct rule *rule, size_t at)
{
	const struct rule_field *field = rule->field;
	double number = json_number_value(value);

	if (!json_is_number(value))
		return refuse(check, path, "value", "must be a number");
	if (!(number >= field->min && number <= field->max))
		return refuse(check, path, "value", "is out of its range");
	if (field->whole && number != floor(number))
		return refuse(check, path, "value", "must be a whole number");
	rule->numbers[at] = number;
	rule->values[at] = field->whole ? SQL_INT(number) : SQL_DOUBLE(number);
	return STATUS_OK;
}

static enum status
range_check(struct check *check, const json_t *value, const char *path,
	    struct rule *rule)
{
	enum status status;

	if (!json_is_array(value) || json_array_size(value) != 2)
		return refuse(check, path, "value",
			      "must be two numbers: from and to");
	status = number_check(check, json_array_get(value, 0), path, rule, 0);
	if (status == STATUS_OK)
		status = number_check(check, json_array_get(value, 1), path,
				      rule, 1);
	if (status == STATUS_OK && rule->numbers[0] > rule->numbers[1])
		return refuse(check, path, "value", "ends before it begins");
	return status;
}

/* "2026-01-31" is its first moment, UTC. */
static bool
date_parse(const char *text, int64_t *unix_ms)
{
	char whole[32];

	if (strlen(text) == 10) {
		snprintf(whole, sizeof whole, "%sT00:00:00Z", text);
		return clock_parse_rfc3339(whole, unix_ms);
	}
	return clock_parse_rfc3339(text, unix_ms);
}

static enum status
date_check(struct check *check, const json_t *value, const char *path,
	   struct rule *rule)
{
	const char *text = json_string_value(value);
	int64_t at_ms = 0;

	if (text == NULL || !date_parse(text, &at_ms))
		return refuse(check, path, "value",
			      "must be a date like 2026-01-31");
	rule->values[0] = SQL_INT(at_ms);
	return STATUS_OK;
}

static enum status
days_check(struct check *check, const json_t *value, const char *path,
	   struct rule *rule)
{
	if (!json_is_integer(value) || json_integer_value(value) < 1 ||
	    json_integer_value(value) > RULES_DAYS_MAX)
		return refuse(check, path, "value",
			      "must be a number of days, from 1");
	rule->days = json_integer_value(value);
	return STATUS_OK;
}

static enum status
value_check(struct check *check, const json_t *value, const char *path,
	    struct rule *rule)
{
	if (rule->op->value == RULE_NONE)
		return value == NULL || json_is_null(value)
			       ? STATUS_OK
			       : refuse(check, path, "value",
					"does not belong here");
	if (value == NULL)
		return refuse(check, path, "value", "is required");
	if (rule->op->value == RULE_DAYS)
		return days_check(check, value, path, rule);
	if (rule->op->value == RULE_RANGE)
		return range_check(check, value, path, rule);
	switch (rule->field->type) {
	case RULE_NUMBER:
		return number_check(check, value, path, rule, 0);
	case RULE_DATE:
		return date_check(check, value, path, rule);
	case RULE_BOOL:
		if (!json_is_boolean(value))
			return refuse(check, path, "value",
				      "must be true or false");
		rule->truth = json_is_true(value);
		return STATUS_OK;
	case RULE_TEXT:
	case RULE_CHOICE:
		break;
	}
	return text_check(check, value, path, rule);
}

static enum status
rule_check(struct check *check, const json_t *json, const char *path,
	   struct rule *out)
{
	const char *field = json_string_value(json_object_get(json, "field"));
	const char *op = json_string_value(json_object_get(json, "op"));
	enum status status =
		members_check(check, json, path, "field op value ");

	if (status != STATUS_OK)
		return status;
	out->field = field == NULL ? NULL : field_find(field);
	if (out->field == NULL)
		return refuse(check, path, "field", "is none that rules know");
	out->op = op == NULL ? NULL : op_find(op, out->field);
	if (out->op == NULL)
		return refuse(check, path, "op",
			      "is none that this field knows");
	return value_check(check, json_object_get(json, "value"), path, out);
}

static enum status group_check(struct check *check, const json_t *json,
			       const char *path, unsigned depth,
			       struct rule *out);

static enum status
node_check(struct check *check, const json_t *json, const char *path,
	   unsigned depth, struct rule *out)
{
	if (++check->count > RULES_COUNT_MAX)
		return refuse(check, path, "", "is one rule too many");
	if (!json_is_object(json))
		return refuse(check, path, "", "must be a rule or a group");
	if (json_object_get(json, "rules") == NULL)
		return rule_check(check, json, path, out);
	if (depth == RULES_DEPTH_MAX)
		return refuse(check, path, "", "is nested too deep");
	return group_check(check, json, path, depth + 1, out);
}

/* "all" when nothing is said. */
static enum status
match_check(struct check *check, const json_t *json, const char *path,
	    struct rule *out)
{
	const json_t *match = json_object_get(json, "match");
	const char *word = json_string_value(match);

	if (match == NULL)
		return STATUS_OK;
	if (word == NULL ||
	    (strcmp(word, "all") != 0 && strcmp(word, "any") != 0))
		return refuse(check, path, "match", "must be all or any");
	out->any = word[1] == 'n';
	return STATUS_OK;
}

static enum status
group_check(struct check *check, const json_t *json, const char *path,
	    unsigned depth, struct rule *out)
{
	const json_t *rules = json_object_get(json, "rules");
	enum status status = match_check(check, json, path, out);

	if (status == STATUS_OK && depth > 1)
		status = members_check(check, json, path, "match rules ");
	if (status != STATUS_OK)
		return status;
	if (!json_is_array(rules))
		return refuse(check, path, "rules", "must be a list of rules");
	if (json_array_size(rules) > RULES_COUNT_MAX)
		return refuse(check, path, "rules", "are too many");
	out->count = json_array_size(rules);
	out->rules = arena_new(check->arena, struct rule, out->count + 1);
	for (size_t i = 0; i < out->count && status == STATUS_OK; i++) {
		char inner[PATH_BYTES];

		snprintf(inner, sizeof inner, "%.40s.rules[%u]", path,
			 (unsigned)(i % 100));
		status = node_check(check, json_array_get(rules, i), inner,
				    depth, &out->rules[i]);
	}
	return status;
}

static enum status
sort_check(struct check *check, const json_t *json,
	   struct playlist_rules *rules)
{
	const json_t *sort = json_object_get(json, "sort");
	const char *name = json_string_value(sort);

	rules->sort = rule_sorts;
	if (sort == NULL || json_is_null(sort))
		return STATUS_OK;
	while (rules->sort->name != NULL &&
	       (name == NULL || strcmp(rules->sort->name, name) != 0))
		rules->sort++;
	return rules->sort->name != NULL
		       ? STATUS_OK
		       : refuse(check, "rules", "sort",
				"is no order that rules know");
}

static enum status
limit_check(struct check *check, const json_t *json,
	    struct playlist_rules *rules)
{
	const json_t *limit = json_object_get(json, "limit");

	rules->limit = RULES_LIMIT_MAX;
	if (limit == NULL || json_is_null(limit))
		return STATUS_OK;
	if (!json_is_integer(limit) || json_integer_value(limit) < 1 ||
	    json_integer_value(limit) > RULES_LIMIT_MAX)
		return refuse(check, "rules", "limit",
			      "must be a number from 1 to 10000");
	rules->limit = (uint32_t)json_integer_value(limit);
	return STATUS_OK;
}

enum status
playlist_rules_check(const json_t *json, struct arena *arena,
		     struct playlist_rules **out, struct fault *fault)
{
	struct playlist_rules *rules =
		arena_new(arena, struct playlist_rules, 1);
	struct check check = { .arena = arena, .fault = fault };
	enum status status;

	if (!json_is_object(json))
		return refuse(&check, "rules", "", "must be an object");
	status =
		members_check(&check, json, "rules", "match rules sort limit ");
	if (status == STATUS_OK)
		status = group_check(&check, json, "rules", 1, &rules->root);
	if (status == STATUS_OK)
		status = sort_check(&check, json, rules);
	if (status == STATUS_OK)
		status = limit_check(&check, json, rules);
	if (status == STATUS_OK)
		*out = rules;
	return status;
}

enum status
playlist_rules_parse(const char *text, struct arena *arena,
		     struct playlist_rules **out, struct fault *fault)
{
	json_t *json = NULL;
	enum status status = json_parse(text, strlen(text), &json, fault);

	if (status == STATUS_OK)
		status = playlist_rules_check(json, arena, out, fault);
	json_decref(json);
	return status;
}

/* ---- the statement --------------------------------------------------------
 */

struct statement {
	struct buffer sql;
	struct sql_value args[SQL_ARGS_MAX];
	size_t count;
	const struct rules_asked *asked;
};

static void
add_value(struct statement *statement, struct sql_value value)
{
	statement->args[statement->count++] = value;
	buffer_print(&statement->sql, "$%zu", statement->count);
}

/* "between $ and $" with the rule's values. */
static void
add_comparison(struct statement *statement, const struct rule *rule,
	       const char *compare)
{
	struct sql_value values[2] = { rule->values[0], rule->values[1] };
	size_t next = 0;

	if (rule->op->value == RULE_DAYS)
		values[0] =
			SQL_INT(statement->asked->now_ms - rule->days * DAY_MS);
	for (; *compare != '\0'; compare++) {
		if (*compare == '$')
			add_value(statement, values[next++]);
		else
			buffer_add_char(&statement->sql, *compare);
	}
}

/* The field's condition with its comparison and its person. */
static void
add_condition(struct statement *statement, const struct rule *rule,
	      const char *compare)
{
	static const char user[] = "@user@";
	const char *at = rule->field->sql;

	while (*at != '\0') {
		if (strncmp(at, "{}", 2) == 0) {
			add_comparison(statement, rule, compare);
			at += 2;
		} else if (strncmp(at, user, sizeof user - 1) == 0) {
			add_value(statement,
				  SQL_INT(statement->asked->owner_id));
			at += sizeof user - 1;
		} else {
			buffer_add_char(&statement->sql, *at++);
		}
	}
}

/* Whether a track without a row, which counts as 0, satisfies the rule (before
 * it is negated). */
static bool
zero_satisfies(const struct rule *rule)
{
	const char *op = rule->op->name;
	double number = rule->numbers[0];

	if (strcmp(op, "lt") == 0)
		return number > 0;
	if (strcmp(op, "gt") == 0)
		return number < 0;
	return number == 0; /* is, is_not, between */
}

static void
add_rule(struct statement *statement, const struct rule *rule)
{
	const char *compare = rule->op->compare;
	bool negates = rule->op->negates;

	if (rule->field->type == RULE_BOOL)
		negates = !rule->truth;
	if (rule->field->zero_when_absent && zero_satisfies(rule)) {
		compare = rule->op->inverse;
		negates = !negates;
	}
	buffer_add_char(&statement->sql, '(');
	add_condition(statement, rule, compare);
	buffer_add_text(&statement->sql, negates ? ") is not true" : ")");
}

/* A group without rules holds for every track. */
static void
add_group(struct statement *statement, const struct rule *group)
{
	buffer_add_char(&statement->sql, '(');
	if (group->count == 0)
		buffer_add_text(&statement->sql, "1 = 1");
	for (size_t i = 0; i < group->count; i++) {
		if (i > 0)
			buffer_add_text(&statement->sql,
					group->any ? " or " : " and ");
		if (group->rules[i].field == NULL)
			add_group(statement, &group->rules[i]);
		else
			add_rule(statement, &group->rules[i]);
	}
	buffer_add_char(&statement->sql, ')');
}

static void
add_joins(struct statement *statement, const struct rule_sort *sort)
{
	struct buffer *sql = &statement->sql;

	if (sort->of_plays) {
		buffer_add_text(sql, "left join user_tracks u "
				     "on u.track_id = t.id and u.user_id = ");
		add_value(statement, SQL_INT(statement->asked->owner_id));
		buffer_add_char(sql, ' ');
	}
	if (sort->of_ratings) {
		buffer_add_text(sql, "left join ratings r on r.kind = 1 "
				     "and r.entity_id = t.id "
				     "and r.user_id = ");
		add_value(statement, SQL_INT(statement->asked->owner_id));
		buffer_add_char(sql, ' ');
	}
}

/* Numbers of tracks times one of the day, in a field of a prime: every track
 * has a place of its own, and another one tomorrow. */
static void
add_chance(struct statement *statement)
{
	const struct rules_asked *asked = statement->asked;
	uint64_t mixed = (uint64_t)(asked->now_ms / DAY_MS) * 1000003u +
			 (uint64_t)asked->seed;

	mixed = (mixed ^ mixed >> 29) * 0xbf58476d1ce4e5b9u;
	mixed = (mixed ^ mixed >> 32) % (uint64_t)(CHANCE_PRIME - 2);
	buffer_print(&statement->sql, "(t.id %% %lld) * ",
		     (long long)CHANCE_PRIME);
	add_value(statement, SQL_INT(mixed + 1));
	buffer_print(&statement->sql, " %% %lld", (long long)CHANCE_PRIME);
}

static void
add_order(struct statement *statement, const struct rule_sort *sort, bool walk)
{
	struct buffer *sql = &statement->sql;
	const char *down = sort->descending ? " desc" : "";

	buffer_add_text(sql, " order by ");
	if (sort->column == NULL)
		add_chance(statement);
	else if (walk || !sort->indexed)
		buffer_print(sql, "%s%s", sort->column, down);
	else /* the same order, but none that an index has */
		buffer_print(sql, "coalesce(%s, %s)%s", sort->column,
			     sort->column, down);
	buffer_print(sql, "%s, t.id%s", sort->rest != NULL ? sort->rest : "",
		     sort->indexed ? down : "");
}

static uint32_t
limit_of(const struct playlist_rules *rules, const struct rules_asked *asked)
{
	return asked->limit > 0 && asked->limit < rules->limit ? asked->limit
							       : rules->limit;
}

static void
statement_make(struct statement *statement, const struct playlist_rules *rules,
	       bool walk)
{
	struct buffer *sql = &statement->sql;

	buffer_add_text(sql, "select t.id, t.duration_ms from ");
	if (walk) {
		buffer_add_text(sql, "(select t.* from tracks t "
				     "where t.visible = 1");
		add_order(statement, rules->sort, true);
		buffer_print(sql, " limit %d) t ", WALK_ROWS);
	} else {
		buffer_add_text(sql, "tracks t ");
	}
	add_joins(statement, rules->sort);
	buffer_add_text(sql, "where t.visible = 1 and ");
	add_group(statement, &rules->root);
	add_order(statement, rules->sort, walk);
	buffer_add_text(sql, " limit ");
	add_value(statement, SQL_INT(limit_of(rules, statement->asked)));
}

static enum status
statement_run(struct store_session *session, const struct playlist_rules *rules,
	      const struct rules_asked *asked, bool walk,
	      struct rules_found *found, struct fault *fault)
{
	struct statement statement = { .asked = asked };
	struct store_rows *rows;
	enum status status;

	found->count = 0;
	found->duration_ms = 0;
	buffer_init(&statement.sql, 0);
	statement_make(&statement, rules, walk);
	status = sql_query(session, statement.sql.bytes, statement.args,
			   statement.count, &rows, fault);
	while (status == STATUS_OK && found->count < RULES_LIMIT_MAX &&
	       sql_next(rows, &status, fault)) {
		found->ids[found->count++] = sql_column_int(rows, 0);
		found->duration_ms += sql_column_int(rows, 1);
	}
	sql_end(rows);
	buffer_release(&statement.sql);
	return status;
}

/* Whether the order's first tracks are worth a look. */
static enum status
walk_decide(struct store_session *session, const struct playlist_rules *rules,
	    const struct rules_asked *asked, bool *walk, struct fault *fault)
{
	int64_t tracks = 0;
	enum status status = STATUS_OK;

	*walk = false;
	if (!rules->sort->indexed || limit_of(rules, asked) > WALK_ROWS / 4)
		return STATUS_OK;
	status = sql_query_int(session,
			       "select value from totals where key = 'tracks'",
			       SQL_NO_ARGS, &tracks, fault);
	*walk = tracks > WALK_FROM;
	return status;
}

enum status
playlist_rules_run(struct store_session *session,
		   const struct playlist_rules *rules,
		   const struct rules_asked *asked, struct arena *arena,
		   struct rules_found *out, struct fault *fault)
{
	struct rules_found found = { 0 };
	bool walk = asked->walks;
	enum status status = STATUS_OK;

	found.ids = arena_new(arena, int64_t, RULES_LIMIT_MAX);
	if (!walk)
		status = walk_decide(session, rules, asked, &walk, fault);
	if (status == STATUS_OK && walk && rules->sort->indexed)
		status = statement_run(session, rules, asked, true, &found,
				       fault);
	if (status == STATUS_OK && found.count < limit_of(rules, asked))
		status = statement_run(session, rules, asked, false, &found,
				       fault);
	if (status == STATUS_OK)
		*out = found;
	return status;
}
