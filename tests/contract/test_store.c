/* test_store.c - what every store driver must do, run over SQLite and over a
 * real PostgreSQL server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sanitized.h"
#include "library/migrations.h"
#include "tests/support/postgres.h"
#include "tests/support/stores.h"

/* ---- helpers -------------------------------------------------------------- */

static void
must(enum status status, const struct fault *fault)
{
	if (status != STATUS_OK)
		fail_msg("%s: %s", status_name(status), fault->message);
}

static enum status
script_work(struct store_session *session, void *cookie, struct fault *fault)
{
	return sql_script(session, cookie, fault);
}

static void
script(struct store *store, const char *sql)
{
	struct fault fault = { 0 };

	must(store_write(store, script_work, (void *)(uintptr_t)sql, &fault),
	     &fault);
}

/* An open store with the table thing (id, name unique, count). */
static void
store_with_things(struct test_store *test, const char *driver)
{
	test_store_open(test, driver, false);
	script(test->store,
	       "create table thing (id @id@, name text not null unique, "
	       "amount @int@ not null) @strict@;"
	       "create table part (id @id@, thing_id @int@ not null "
	       "references thing (id)) @strict@");
}

struct number {
	const char *sql;
	int64_t out;
};

static enum status
number_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct number *number = cookie;

	return sql_query_int(session, number->sql, SQL_NO_ARGS, &number->out,
			     fault);
}

static int64_t
number(struct store *store, const char *sql)
{
	struct number wanted = { sql, -1 };
	struct fault fault = { 0 };

	must(store_read(store, number_work, &wanted, &fault), &fault);
	return wanted.out;
}

static enum status
insert_thing(struct store_session *session, const char *name,
	     struct fault *fault)
{
	return sql_exec(session,
			"insert into thing (name, amount) values ($1, 0)",
			SQL_ARGS(sql_text(name)), NULL, fault);
}

static enum status
insert_work(struct store_session *session, void *cookie, struct fault *fault)
{
	return insert_thing(session, cookie, fault);
}

static enum status
insert(struct store *store, const char *name)
{
	struct fault fault = { 0 };

	return store_write(store, insert_work, (void *)(uintptr_t)name,
			   &fault);
}

/* ---- values --------------------------------------------------------------- */

struct values {
	int64_t numbers[6];
	double reals[6];
	const char *texts[4];
	uint8_t bytes[300];
};

static const struct values all_values = {
	.numbers = { 0, 1, -1, INT64_MAX, INT64_MIN, 1234567890123456789 },
	.reals = { 1.23456789e-7, -0.1, DBL_MAX, DBL_MIN, 5e-324, 1e15 + 0.3 },
	.texts = { "", "плюс-минус Ёё 日本 🎵", "'; drop table v; --\n\t\\x41",
		   "@id@ $1 ?1 %s" },
};

static enum status
write_values(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct values *values = cookie;
	enum status status = STATUS_OK;

	for (int i = 0; i < 6 && status == STATUS_OK; i++)
		status = sql_exec(session,
				  "insert into v (n, r, t, b) "
				  "values ($1, $2, $3, $4)",
				  SQL_ARGS(SQL_INT(values->numbers[i]),
					   SQL_DOUBLE(values->reals[i]),
					   sql_text(values->texts[i % 4]),
					   sql_bytes(values->bytes,
						     (size_t)i * 50)),
				  NULL, fault);
	if (status == STATUS_OK)
		status = sql_exec(session,
				  "insert into v (n, r, t, b) "
				  "values ($1, $2, $3, $4)",
				  SQL_ARGS(SQL_NULL, SQL_NULL, sql_text(NULL),
					   SQL_NULL),
				  NULL, fault);
	return status;
}

static enum status
read_values(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct values *values = cookie;
	struct store_rows *rows;
	struct arena arena;
	int i = 0;
	enum status status;

	arena_init(&arena);
	status = sql_query(session, "select n, r, t, b from v order by id",
			   SQL_NO_ARGS, &rows, fault);
	for (; status == STATUS_OK && sql_next(rows, &status, fault); i++) {
		struct span bytes = sql_column_span(rows, 3);

		if (i == 6) {
			for (int k = 0; k < 4; k++)
				assert_true(sql_column_null(rows, k));
			assert_int_equal(sql_column_int(rows, 0), 0);
			assert_int_equal(bytes.length, 0);
			assert_null(sql_column_text(rows, 2, &arena));
			continue;
		}
		assert_true(sql_column_int(rows, 0) == values->numbers[i]);
		assert_true(sql_column_double(rows, 1) == values->reals[i]);
		assert_string_equal(sql_column_text(rows, 2, &arena),
				    values->texts[i % 4]);
		assert_false(sql_column_null(rows, 3));
		assert_int_equal(bytes.length, i * 50);
		assert_int_equal(memcmp(bytes.at == NULL ? "" : bytes.at,
					values->bytes, bytes.length),
				 0);
	}
	sql_end(rows);
	arena_release(&arena);
	assert_int_equal(i, 7);
	return status;
}

static void
values_come_back_as_they_were(void **state)
{
	struct test_store test;
	struct values values = all_values;
	struct fault fault = { 0 };

	for (size_t i = 0; i < sizeof values.bytes; i++)
		values.bytes[i] = (uint8_t)i; /* with NULs and quotes */
	test_store_open(&test, *state, false);
	script(test.store, "create table v (id @id@, n @int@, r @real@, "
			   "t text, b @bytes@) @strict@");
	must(store_write(test.store, write_values, &values, &fault), &fault);
	must(store_read(test.store, read_values, &values, &fault), &fault);
	test_store_close(&test);
}

