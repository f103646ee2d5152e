/* csv.h - tables as RFC 4180 text, for people's spreadsheets.
 *
 * Text that a spreadsheet would run as a formula (=, +, -, @ at its start) is
 * written behind an apostrophe.
 *
 * Floor: 5 (api). Threads: a writer belongs to one thread.
 */
#ifndef OGMA_API_CSV_H
#define OGMA_API_CSV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

struct csv_writer {
	struct buffer *out;
	bool in_row;
};

/* Starts with a byte order mark, by which spreadsheets know UTF-8. */
void csv_writer_init(struct csv_writer *csv, struct buffer *out);
void csv_text(struct csv_writer *csv, const char *text); /* NULL: empty */
void csv_int(struct csv_writer *csv, int64_t value);
void csv_int_or_empty(struct csv_writer *csv, int64_t value); /* 0: empty */
void csv_time(struct csv_writer *csv, int64_t unix_ms);       /* 0: empty */
void csv_row_end(struct csv_writer *csv);

/* A row of names, separated by commas already. */
void csv_head(struct csv_writer *csv, const char *names);

#endif /* OGMA_API_CSV_H */
