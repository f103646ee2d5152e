/* option.c - settings as rows of tables; see option.h.
 *
 * Each row has one slot that holds its text and where that came from; a source
 * that ranks lower than the slot's origin does not overwrite it, so the order
 * of reading does not matter. */
#include "base/option.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/file.h"

#define FILE_LIMIT_BYTES ((size_t)1 << 20)

struct option_slot {
	const struct option_table *table;
	const struct option *row;
	char *value;
	enum option_origin origin;
};

struct options {
	size_t count;
	struct option_slot *slots;
};

static size_t
rows_count(const struct option_table *tables)
{
	size_t count = 0;

	for (; tables->title != NULL; tables++) {
		for (const struct option *row = tables->rows; row->name; row++)
			count++;
	}
	return count;
}

struct options *
options_new(const struct option_table *tables)
{
	struct options *options = mem_new(1, sizeof *options);
	struct option_slot *slot;

	options->count = rows_count(tables);
	options->slots = mem_new(options->count, sizeof *slot);
	slot = options->slots;
	for (; tables->title != NULL; tables++) {
		for (const struct option *row = tables->rows; row->name;
		     row++, slot++) {
			slot->table = tables;
			slot->row = row;
			slot->value = mem_copy_text(row->preset);
		}
	}
	return options;
}

void
options_free(struct options *options)
{
	for (size_t i = 0; i < options->count; i++)
		free(options->slots[i].value);
	free(options->slots);
	free(options);
}

static struct option_slot *
slot_find(const struct options *options, struct span name, bool by_flag)
{
	for (size_t i = 0; i < options->count; i++) {
		const struct option *row = options->slots[i].row;
		const char *key = by_flag ? row->flag : row->name;

		if (key != NULL && span_equal(span_of(key), name))
			return &options->slots[i];
	}
	return NULL;
}

static bool
bool_parse(struct span text, bool *out)
{
	static const char *const yes[] = { "true", "yes", "on", "1" };
	static const char *const no[] = { "false", "no", "off", "0" };

	for (size_t i = 0; i < ARRAY_LENGTH(yes); i++) {
		if (span_equal_nocase(text, span_of(yes[i])) ||
		    span_equal_nocase(text, span_of(no[i]))) {
			*out = span_equal_nocase(text, span_of(yes[i]));
			return true;
		}
	}
	return false;
}

static bool
in_bounds(const struct option *row, double number)
{
	return (row->min == 0 && row->max == 0) ||
	       (number >= row->min && number <= row->max);
}

/* Checks the text and, when `settings` is given, writes the value there. */
static enum status
value_apply(const struct option *row, const char *text, void *settings,
	    struct fault *fault)
{
	union {
		const char *text;
		uint32_t u32;
		uint64_t u64;
		bool truth;
		double number;
	} value;
	size_t size = 0;
	uint64_t whole = 0;
	bool good = true;

	switch (row->type) {
	case OPTION_TEXT:
		value.text = text;
		size = sizeof value.text;
		break;
	case OPTION_U32:
		good = span_to_u64(span_of(text), &whole) &&
		       whole <= UINT32_MAX && in_bounds(row, (double)whole);
		value.u32 = (uint32_t)whole;
		size = sizeof value.u32;
		break;
	case OPTION_U64:
		good = span_to_u64(span_of(text), &whole) &&
		       in_bounds(row, (double)whole);
		value.u64 = whole;
		size = sizeof value.u64;
		break;
	case OPTION_BOOL:
		good = bool_parse(span_of(text), &value.truth);
		size = sizeof value.truth;
		break;
	case OPTION_DOUBLE:
		good = span_to_double(span_of(text), &value.number) &&
		       in_bounds(row, value.number);
		size = sizeof value.number;
		break;
	}
	if (!good)
		return fault_field(fault, STATUS_INVALID, row->name,
				   row->max > 0 ?
					   "%s: \"%s\" is not a number from "
					   "%g to %g" :
					   "%s: \"%s\" is not a valid value",
				   row->name, row->secret ? "***" : text,
				   row->min, row->max);
	if (settings != NULL)
		memcpy((char *)settings + row->offset, &value, size);
	return STATUS_OK;
}

static enum status
slot_set(struct option_slot *slot, struct span value,
	 enum option_origin origin, struct fault *fault)
{
	enum status status;
	char *text;