static void
text_that_is_not_utf8_is_refused_before_it_is_stored(void **state)
{
	struct test_store test;

	store_with_things(&test, *state);
	assert_int_equal(insert(test.store, "\xff\xfe"), STATUS_INVALID);
	assert_int_equal(insert(test.store, "caf\xe9"), STATUS_INVALID);
	assert_int_equal(number(test.store, "select count(*) from thing"), 0);
	test_store_close(&test);
}

static void
a_parameter_is_never_part_of_the_statement(void **state)
{
	static const char *const names[] = {
		"'); delete from thing; --", "\\'; drop table thing", "$1",
		"a\nb", "\"", "/* */",
	};
	struct test_store test;

	store_with_things(&test, *state);
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		assert_int_equal(insert(test.store, names[i]), STATUS_OK);
	assert_int_equal(number(test.store, "select count(*) from thing"),
			 ARRAY_LENGTH(names));
	test_store_close(&test);
}

static enum status
quoted_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct store_rows *rows;
	struct arena arena;
	enum status status;

	arena_init(&arena);
	status = sql_query(session,
			   "select '@id@ $1 it''s', $1 -- $2 @id@ '\n",
			   SQL_ARGS(sql_text("x")), &rows, fault);
	must(status, fault);
	assert_true(sql_next(rows, &status, fault));
	assert_string_equal(sql_column_text(rows, 0, &arena), "@id@ $1 it's");
	assert_string_equal(sql_column_text(rows, 1, &arena), "x");
	sql_end(rows);
	arena_release(&arena);
	(void)cookie;
	return STATUS_OK;
}

static void
words_of_the_dialect_are_left_alone_in_quotes_and_comments(void **state)
{
	struct test_store test;
	struct fault fault = { 0 };

	test_store_open(&test, *state, false);
	must(store_read(test.store, quoted_work, NULL, &fault), &fault);
	test_store_close(&test);
}

/* ---- statements ----------------------------------------------------------- */

static enum status
nested_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct store_rows *outer, *inner;
	int64_t sum = 0;
	enum status status;

	status = sql_query(session, "select id from thing order by id",
			   SQL_NO_ARGS, &outer, fault);
	while (status == STATUS_OK && sql_next(outer, &status, fault)) {
		int64_t id = sql_column_int(outer, 0);

		/* the same text as the outer one, and another */
		status = sql_query(session, "select id from thing order by id",
				   SQL_NO_ARGS, &inner, fault);
		must(status, fault);
		assert_true(sql_next(inner, &status, fault));
		assert_int_equal(sql_column_int(inner, 0), 1);
		sql_end(inner); /* not read to its end */
		status = sql_exec(session,
				  "update thing set amount = $1 where id = $2",
				  SQL_ARGS(SQL_INT(id * 2), SQL_INT(id)), NULL,
				  fault);
		assert_int_equal(sql_column_int(outer, 0), id);
		sum += id;
	}
	sql_end(outer);
	*(int64_t *)cookie = sum;
	return status;
}

static void
statements_may_run_while_rows_are_being_read(void **state)
{
	struct test_store test;
	struct fault fault = { 0 };
	int64_t sum = 0;

	store_with_things(&test, *state);
	for (int i = 0; i < 50; i++) {
		char name[16];

		snprintf(name, sizeof name, "%d", i);
		assert_int_equal(insert(test.store, name), STATUS_OK);
	}
	must(store_write(test.store, nested_work, &sum, &fault), &fault);
	assert_int_equal(sum, 50 * 51 / 2);
	assert_int_equal(number(test.store, "select sum(amount) from thing"),
			 50 * 51);
	test_store_close(&test);
}

static enum status
many_statements_work(struct store_session *session, void *cookie,
		     struct fault *fault)
{
	(void)cookie;
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 400; i++) {
			char sql[64];
			int64_t out = 0;
			enum status status;

			snprintf(sql, sizeof sql,
				 "select %d + count(*) from thing", i);
			status = sql_query_int(session, sql, SQL_NO_ARGS, &out,
					       fault);
			if (status != STATUS_OK)
				return status;
			assert_int_equal(out, i);
		}
	return STATUS_OK;
}

static void
more_different_statements_than_are_kept_prepared(void **state)
{
	struct test_store test;
	struct fault fault = { 0 };

	store_with_things(&test, *state);
	must(store_read(test.store, many_statements_work, NULL, &fault),
	     &fault);
	must(store_write(test.store, many_statements_work, NULL, &fault),
	     &fault);
	test_store_close(&test);
}

static enum status
changed_work(struct store_session *session, void *cookie, struct fault *fault)
{
	int64_t changed = -1, id = 0;
	enum status status;

	(void)cookie;
	for (int i = 0; i < 3; i++) {
		char name[8];

		snprintf(name, sizeof name, "%d", i);
		must(insert_thing(session, name, fault), fault);
	}
	status = sql_exec(session, "update thing set amount = 5 where id > $1",
			  SQL_ARGS(SQL_INT(1)), &changed, fault);
	must(status, fault);
	assert_int_equal(changed, 2);
	status = sql_exec(session,
			  "insert into thing (name, amount) values ('1', 9) "
			  "on conflict (name) do nothing",
			  SQL_NO_ARGS, &changed, fault);
	must(status, fault);
	assert_int_equal(changed, 0);
	status = sql_query_int(session,
			       "insert into thing (name, amount) "
			       "values ('new', 1) returning id",
			       SQL_NO_ARGS, &id, fault);
	must(status, fault);
	assert_true(id >= 4);
	assert_int_equal(sql_query_int(session,
				       "select id from thing where id = 99",
				       SQL_NO_ARGS, &id, fault),
			 STATUS_NOT_FOUND);
	return STATUS_OK;
}

