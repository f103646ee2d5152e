/* store_postgres_rows.c - the rows of a query; see store_postgres.h.
 *
 * Rows are taken off the socket one by one, so a query over a million rows
 * needs no memory. When another statement is to run before the last row was
 * read, the rest is fetched into memory first. */
#include "driver/store_postgres.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"

#define TYPE_BYTEA 17 /* pg_type.oid, fixed for all time */

static struct pg_rows *
rows_of(struct store_rows *rows)
{
	return container_of(rows, struct pg_rows, rows);
}

/* ---- arriving rows -------------------------------------------------------- */

/* The query is over: reads what ends it. */
static void
stream_end(struct pg_rows *rows)
{
	struct pg_connection *connection = rows->connection;
	PGresult *result;

	while (!connection->broken &&
	       (result = PQgetResult(connection->pg)) != NULL)
		PQclear(result);
	pg_end_query(connection);
	connection->streaming = NULL;
	rows->streaming = false;
}

/* The next row off the socket, or NULL at the end or a failure. */
static PGresult *
stream_next(struct pg_rows *rows)
{
	struct pg_connection *connection = rows->connection;
	PGresult *result;

	if (!rows->streaming)
		return NULL;
	result = PQgetResult(connection->pg);
	if (PQresultStatus(result) == PGRES_SINGLE_TUPLE)
		return result;
	if (PQresultStatus(result) != PGRES_TUPLES_OK &&
	    PQresultStatus(result) != PGRES_COMMAND_OK) {
		rows->status = pg_failure(connection, result, &rows->fault);
		if (connection->status == STATUS_OK) {
			connection->status = rows->status;
			connection->fault = rows->fault;
		}
	}
	PQclear(result);
	stream_end(rows);
	return NULL;
}

void
pg_rows_keep(struct pg_rows *rows)
{
	PGresult *result;

	while ((result = stream_next(rows)) != NULL) {
		if (rows->kept_count == rows->kept_room) {
			rows->kept_room = rows->kept_room == 0
						  ? 16
						  : rows->kept_room * 2;
			rows->kept = mem_grow(rows->kept, rows->kept_room,
					      sizeof(PGresult *));
		}
		rows->kept[rows->kept_count++] = result;
	}
}

/* ---- reading -------------------------------------------------------------- */

bool
pg_next(struct store_rows *rows, enum status *status, struct fault *fault)
{
	struct pg_rows *mine = rows_of(rows);

	PQclear(mine->result);
	mine->result = NULL;
	arena_reset(&mine->bytes);
	if (mine->kept_first < mine->kept_count)
		mine->result = mine->kept[mine->kept_first++];
	else
		mine->result = stream_next(mine);
	if (mine->result != NULL)
		return true;
	*status = mine->status;
	if (mine->status != STATUS_OK && fault != NULL)
		*fault = mine->fault;
	return false;
}

/* Rows nobody wants are read and dropped: the connection needs their end. For
 * a long answer the server is asked to stop; that fails the transaction, which
 * a reader does not mind but a writer would, so it is only read over. */
void
pg_end(struct store_rows *rows)
{
	struct pg_rows *mine = rows_of(rows);
	PGresult *result;

	while ((result = stream_next(mine)) != NULL)
		PQclear(result);
	PQclear(mine->result);
	while (mine->kept_first < mine->kept_count)
		PQclear(mine->kept[mine->kept_first++]);
	free(mine->kept);
	arena_release(&mine->bytes);
	free(mine);
}

bool
pg_column_null(struct store_rows *rows, int column)
{
	return PQgetisnull(rows_of(rows)->result, 0, column) == 1;
}

int64_t
pg_column_int(struct store_rows *rows, int column)
{
	const char *text = PQgetvalue(rows_of(rows)->result, 0, column);

	if (text[0] == 't')
		return 1; /* a boolean */
	return strtoll(text, NULL, 10);
}

double
pg_column_double(struct store_rows *rows, int column)
{
	const char *text = PQgetvalue(rows_of(rows)->result, 0, column);
	double value;

	/* Does not depend on a locale. */
	if (span_to_double(span_of(text), &value))
		return value;
	return strtod(text, NULL); /* Infinity */
}

/* "\x6f676d61" */
static struct span
bytes_decode(struct pg_rows *rows, const char *text, size_t length)
{
	size_t count = length < 2 ? 0 : (length - 2) / 2;
	uint8_t *bytes = arena_alloc(&rows->bytes, count);

	if (count > 0 &&
	    !hex_parse((struct span){ text + 2, count * 2 }, bytes, count))
		count = 0;
	return (struct span){ (const char *)bytes, count };
}

struct span
pg_column_span(struct store_rows *rows, int column)
{
	struct pg_rows *mine = rows_of(rows);
	const char *text = PQgetvalue(mine->result, 0, column);
	size_t length = (size_t)PQgetlength(mine->result, 0, column);

	if (PQgetisnull(mine->result, 0, column) == 1)
		return (struct span){ NULL, 0 };
	if (PQftype(mine->result, column) == TYPE_BYTEA)
		return bytes_decode(mine, text, length);
	return (struct span){ text, length };
}
