/* csv.c - see csv.h. */
#include "api/csv.h"

#include "base/clock.h"

void
csv_writer_init(struct csv_writer *csv, struct buffer *out)
{
	*csv = (struct csv_writer){ .out = out };
	buffer_add_text(out, "\xEF\xBB\xBF");
}

static void
cell_begin(struct csv_writer *csv)
{
	if (csv->in_row)
		buffer_add_char(csv->out, ',');
	csv->in_row = true;
}

void
csv_text(struct csv_writer *csv, const char *text)
{
	cell_begin(csv);
	if (text == NULL || *text == '\0')
		return;
	buffer_add_char(csv->out, '"');
	if (strchr("=+-@\t\r", *text) != NULL)
		buffer_add_char(csv->out, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buffer_add_char(csv->out, '"');
		buffer_add_char(csv->out, *text);
	}
	buffer_add_char(csv->out, '"');
}

void
csv_int(struct csv_writer *csv, int64_t value)
{
	cell_begin(csv);
	buffer_print(csv->out, "%lld", (long long)value);
}

void
csv_int_or_empty(struct csv_writer *csv, int64_t value)
{
	if (value != 0)
		csv_int(csv, value);
	else
		cell_begin(csv);
}

void
csv_time(struct csv_writer *csv, int64_t unix_ms)
{
	char text[CLOCK_TEXT_BYTES];

	cell_begin(csv);
	if (unix_ms == 0)
		return;
	clock_print_rfc3339(unix_ms, text);
	buffer_add_text(csv->out, text);
}

void
csv_row_end(struct csv_writer *csv)
{
	buffer_add_text(csv->out, "\r\n");
	csv->in_row = false;
}

void
csv_head(struct csv_writer *csv, const char *names)
{
	buffer_add_text(csv->out, names);
	csv_row_end(csv);
}