static void
changed_rows_are_counted_and_new_ids_returned(void **state)
{
	struct test_store test;
	struct fault fault = { 0 };

	store_with_things(&test, *state);
	must(store_write(test.store, changed_work, NULL, &fault), &fault);
	assert_int_equal(number(test.store, "select count(*) from thing"), 4);
	test_store_close(&test);
}

static enum status
post_work(struct store_session *session, void *cookie, struct fault *fault)
{
	int64_t seen = -1;
	enum status status = STATUS_OK;

	for (int i = 0; i < 1000 && status == STATUS_OK; i++) {
		char name[16];

		snprintf(name, sizeof name, "%d", i);
		status = sql_post(session,
				  "insert into thing (name, amount) "
				  "values ($1, 1)",
				  SQL_ARGS(sql_text(name)), fault);
	}
	must(status, fault);
	status = sql_query_int(session, "select count(*) from thing",
			       SQL_NO_ARGS, &seen, fault);
	must(status, fault);
	assert_int_equal(seen, 1000);
	if (cookie != NULL) { /* a double at the very end */
		sql_post(session,
			 "insert into thing (name, amount) values ($1, 1)",
			 SQL_ARGS(sql_text("7")), NULL);
	}
	return STATUS_OK;
}

static void
posted_statements_are_done_in_order_and_their_failure_undoes_all(void **state)
{
	struct test_store test;
	struct fault fault = { 0 };

	store_with_things(&test, *state);
	assert_int_equal(store_write(test.store, post_work, &test, &fault),
			 STATUS_CONFLICT);
	assert_string_equal(fault.field, "store");
	assert_int_equal(number(test.store, "select count(*) from thing"), 0);
	must(store_write(test.store, post_work, NULL, &fault), &fault);
	assert_int_equal(number(test.store, "select count(*) from thing"),
			 1000);
	test_store_close(&test);
}

/* ---- failures ------------------------------------------------------------- */

struct failing {
	const char *sql;
	struct sql_value value;
	enum status seen, next; /* of the statement, of one after it */
};

static enum status
failing_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct failing *failing = cookie;
	int64_t count;

	insert_thing(session, "before", fault);
	failing->seen = sql_exec(session, failing->sql, &failing->value,
				 strstr(failing->sql, "$1") != NULL, NULL,
				 fault);
	failing->next = sql_query_int(session, "select count(*) from thing",
				      SQL_NO_ARGS, &count, fault);
	return STATUS_OK; /* a work that looks away */
}

static void
a_failed_statement_fails_the_work_even_if_it_looks_away(void **state)
{
	static const struct {
		const char *sql;
		enum status status;
	} cases[] = {
		{ "insert into thing (name, amount) values ('there', 1)",
		  STATUS_CONFLICT },
		{ "insert into part (thing_id) values (12345)",
		  STATUS_CONFLICT },
		{ "insert into thing (name, amount) values ('x', null)",
		  STATUS_INVALID },
		{ "insert into nowhere (a) values (1)", STATUS_FAILED },
		{ "this is not sql", STATUS_FAILED },
	};
	struct test_store test;

	store_with_things(&test, *state);
	assert_int_equal(insert(test.store, "there"), STATUS_OK);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct failing failing = { .sql = cases[i].sql };
		struct fault fault = { 0 };

		assert_int_equal(store_write(test.store, failing_work, &failing,
					     &fault),
				 cases[i].status);
		assert_int_equal(fault.status, cases[i].status);
		assert_true(fault.message[0] != '\0');
		assert_int_equal(failing.seen, cases[i].status);
		assert_int_equal(failing.next, cases[i].status);
	}
	assert_int_equal(number(test.store, "select count(*) from thing"), 1);
	test_store_close(&test);
}

static enum status
change_mind_work(struct store_session *session, void *cookie,
		 struct fault *fault)
{
	must(insert_thing(session, cookie, fault), fault);
	return fault_field(fault, STATUS_DENIED, "mind", "changed it");
}

static void
a_work_that_returns_a_failure_is_undone_and_its_sentence_kept(void **state)
{
	struct test_store test;
	struct fault fault = { 0 };
	char name[] = "name";

	store_with_things(&test, *state);
	assert_int_equal(store_write(test.store, change_mind_work, name,
				     &fault),
			 STATUS_DENIED);
	assert_string_equal(fault.field, "mind");
	assert_string_equal(fault.message, "changed it");
	assert_int_equal(number(test.store, "select count(*) from thing"), 0);
	assert_int_equal(insert(test.store, name), STATUS_OK);
	test_store_close(&test);
}

static enum status
write_in_read_work(struct store_session *session, void *cookie,
		   struct fault *fault)
{
	(void)cookie;
	return insert_thing(session, "no", fault);
}