	if (slot->origin > origin)
		return STATUS_OK;
	text = mem_new(value.length + 1, 1);
	if (value.length > 0)
		memcpy(text, value.at, value.length);
	status = value_apply(slot->row, text, NULL, fault);
	if (status != STATUS_OK) {
		free(text);
		return status;
	}
	free(slot->value);
	slot->value = text;
	slot->origin = origin;
	return STATUS_OK;
}

static struct span
unquoted(struct span value)
{
	if (value.length >= 2 && (*value.at == '"' || *value.at == '\'') &&
	    value.at[value.length - 1] == *value.at) {
		value.at++;
		value.length -= 2;
	}
	return value;
}

static enum status
line_read(struct options *options, const char *path, unsigned number,
	  struct span line, struct fault *fault)
{
	struct span rest = span_trim(line), name;
	struct option_slot *slot;
	struct fault inner = { 0 };

	if (rest.length > 0 && rest.at[rest.length - 1] == '\r')
		rest.length--;
	if (rest.length == 0 || *rest.at == '#')
		return STATUS_OK;
	span_next(&rest, '=', &name);
	name = span_trim(name);
	if (rest.at == NULL)
		return fault_set(fault, STATUS_INVALID,
				 "%s:%u: expected NAME=value", path, number);
	slot = slot_find(options, name, false);
	if (slot == NULL)
		return fault_set(fault, STATUS_INVALID,
				 "%s:%u: no setting is called \"%.*s\"", path,
				 number, (int)name.length, name.at);
	if (slot_set(slot, unquoted(span_trim(rest)), OPTION_FROM_FILE,
		     &inner) != STATUS_OK)
		return fault_field(fault, STATUS_INVALID, inner.field,
				   "%s:%u: %s", path, number, inner.message);
	return STATUS_OK;
}

enum status
options_read_file(struct options *options, const char *path,
		  struct fault *fault)
{
	struct buffer text;
	struct span rest, line;
	enum status status;
	unsigned number = 0;

	buffer_init(&text, 0);
	status = file_read(path, FILE_LIMIT_BYTES, &text, fault);
	rest = (struct span){ text.bytes, text.length };
	while (status == STATUS_OK && span_next(&rest, '\n', &line))
		status = line_read(options, path, ++number, line, fault);
	buffer_release(&text);
	return status;
}

enum status
options_read_environment(struct options *options, struct fault *fault)
{
	for (size_t i = 0; i < options->count; i++) {
		const char *value = getenv(options->slots[i].row->name);
		enum status status;

		if (value == NULL || *value == '\0')
			continue;
		status = slot_set(&options->slots[i], span_of(value),
				  OPTION_FROM_ENVIRONMENT, fault);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

enum status
options_read_flag(struct options *options, char **arguments, int count,
		  int *used, struct fault *fault)
{
	struct span rest = span_of(arguments[0]), flag;
	struct option_slot *slot;

	span_next(&rest, '=', &flag);
	slot = slot_find(options, flag, true);
	if (slot == NULL)
		return fault_set(fault, STATUS_NOT_FOUND, "no flag %.*s",
				 (int)flag.length, flag.at);
	*used = 1;
	if (rest.at == NULL && slot->row->type == OPTION_BOOL) {
		rest = SPAN("true");
	} else if (rest.at == NULL) {
		if (count < 2)
			return fault_field(fault, STATUS_INVALID,
					   slot->row->flag, "%s needs a value",
					   slot->row->flag);
		rest = span_of(arguments[1]);
		*used = 2;
	}
	return slot_set(slot, rest, OPTION_FROM_FLAG, fault);
}

enum status
options_apply(struct options *options, struct fault *fault)
{
	for (size_t i = 0; i < options->count; i++) {
		struct option_slot *slot = &options->slots[i];
		enum status status = value_apply(slot->row, slot->value,
						 slot->table->settings, fault);

		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

void
options_each(const struct options *options, option_visit *visit, void *cookie)
{
	for (size_t i = 0; i < options->count; i++) {
		const struct option_slot *slot = &options->slots[i];
		bool hide = slot->row->secret && slot->value[0] != '\0';

		visit(cookie, slot->table, slot->row,
		      hide ? "***" : slot->value, slot->origin);
	}
}

const char *
options_value(const struct options *options, const char *name)
{
	struct option_slot *slot = slot_find(options, span_of(name), false);

	return slot != NULL ? slot->value : NULL;
}
