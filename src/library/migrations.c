/* migrations.c - see migrations.h. The table schema_migrations holds one row
 * per applied migration and is also the lock: whoever applies has locked it. */
#include "library/migrations.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"

struct applying {
	const struct migration *table;
	int64_t last;       /* apply up to this number */
	store_work *finish; /* belongs to the last one's transaction; or NULL */
	int64_t version;    /* out: after the step */
	int applied;        /* out: by this step */
	bool done;          /* out: none is left */
};

static enum status
make_table(struct store_session *session, void *cookie, struct fault *fault)
{
	enum status status = sql_lock(session, NULL, fault);

	(void)cookie;
	if (status != STATUS_OK)
		return status;
	return sql_script(session,
			  "create table if not exists schema_migrations ("
			  "number @int@ primary key, name text not null,"
			  "sha256 @bytes@ not null,"
			  "applied_at @int@ not null) @keyed@",
			  fault);
}

/* Compares one applied row with our table. */
static enum status
check_applied(const struct migration *table, struct store_rows *rows,
	      int64_t number, struct fault *fault)
{
	const struct migration *ours = table;
	struct span known = sql_column_span(rows, 1);
	uint8_t sum[SHA256_BYTES];

	while (ours->number != 0 && ours->number != number)
		ours++;
	if (ours->number == 0)
		return fault_field(fault, STATUS_UNSUPPORTED, "store",
				   "the store's schema (%lld) is newer than "
				   "this program",
				   (long long)number);
	sha256(ours->sql, strlen(ours->sql), sum);
	if (known.length != sizeof sum ||
	    memcmp(known.at, sum, sizeof sum) != 0)
		return fault_field(fault, STATUS_CORRUPT, "store",
				   "migration %lld (%s) was applied with other "
				   "text than this program has",
				   (long long)number, ours->name);
	return STATUS_OK;
}

/* *version: the newest applied number; all applied ones are ours. */
static enum status
read_applied(struct store_session *session, const struct migration *table,
	     int64_t *version, struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	*version = 0;
	status = sql_query(session,
			   "select number, sha256 from schema_migrations "
			   "order by number",
			   SQL_NO_ARGS, &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		*version = sql_column_int(rows, 0);
		status = check_applied(table, rows, *version, fault);
	}
	sql_end(rows);
	return status;
}

static enum status
apply_one(struct store_session *session, const struct migration *migration,
	  struct fault *fault)
{
	uint8_t sum[SHA256_BYTES];
	enum status status = sql_script(session, migration->sql, fault);

	if (status != STATUS_OK)
		return status;
	sha256(migration->sql, strlen(migration->sql), sum);
	return sql_exec(session,
			"insert into schema_migrations "
			"(number, name, sha256, applied_at) "
			"values ($1, $2, $3, $4)",
			SQL_ARGS(SQL_INT(migration->number),
				 sql_text(migration->name),
				 sql_bytes(sum, sizeof sum),
				 SQL_INT(clock_now_ms())),
			NULL, fault);
}

/* One migration, or all of them where there was none: an empty store becomes
 * whole at once or stays empty. */
static enum status
apply_step(struct store_session *session, void *cookie, struct fault *fault)
{
	struct applying *applying = cookie;
	const struct migration *next = applying->table;
	enum status status;
	bool empty;

	applying->applied = 0;
	status = sql_lock(session, "schema_migrations", fault);
	if (status == STATUS_OK)
		status = read_applied(session, applying->table,
				      &applying->version, fault);
	if (status != STATUS_OK)
		return status;
	empty = applying->version == 0;
	while (next->number != 0 && next->number <= applying->version)
		next++;
	while (status == STATUS_OK && next->number != 0 &&
	       next->number <= applying->last &&
	       (empty || applying->applied == 0)) {
		assert(next->number == applying->version + 1);
		status = apply_one(session, next, fault);
		applying->version = next++->number;
		applying->applied++;
	}
	applying->done = next->number == 0 || next->number > applying->last;
	if (status == STATUS_OK && applying->done && applying->finish != NULL)
		status = applying->finish(session, NULL, fault);
	return status;
}

static enum status
apply_all(struct store *store, struct applying *applying, struct fault *fault)
{
	enum status status = store_write(store, make_table, NULL, fault);

	while (status == STATUS_OK && !applying->done) {
		status = store_write(store, apply_step, applying, fault);
		if (status == STATUS_OK && applying->applied > 0)
			log_info("store", "migrations applied",
				 LOG_INT("count", applying->applied),
				 LOG_INT("number", applying->version));
	}
	return status;
}

enum status
migrations_apply_table(struct store *store, const struct migration *table,
		       int64_t last, struct fault *fault)
{
	struct applying applying = { .table = table, .last = last };

	return apply_all(store, &applying, fault);
}

/* The store's own name, the same for all processes on it. */
static enum status
make_instance_id(struct store_session *session, void *cookie,
		 struct fault *fault)
{
	uint8_t random[16];
	char text[2 * sizeof random + 1];

	(void)cookie;
	random_bytes(random, sizeof random);
	hex_print(random, sizeof random, text);
	return sql_exec(session,
			"insert into meta (key, value) "
			"values ('instance_id', $1) "
			"on conflict (key) do nothing",
			SQL_ARGS(sql_text(text)), NULL, fault);
}

enum status
migrations_apply(struct store *store, struct fault *fault)
{
	struct applying applying = { .table = migrations,
				     .last = INT64_MAX,
				     .finish = make_instance_id };

	return apply_all(store, &applying, fault);
}

static enum status
version_work(struct store_session *session, void *cookie, struct fault *fault)
{
	return sql_query_int(session,
			     "select coalesce(max(number), 0) "
			     "from schema_migrations",
			     SQL_NO_ARGS, cookie, fault);
}

enum status
migrations_version(struct store *store, int64_t *out, struct fault *fault)
{
	enum status status = store_write(store, make_table, NULL, fault);

	if (status != STATUS_OK)
		return status;
	return store_read(store, version_work, out, fault);
}