static void
a_read_cannot_change_anything(void **state)
{
	struct test_store test;
	struct fault fault = { 0 };

	store_with_things(&test, *state);
	assert_int_equal(store_read(test.store, write_in_read_work, NULL,
				    &fault),
			 STATUS_DENIED);
	assert_int_equal(number(test.store, "select count(*) from thing"), 0);
	test_store_close(&test);
}

/* ---- many at once --------------------------------------------------------- */

#define WRITERS 8
#define WRITES_EACH 40

struct writer {
	struct store *store;
	pthread_t thread;
	int number, now;
	int failed_as_meant, kept;
};

static enum status
writer_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct writer *writer = cookie;
	char name[32];
	enum status status;

	snprintf(name, sizeof name, "%d/%d", writer->number, writer->now);
	status = insert_thing(session, name, fault);
	if (status == STATUS_OK && writer->now % 3 == 0)
		status = fault_set(fault, STATUS_CANCELLED, "%s", name);
	if (status == STATUS_OK && writer->now % 3 == 1)
		status = sql_exec(session,
				  "insert into part (thing_id) values (0)",
				  SQL_NO_ARGS, NULL, fault);
	return status;
}

static void *
writer_run(void *cookie)
{
	struct writer *writer = cookie;

	for (writer->now = 0; writer->now < WRITES_EACH; writer->now++) {
		struct fault fault = { 0 };
		enum status status = store_write(writer->store, writer_work,
						 writer, &fault);
		static const enum status meant[3] = {
			STATUS_CANCELLED, STATUS_CONFLICT, STATUS_OK
		};

		if (status != meant[writer->now % 3]) {
			print_error("%s: %s\n", status_name(status),
				    fault.message);
			return NULL;
		}
		if (status == STATUS_OK)
			writer->kept++;
		else
			writer->failed_as_meant++;
	}
	return NULL;
}

static void
works_that_fail_beside_others_take_nobody_with_them(void **state)
{
	struct test_store test;
	struct writer writers[WRITERS] = { 0 };
	int kept = 0, failed = 0;

	store_with_things(&test, *state);
	for (int i = 0; i < WRITERS; i++) {
		writers[i].store = test.store;
		writers[i].number = i;
		pthread_create(&writers[i].thread, NULL, writer_run,
			       &writers[i]);
	}
	for (int i = 0; i < WRITERS; i++) {
		pthread_join(writers[i].thread, NULL);
		kept += writers[i].kept;
		failed += writers[i].failed_as_meant;
	}
	assert_int_equal(kept + failed, WRITERS * WRITES_EACH);
	assert_int_equal(number(test.store, "select count(*) from thing"),
			 kept);
	test_store_close(&test);
}

static enum status
increment_work(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	int64_t amount = 0;
	enum status status;

	(void)cookie;
	status = sql_query_int(session, "select amount from thing where id = 1",
			       SQL_NO_ARGS, &amount, fault);
	if (status != STATUS_OK)
		return status;
	return sql_exec(session, "update thing set amount = $1 where id = 1",
			SQL_ARGS(SQL_INT(amount + 1)), NULL, fault);
}

static void *
incrementer_run(void *cookie)
{
	struct writer *writer = cookie;
	struct fault fault = { 0 };

	for (int i = 0; i < WRITES_EACH; i++) {
		enum status status = store_write(writer->store, increment_work,
						 NULL, &fault);

		if (status == STATUS_OK)
			writer->kept++;
		else if (status != STATUS_AGAIN_LATER)
			print_error("%s\n", fault.message);
	}
	return NULL;
}

/* Two handles, as two processes have them. */
static void
no_update_is_lost_between_those_who_read_and_then_write(void **state)
{
	struct test_store test;
	struct store *again;
	struct writer writers[4] = { 0 };
	int kept = 0;

	store_with_things(&test, *state);
	assert_int_equal(insert(test.store, "counter"), STATUS_OK);
	again = test_store_again(&test);
	for (int i = 0; i < 4; i++) {
		writers[i].store = i % 2 == 0 ? test.store : again;
		pthread_create(&writers[i].thread, NULL, incrementer_run,
			       &writers[i]);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(writers[i].thread, NULL);
		kept += writers[i].kept;
	}
	assert_int_equal(number(test.store, "select amount from thing"), kept);
	/* Losing all tries of a race may happen, but not as a rule. */
	assert_true(kept >= 4 * WRITES_EACH - 8);
	store_close(again);
	test_store_close(&test);
}

struct slow_write {
	struct store *store;
	atomic_bool inside, go_on;
};

static enum status
slow_write_work(struct store_session *session, void *cookie,
		struct fault *fault)
{
	struct slow_write *slow = cookie;

	must(insert_thing(session, "slow", fault), fault);
	atomic_store(&slow->inside, true);
	while (!atomic_load(&slow->go_on))
		usleep(1000);
	return STATUS_OK;
}

static void *
slow_write_run(void *cookie)
{
	struct slow_write *slow = cookie;
	struct fault fault = { 0 };

	must(store_write(slow->store, slow_write_work, slow, &fault), &fault);
	return NULL;
}

static void
readers_do_not_wait_for_a_writer_and_see_nothing_of_it_before_it_is_done(
	void **state)
{
	struct test_store test;
	struct slow_write slow = { 0 };
	pthread_t thread;

	store_with_things(&test, *state);
	slow.store = test.store;
	pthread_create(&thread, NULL, slow_write_run, &slow);
	while (!atomic_load(&slow.inside))
		usleep(1000);
	/* The writer waits for us: if we waited for it, this would hang. */
	for (int i = 0; i < 100; i++)
		assert_int_equal(number(test.store,
					"select count(*) from thing"),
				 0);
	atomic_store(&slow.go_on, true);
	pthread_join(thread, NULL);
	assert_int_equal(number(test.store, "select count(*) from thing"), 1);
	test_store_close(&test);
}

