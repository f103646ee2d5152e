/* command_drivers.c - `ogma drivers`: the support matrix, from the registry. */
#include "app/command.h"

#include <stdio.h>

#include "base/json.h"
#include "driver/registry.h"

int
command_drivers(struct invocation *invocation)
{
	if (invocation->count > 0)
		return EXIT_USAGE;
	for (const struct driver_row *row = driver_rows; row->kind != NULL;
	     row++) {
		struct json_writer json;
		struct buffer line;

		if (!invocation->json) {
			printf("%-7s %-10s %s\n", row->kind, *row->name,
			       *row->summary);
			continue;
		}
		buffer_init(&line, 0);
		json_writer_init(&json, &line);
		json_object_begin(&json);
		json_member_text(&json, "kind", row->kind);
		json_member_text(&json, "name", *row->name);
		json_member_text(&json, "summary", *row->summary);
		json_object_end(&json);
		puts(line.bytes);
		buffer_release(&line);
	}
	return EXIT_DONE;
}
