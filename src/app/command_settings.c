/* command_settings.c - `ogma settings`: every setting, from the tables. */
#include "app/command.h"

#include <stdio.h>

#include "base/json.h"

static const char *const type_names[] = {
	[OPTION_TEXT] = "text",	  [OPTION_U32] = "number",
	[OPTION_U64] = "number",  [OPTION_BOOL] = "true or false",
	[OPTION_DOUBLE] = "number",
};

static const char *const origin_names[] = {
	[OPTION_FROM_PRESET] = "default",
	[OPTION_FROM_FILE] = "file",
	[OPTION_FROM_ENVIRONMENT] = "environment",
	[OPTION_FROM_FLAG] = "flag",
};

static void
json_row(void *cookie, const struct option_table *table,
	 const struct option *row, const char *value,
	 enum option_origin origin)
{
	struct json_writer json;
	struct buffer line;

	(void)cookie;
	buffer_init(&line, 0);
	json_writer_init(&json, &line);
	json_object_begin(&json);
	json_member_text(&json, "name", row->name);
	json_member_text(&json, "flag", row->flag);
	json_member_text(&json, "group", table->title);
	json_member_text(&json, "type", type_names[row->type]);
	json_member_text(&json, "default", row->preset);
	json_member_text(&json, "unit", row->unit);
	json_member_text(&json, "value", value);
	json_member_text(&json, "from", origin_names[origin]);
	json_member_text(&json, "summary", row->summary);
	json_object_end(&json);
	puts(line.bytes);
	buffer_release(&line);
}

static void
title_row(void *cookie, const struct option_table *table)
{
	const char **last = cookie;

	if (*last != table->title)
		printf("%s# %s\n", *last != NULL ? "\n" : "", table->title);
	*last = table->title;
}

static void
text_row(void *cookie, const struct option_table *table,
	 const struct option *row, const char *value,
	 enum option_origin origin)
{
	title_row(cookie, table);
	printf("%s = %s\n\t%s\n\t%s", row->name, value, row->summary,
	       type_names[row->type]);
	if (row->unit != NULL)
		printf(", in %s", row->unit);
	if (row->min != 0 || row->max != 0)
		printf(", %.0f to %.0f", row->min, row->max);
	printf("; default \"%s\"", row->preset);
	if (row->flag != NULL)
		printf("; flag %s", row->flag);
	if (origin != OPTION_FROM_PRESET)
		printf("; set by %s", origin_names[origin]);
	putchar('\n');
}

static void
example_row(void *cookie, const struct option_table *table,
	    const struct option *row, const char *value,
	    enum option_origin origin)
{
	(void)value;
	(void)origin;
	title_row(cookie, table);
	printf("\n# %s", row->summary);
	if (row->unit != NULL)
		printf(" (%s)", row->unit);
	printf("\n#%s=%s\n", row->name, row->preset);
}

int
command_settings(struct invocation *invocation)
{
	bool example = invocation_take_switch(invocation, "--example");
	const char *title = NULL;

	if (invocation->count > 0)
		return EXIT_USAGE;
	options_each(invocation->settings->options,
		     invocation->json ? json_row :
		     example	      ? example_row :
					text_row,
		     &title);
	return EXIT_DONE;
}