struct snapshot {
	struct store *store;
	int64_t before, after;
};

static void *
insert_run(void *cookie)
{
	assert_int_equal(insert(cookie, "meanwhile"), STATUS_OK);
	return NULL;
}

static enum status
snapshot_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct snapshot *snapshot = cookie;
	pthread_t thread;
	enum status status;

	status = sql_query_int(session, "select count(*) from thing",
			       SQL_NO_ARGS, &snapshot->before, fault);
	must(status, fault);
	pthread_create(&thread, NULL, insert_run, snapshot->store);
	pthread_join(thread, NULL);
	return sql_query_int(session, "select count(*) from thing",
			     SQL_NO_ARGS, &snapshot->after, fault);
}

static void
a_read_sees_one_moment_from_its_first_statement_to_its_last(void **state)
{
	struct test_store test;
	struct snapshot snapshot = { 0 };
	struct fault fault = { 0 };

	store_with_things(&test, *state);
	snapshot.store = test.store;
	must(store_read(test.store, snapshot_work, &snapshot, &fault), &fault);
	assert_int_equal(snapshot.before, 0);
	assert_int_equal(snapshot.after, 0);
	assert_int_equal(number(test.store, "select count(*) from thing"), 1);
	test_store_close(&test);
}

struct locker {
	struct store *store;
	pthread_t thread;
	atomic_int *inside;
	int most;
};

static enum status
locked_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct locker *locker = cookie;
	int64_t amount = 0;
	int inside;
	enum status status = sql_lock(session, "thing", fault);

	/* Any statement: the lock may be asked for together with it. */
	if (status == STATUS_OK)
		status = sql_query_int(session,
				       "select amount from thing where id = 1",
				       SQL_NO_ARGS, &amount, fault);
	if (status != STATUS_OK)
		return status;
	inside = atomic_fetch_add(locker->inside, 1) + 1;
	locker->most = inside > locker->most ? inside : locker->most;
	usleep(500);
	status = sql_exec(session, "update thing set amount = $1 where id = 1",
			  SQL_ARGS(SQL_INT(amount + 1)), NULL, fault);
	atomic_fetch_sub(locker->inside, 1);
	return status;
}

static void *
locker_run(void *cookie)
{
	struct locker *locker = cookie;
	struct fault fault = { 0 };

	for (int i = 0; i < 25; i++)
		must(store_write(locker->store, locked_work, locker, &fault),
		     &fault);
	return NULL;
}

static void
works_that_lock_a_table_run_one_after_the_other(void **state)
{
	struct test_store test;
	struct store *again;
	struct locker lockers[4] = { 0 };
	atomic_int inside = 0;

	store_with_things(&test, *state);
	assert_int_equal(insert(test.store, "locked"), STATUS_OK);
	again = test_store_again(&test);
	for (int i = 0; i < 4; i++) {
		lockers[i].store = i % 2 == 0 ? test.store : again;
		lockers[i].inside = &inside;
		pthread_create(&lockers[i].thread, NULL, locker_run,
			       &lockers[i]);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(lockers[i].thread, NULL);
		assert_int_equal(lockers[i].most, 1);
	}
	assert_int_equal(number(test.store, "select amount from thing"), 100);
	store_close(again);
	test_store_close(&test);
}

/* ---- versions ------------------------------------------------------------- */

static void
the_version_changes_with_every_commit_of_anybody(void **state)
{
	struct test_store test;
	struct store *again;
	uint64_t before, after;

	store_with_things(&test, *state);
	again = test_store_again(&test);
	before = store_version(test.store);
	assert_true(before != 0);
	assert_int_equal(number(test.store, "select count(*) from thing"), 0);
	usleep((STORE_VERSION_STALE_MS + 20) * 1000);
	assert_true(store_version(test.store) == before); /* only reads */
	assert_int_equal(insert(test.store, "own"), STATUS_OK);
	after = store_version(test.store);
	assert_true(after != before); /* at once */
	usleep((STORE_VERSION_STALE_MS + 20) * 1000);
	after = store_version(test.store);
	assert_int_equal(insert(again, "other's"), STATUS_OK);
	usleep((STORE_VERSION_STALE_MS + 20) * 1000);
	assert_true(store_version(test.store) != after);
	assert_true(store_version(test.store) != store_version(again));
	store_close(again);
	test_store_close(&test);
}

/* ---- crashes -------------------------------------------------------------- */

/* A child that writes rows and says of each that it was acknowledged. */
static void
write_and_tell(const struct test_store *test, int pipe_fd)
{
	struct store *store = test_store_again(test);

	for (int64_t i = 1;; i++) {
		char name[24];

		snprintf(name, sizeof name, "%lld", (long long)i);
		if (insert(store, name) != STATUS_OK ||
		    write(pipe_fd, &i, sizeof i) != sizeof i)
			_exit(1);
	}
}

static void
a_killed_process_loses_nothing_that_was_acknowledged(void **state)
{
	struct test_store test;
	int64_t told = 0, last;

	store_with_things(&test, *state);
	for (int round = 0; round < 4; round++) {
		int fds[2];
		pid_t pid;

		script(test.store, "delete from thing");
		assert_int_equal(pipe(fds), 0);
		pid = fork();
		if (pid == 0)
			write_and_tell(&test, fds[1]);
		close(fds[1]);
		for (int i = 0; i < 40 + round * 13; i++)
			assert_int_equal(read(fds[0], &told, sizeof told),
					 sizeof told);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		while (read(fds[0], &told, sizeof told) == sizeof told)
			;
		close(fds[0]);
		last = number(test.store, "select count(*) from thing");
		assert_true(last == told || last == told + 1);
	}
	test_store_close(&test);
}

/* ---- a full disk (SQLite: we can take its room away) ---------------------- */

/* ThreadSanitizer does not support a forked child with threads: not there. */
#if !SANITIZED_THREADS

/* In a child, because the limit on file sizes cannot be raised again there. */
static int
fill_disk(const struct test_store *test)
{
	struct rlimit limit = { 600000, RLIM_INFINITY };
	struct store *store = test_store_again(test);
	enum status status = STATUS_OK;
	char name[2000];
	int acknowledged = 0;

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	for (int i = 0; i < 10000 && status == STATUS_OK; i++) {
		snprintf(name, sizeof name, "%01900d", i);
		status = insert(store, name);
		acknowledged += status == STATUS_OK;
	}
	if (status != STATUS_FULL) {
		print_error("%s\n", status_name(status));
		return 1;
	}
	if (number(store, "select count(*) from thing") != acknowledged)
		return 2; /* reads go on, and nothing is lost */
	limit.rlim_cur = RLIM_INFINITY;
	setrlimit(RLIMIT_FSIZE, &limit);
	if (insert(store, "room again") != STATUS_OK)
		return 3;
	if (number(store, "select count(*) from thing") != acknowledged + 1)
		return 4;
	store_close(store);
	return 0;
}

static void
a_full_disk_refuses_writes_loses_nothing_and_recovers(void **state)
{
	struct test_store test;
	int result = -1;
	pid_t pid;

	store_with_things(&test, *state);
	pid = fork();
	if (pid == 0)
		_exit(fill_disk(&test));
	waitpid(pid, &result, 0);
	assert_int_equal(result, 0);
	test_store_close(&test);
}

#endif

/* ---- a server that goes away (PostgreSQL) --------------------------------- */

static void
a_server_that_is_down_is_unavailable_at_once_and_found_again(void **state)
{
	struct test_store test;
	struct fault fault = { 0 };
	int64_t started_ms;
	enum status status;

	store_with_things(&test, *state);
	assert_int_equal(insert(test.store, "before"), STATUS_OK);
	postgres_kill();
	assert_int_equal(store_ping(test.store, &fault), STATUS_UNAVAILABLE);
	assert_string_equal(fault.field, "store");
	assert_int_equal(insert(test.store, "during"), STATUS_UNAVAILABLE);
	started_ms = clock_monotonic_ms();
	for (int i = 0; i < 100; i++) {
		status = store_ping(test.store, &fault);
		assert_int_equal(status, STATUS_UNAVAILABLE);
	}
	assert_true(clock_monotonic_ms() - started_ms < 3000);
	assert_true(store_version(test.store) == 0);
	postgres_start();
	for (int i = 0; i < 100; i++) {
		status = store_ping(test.store, &fault);
		if (status == STATUS_OK)
			break;
		usleep(100000);
	}
	assert_int_equal(status, STATUS_OK);
	assert_int_equal(number(test.store, "select count(*) from thing"), 1);
	assert_int_equal(insert(test.store, "after"), STATUS_OK);
	test_store_close(&test);
}

static void
a_connection_that_the_server_ended_is_replaced_unseen(void **state)
{
	struct test_store test;
	struct store *again;

	store_with_things(&test, *state);
	again = test_store_again(&test);
	for (int i = 0; i < 3; i++) {
		char name[16];

		snprintf(name, sizeof name, "%d", i);
		assert_int_equal(insert(test.store, name), STATUS_OK);
		number(again, "select count(pg_terminate_backend(pid)) "
			      "from pg_stat_activity "
			      "where pid <> pg_backend_pid() "
			      "and datname = current_database()");
		usleep(50000);
	}
	assert_int_equal(number(test.store, "select count(*) from thing"), 3);
	store_close(again);
	test_store_close(&test);
}

static enum status
sleep_work(struct store_session *session, void *cookie, struct fault *fault)
{
	(void)cookie;
	return sql_script(session,
			  "set local statement_timeout = 100; "
			  "select pg_sleep(20)",
			  fault);
}

static enum status
wrong_after_right_work(struct store_session *session, void *cookie,
		       struct fault *fault)
{
	struct store_rows *rows;
	int64_t seen = 0;
	enum status status;

	/* fails at its 500th row, after others have arrived */
	status = sql_query(session,
			   "select 1 / (500 - i) from generate_series(1, 1000) i",
			   SQL_NO_ARGS, &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault))
		seen++;
	sql_end(rows);
	*(int64_t *)cookie = seen;
	return status;
}

static void
a_query_that_fails_half_way_or_takes_too_long_fails_the_work(void **state)
{
	struct test_store test;
	struct fault fault = { 0 };
	int64_t seen = 0;

	store_with_things(&test, *state);
	assert_int_equal(store_read(test.store, wrong_after_right_work, &seen,
				    &fault),
			 STATUS_INVALID);
	assert_int_equal(seen, 499);
	assert_int_equal(store_write(test.store, sleep_work, NULL, &fault),
			 STATUS_TIMED_OUT);
	assert_int_equal(insert(test.store, "still works"), STATUS_OK);
	test_store_close(&test);
}

static void
a_server_killed_during_writes_keeps_what_was_acknowledged(void **state)
{
	struct test_store test;
	int64_t told = 0, last;
	int fds[2];
	pid_t pid;

	store_with_things(&test, *state);
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0)
		write_and_tell(&test, fds[1]);
	close(fds[1]);
	while (told < 50)
		assert_int_equal(read(fds[0], &told, sizeof told),
				 sizeof told);
	postgres_kill();
	waitpid(pid, NULL, 0);
	while (read(fds[0], &told, sizeof told) == sizeof told)
		;
	close(fds[0]);
	postgres_start();
	usleep(200000);
	last = number(test.store, "select count(*) from thing");
	assert_true(last == told || last == told + 1);
	test_store_close(&test);
}

static void
a_python_style_address_is_understood(void **state)
{
	struct test_store test;
	struct store *store = NULL;
	struct fault fault = { 0 };
	char url[160], port[8] = "", base[16] = "";
	struct store_postgres_settings settings = {
		.dsn = "", .database_url = url, .pool_max = 2,
		.connect_timeout_seconds = 5,
	};

	test_store_open(&test, *state, false);
	sscanf(test.path, "host=127.0.0.1 port=%7[0-9] user=ogma dbname=%15s",
	       port, base);
	snprintf(url, sizeof url, "postgresql+asyncpg://ogma@127.0.0.1:%s/%s",
		 port, base);
	must(store_open(&store_driver_postgres, &settings, &store, &fault),
	     &fault);
	/* prepare is off here, as behind a pooler */
	script(store, "create table thing (id @id@, name text, amount @int@)");
	assert_int_equal(insert(store, "x"), STATUS_OK);
	assert_int_equal(number(store, "select count(*) from thing"), 1);
	store_close(store);
	test_store_close(&test);
}

/* ---- migrations ----------------------------------------------------------- */

static int64_t
newest_migration(void)
{
	int64_t last = 0;

	while (migrations[last].number != 0)
		last++;
	return last;
}

static void
a_schema_is_brought_up_from_every_earlier_version(void **state)
{
	for (int64_t from = 0; from <= newest_migration(); from++) {
		struct test_store test;
		struct fault fault = { 0 };
		int64_t version = -1;

		test_store_open(&test, *state, false);
		must(migrations_apply_table(test.store, migrations, from,
					    &fault),
		     &fault);
		must(migrations_version(test.store, &version, &fault), &fault);
		assert_int_equal(version, from);
		must(migrations_apply(test.store, &fault), &fault);
		must(migrations_apply(test.store, &fault), &fault);
		must(migrations_version(test.store, &version, &fault), &fault);
		assert_int_equal(version, newest_migration());
		assert_int_equal(number(test.store,
					"select count(*) from tracks"),
				 0);
		test_store_close(&test);
	}
}

static void
a_newer_or_a_changed_schema_is_refused(void **state)
{
	static const struct migration newer[] = {
		{ 1, "one", "create table a (b @int@) @strict@" },
		{ 2, "two", "create table c (d @int@) @strict@" },
		{ 0, NULL, NULL },
	};
	static const struct migration older[] = {
		{ 1, "one", "create table a (b @int@) @strict@" },
		{ 0, NULL, NULL },
	};
	static const struct migration other[] = {
		{ 1, "one", "create table a (b text) @strict@" },
		{ 0, NULL, NULL },
	};
	struct test_store test;
	struct fault fault = { 0 };

	test_store_open(&test, *state, false);
	must(migrations_apply_table(test.store, newer, INT64_MAX, &fault),
	     &fault);
	assert_int_equal(migrations_apply_table(test.store, older, INT64_MAX,
						&fault),
			 STATUS_UNSUPPORTED);
	assert_int_equal(migrations_apply_table(test.store, other, INT64_MAX,
						&fault),
			 STATUS_CORRUPT);
	test_store_close(&test);
}

static const struct migration broken[] = {
	{ 1, "one", "create table a (b @int@) @strict@" },
	{ 2, "two", "create table c (d @int@) @strict@; oops" },
	{ 0, NULL, NULL },
};

static void
a_migration_that_fails_leaves_the_version_before_it(void **state)
{
	struct test_store test;
	struct fault fault = { 0 };
	int64_t version = -1;

	test_store_open(&test, *state, false);
	must(migrations_apply_table(test.store, broken, 1, &fault), &fault);
	assert_int_equal(migrations_apply_table(test.store, broken, INT64_MAX,
						&fault),
			 STATUS_FAILED);
	must(migrations_version(test.store, &version, &fault), &fault);
	assert_int_equal(version, 1);
	script(test.store, "create table c (e @int@) @strict@"); /* no c yet */
	test_store_close(&test);
}

static void
an_empty_store_becomes_whole_at_once_or_stays_empty(void **state)
{
	struct test_store test;
	struct fault fault = { 0 };
	int64_t version = -1;

	test_store_open(&test, *state, false);
	assert_int_equal(migrations_apply_table(test.store, broken, INT64_MAX,
						&fault),
			 STATUS_FAILED);
	must(migrations_version(test.store, &version, &fault), &fault);
	assert_int_equal(version, 0);
	script(test.store, "create table a (e @int@) @strict@"); /* no a yet */
	test_store_close(&test);

	test_store_open(&test, *state, false);
	must(migrations_apply(test.store, &fault), &fault);
	assert_int_equal(number(test.store,
				"select count(*) from schema_migrations"),
			 newest_migration());
	assert_int_equal(number(test.store, "select count(*) from meta "
					    "where key = 'instance_id'"),
			 1);
	test_store_close(&test);
}

#define STARTS 40
#define PROCESSES 4

/* As so many processes at the same time. */
static void
all_run(struct store *const stores[PROCESSES], void *(*run)(void *))
{
	pthread_t threads[PROCESSES];

	for (int i = 0; i < PROCESSES; i++)
		pthread_create(&threads[i], NULL, run, stores[i]);
	for (int i = 0; i < PROCESSES; i++)
		pthread_join(threads[i], NULL);
}

static void *
version_run(void *cookie)
{
	struct fault fault = { 0 };
	int64_t version = -1;

	must(migrations_version(cookie, &version, &fault), &fault);
	assert_int_equal(version, 0);
	return NULL;
}

static void
processes_that_meet_a_bare_store_do_not_hinder_each_other(void **state)
{
	struct test_store test;
	struct store *stores[PROCESSES];

	test_store_open(&test, *state, false);
	for (int i = 0; i < PROCESSES; i++)
		stores[i] = test_store_again(&test);
	for (int start = 0; start < STARTS; start++) {
		all_run(stores, version_run);
		script(test.store, "drop table schema_migrations");
	}
	for (int i = 0; i < PROCESSES; i++)
		store_close(stores[i]);
	test_store_close(&test);
}

static void *
migrate_run(void *cookie)
{
	struct fault fault = { 0 };

	must(migrations_apply(cookie, &fault), &fault);
	return NULL;
}

static void
processes_that_start_together_migrate_once(void **state)
{
	struct test_store test;
	struct store *stores[PROCESSES];

	test_store_open(&test, *state, false);
	for (int i = 0; i < PROCESSES; i++)
		stores[i] = test_store_again(&test);
	all_run(stores, migrate_run);
	assert_int_equal(number(test.store,
				"select count(*) from schema_migrations"),
			 newest_migration());
	for (int i = 0; i < PROCESSES; i++)
		store_close(stores[i]);
	test_store_close(&test);
}

/* ---- all of them on both -------------------------------------------------- */

#define ON(driver, scenario) \
	{ driver ": " #scenario, scenario, NULL, NULL, (void *)(driver) }
#define ALL_ON(driver) \
	ON(driver, values_come_back_as_they_were), \
	ON(driver, text_that_is_not_utf8_is_refused_before_it_is_stored), \
	ON(driver, a_parameter_is_never_part_of_the_statement), \
	ON(driver, words_of_the_dialect_are_left_alone_in_quotes_and_comments), \
	ON(driver, statements_may_run_while_rows_are_being_read), \
	ON(driver, more_different_statements_than_are_kept_prepared), \
	ON(driver, changed_rows_are_counted_and_new_ids_returned), \
	ON(driver, \
	   posted_statements_are_done_in_order_and_their_failure_undoes_all), \
	ON(driver, a_failed_statement_fails_the_work_even_if_it_looks_away), \
	ON(driver, \
	   a_work_that_returns_a_failure_is_undone_and_its_sentence_kept), \
	ON(driver, a_read_cannot_change_anything), \
	ON(driver, works_that_fail_beside_others_take_nobody_with_them), \
	ON(driver, no_update_is_lost_between_those_who_read_and_then_write), \
	ON(driver, \
	   readers_do_not_wait_for_a_writer_and_see_nothing_of_it_before_it_is_done), \
	ON(driver, a_read_sees_one_moment_from_its_first_statement_to_its_last), \
	ON(driver, works_that_lock_a_table_run_one_after_the_other), \
	ON(driver, the_version_changes_with_every_commit_of_anybody), \
	ON(driver, a_killed_process_loses_nothing_that_was_acknowledged), \
	ON(driver, a_newer_or_a_changed_schema_is_refused), \
	ON(driver, a_migration_that_fails_leaves_the_version_before_it), \
	ON(driver, an_empty_store_becomes_whole_at_once_or_stays_empty), \
	ON(driver, processes_that_meet_a_bare_store_do_not_hinder_each_other), \
	ON(driver, processes_that_start_together_migrate_once)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ALL_ON("sqlite"),
		ON("sqlite",
		   a_schema_is_brought_up_from_every_earlier_version),
#if !SANITIZED_THREADS
		/* of one thread alone, and long */
		ON("postgres",
		   a_schema_is_brought_up_from_every_earlier_version),
		ON("sqlite",
		   a_full_disk_refuses_writes_loses_nothing_and_recovers),
#endif
		ALL_ON("postgres"),
		ON("postgres",
		   a_server_that_is_down_is_unavailable_at_once_and_found_again),
		ON("postgres",
		   a_connection_that_the_server_ended_is_replaced_unseen),
		ON("postgres",
		   a_query_that_fails_half_way_or_takes_too_long_fails_the_work),
		ON("postgres",
		   a_server_killed_during_writes_keeps_what_was_acknowledged),
		ON("postgres", a_python_style_address_is_understood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
