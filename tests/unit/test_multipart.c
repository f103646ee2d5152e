/* test_multipart.c - form data as it arrives, whole and in pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/memory.h"
#include "net/multipart.h"

/* Everything that was called, as one text: {name|filename|type}data. */
struct record {
	struct buffer text;
	bool refuse_data;
};

static enum status
on_begin(void *cookie, const struct multipart_part *part, struct fault *fault)
{
	struct record *record = cookie;

	(void)fault;
	buffer_print(&record->text, "{%s|%s|%s}", part->name,
		     part->filename != NULL ? part->filename : "-",
		     part->content_type != NULL ? part->content_type : "-");
	return STATUS_OK;
}

static enum status
on_data(void *cookie, const void *bytes, size_t count, struct fault *fault)
{
	struct record *record = cookie;

	if (record->refuse_data)
		return fault_set(fault, STATUS_FULL, "no room");
	assert_true(count > 0);
	buffer_add(&record->text, bytes, count);
	return STATUS_OK;
}

static enum status
on_end(void *cookie, struct fault *fault)
{
	struct record *record = cookie;

	(void)fault;
	buffer_add_char(&record->text, '.');
	return STATUS_OK;
}

static const struct multipart_events events = { on_begin, on_data, on_end };

static enum status
parse(const char *type, struct span body, size_t step, struct record *record)
{
	struct multipart_args args = { .content_type = span_of(type),
				       .events = &events,
				       .cookie = record,
				       .parts_max = 10,
				       .head_max_bytes = 500 };
	struct multipart *multipart = NULL;
	struct fault fault;
	enum status status = multipart_new(&args, &multipart, &fault);

	buffer_init(&record->text, 0);
	buffer_add_text(&record->text, "");
	while (status == STATUS_OK && body.length > 0) {
		size_t count = body.length < step ? body.length : step;

		status = multipart_push(multipart, body.at, count, &fault);
		body.at += count;
		body.length -= count;
	}
	if (status == STATUS_OK)
		status = multipart_finish(multipart, &fault);
	multipart_free(multipart);
	return status;
}

#define TYPE "multipart/form-data; boundary=XyZ"

struct form_case {
	const char *body, *want; /* NULL: STATUS_INVALID */
};

static void
check(const struct form_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t step = 1; step < 100; step++) {
			struct record record = { .refuse_data = false };
			enum status status = parse(TYPE,
						   span_of(cases[i].body),
						   step, &record);

			if (status != (cases[i].want != NULL ?
					       STATUS_OK :
					       STATUS_INVALID) ||
			    (cases[i].want != NULL &&
			     strcmp(record.text.bytes, cases[i].want) != 0))
				fail_msg("case %zu in steps of %zu: %d %s", i,
					 step, (int)status,
					 record.text.bytes);
			buffer_release(&record.text);
		}
	}
}

#define PART(disposition) \
	"--XyZ\r\nContent-Disposition: form-data; " disposition "\r\n"

static void
fields_and_files_come_out_whatever_the_pieces(void **state)
{
	static const struct form_case cases[] = {
		{ PART("name=\"a\"") "\r\none\r\n"
		  PART("name=\"f\"; filename=\"x.mp3\"")
		  "Content-Type: audio/mpeg\r\n\r\nID3\r\n--XyZ--\r\n",
		  "{a|-|-}one.{f|x.mp3|audio/mpeg}ID3." },
		/* Near misses of the delimiter are data. */
		{ PART("name=a") "\r\n\r\n--Xy\r\r\n--XyY\r\n-\r\n--XyZ--",
		  "{a|-|-}\r\n--Xy\r\r\n--XyY\r\n-." },
		{ PART("name=a") "\r\n\r\n--XyZ--", "{a|-|-}." },
		{ PART("name=a") "\r\n\r\r\n\r\n--XyZ--", "{a|-|-}\r\r\n." },
		/* A preamble, blanks after a delimiter, an epilogue. */
		{ "This is MIME.\r\n--Xy\r\n" PART("name=a")
		  "\r\n1\r\n--XyZ \t\r\nContent-Disposition: form-data;"
		  "name=b\r\n\r\n2\r\n--XyZ--\r\nmore\r\n--XyZ\r\n",
		  "{a|-|-}1.{b|-|-}2." },
		{ "--XyZ--", "" },
	};

	(void)state;
	check(cases, ARRAY_LENGTH(cases));
}

static void
names_lose_their_quotes_escapes_and_folders(void **state)
{
	static const struct form_case cases[] = {
		{ PART("name=\"a;b\"; filename=\"q\\\"q.mp3\"")
		  "\r\n\r\n--XyZ--",
		  "{a;b|q\"q.mp3|-}." },
		{ PART("name=\"a\"; filename=\"%22q%22.mp3\"")
		  "\r\n\r\n--XyZ--",
		  "{a|\"q\".mp3|-}." },
		{ PART("name=\"a\"; filename=\"C:\\Music\\x.mp3\"")
		  "\r\n\r\n--XyZ--",
		  "{a|x.mp3|-}." },
		{ PART("name=\"a\"; filename=\"../../etc/passwd\"")
		  "\r\n\r\n--XyZ--",
		  "{a|passwd|-}." },
		{ PART("name=\"a\"; filename=\"\"") "\r\n\r\n--XyZ--",
		  "{a||-}." },
		{ PART("name=\"a\"; filename=\"Кино.mp3\"") "\r\n\r\n--XyZ--",
		  "{a|Кино.mp3|-}." },
		{ PART("name=\"a\"; filename=\"\xcaino.mp3\"")
		  "\r\n\r\n--XyZ--",
		  "{a|\xef\xbf\xbdino.mp3|-}." },
	};

	(void)state;
	check(cases, ARRAY_LENGTH(cases));
}

static void
malformed_forms_are_refused(void **state)
{
	static const struct form_case cases[] = {
		{ "", NULL },
		{ "nothing", NULL },
		{ PART("name=a") "\r\n1", NULL },
		{ PART("name=a") "\r\n1\r\n--XyZ", NULL },
		{ PART("name=a") "\r\n1\r\n--XyZ-", NULL },
		{ PART("name=a") "\r\n1\r\n--XyZ-x", NULL },
		{ PART("name=a") "\r\n1\r\n--XyZx", NULL },
		{ PART("name=a") "\r\n1\r\n--XyZ\rx", NULL },
		{ PART("filename=a") "\r\n1\r\n--XyZ--", NULL },
		{ "--XyZ\r\n\r\n1\r\n--XyZ--", NULL },
		{ "--XyZ\r\nContent-Disposition: attachment; name=a\r\n\r\n"
		  "1\r\n--XyZ--",
		  NULL },
		{ PART("name=\"a") "\r\n1\r\n--XyZ--", NULL },
		{ PART("name=a") "Content-Disposition: form-data; name=b\r\n"
				 "\r\n1\r\n--XyZ--",
		  NULL },
	};

	(void)state;
	check(cases, ARRAY_LENGTH(cases));
}

static void
content_types_need_a_boundary(void **state)
{
	static const struct {
		const char *type;
		enum status status;
	} cases[] = {
		{ "multipart/form-data; boundary=a", STATUS_OK },
		{ "Multipart/Form-Data;charset=utf-8;Boundary=\"a b\"",
		  STATUS_OK },
		{ "multipart/mixed; boundary=a", STATUS_UNSUPPORTED },
		{ "application/json", STATUS_UNSUPPORTED },
		{ "", STATUS_UNSUPPORTED },
		{ "multipart/form-data", STATUS_INVALID },
		{ "multipart/form-data; boundary=", STATUS_INVALID },
		{ "multipart/form-data; boundary=\"a", STATUS_INVALID },
		{ "multipart/form-data; boundary=\"a \"", STATUS_INVALID },
		{ "multipart/form-data; boundary=a\x01", STATUS_INVALID },
		{ "multipart/form-data; boundary="
		  "0123456789012345678901234567890123456789"
		  "0123456789012345678901234567890",
		  STATUS_INVALID },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct multipart_args args = {
			.content_type = span_of(cases[i].type),
			.events = &events
		};
		struct multipart *multipart = NULL;
		struct fault fault;

		if (multipart_new(&args, &multipart, &fault) !=
		    cases[i].status)
			fail_msg("%s", cases[i].type);
		multipart_free(multipart);
	}
}

static void
limits_hold_and_a_refusal_ends_the_parsing(void **state)
{
	struct record record = { .refuse_data = true };
	struct buffer body;

	(void)state;
	assert_int_equal(parse(TYPE, SPAN(PART("name=a") "\r\n1\r\n--XyZ--"),
			       7, &record),
			 STATUS_FULL);
	buffer_release(&record.text);
	record.refuse_data = false;

	buffer_init(&body, 0);
	for (int i = 0; i < 11; i++)
		buffer_add_text(&body, PART("name=a") "\r\n1\r\n");
	buffer_add_text(&body, "--XyZ--");
	assert_int_equal(parse(TYPE,
			       (struct span){ body.bytes, body.length }, 1000,
			       &record),
			 STATUS_TOO_LARGE);
	buffer_release(&record.text);

	buffer_clear(&body);
	buffer_add_text(&body, PART("name=a") "X: ");
	for (int i = 0; i < 600; i++)
		buffer_add_char(&body, 'x');
	assert_int_equal(parse(TYPE,
			       (struct span){ body.bytes, body.length }, 9,
			       &record),
			 STATUS_TOO_LARGE);
	buffer_release(&record.text);
	buffer_release(&body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			fields_and_files_come_out_whatever_the_pieces),
		cmocka_unit_test(names_lose_their_quotes_escapes_and_folders),
		cmocka_unit_test(malformed_forms_are_refused),
		cmocka_unit_test(content_types_need_a_boundary),
		cmocka_unit_test(limits_hold_and_a_refusal_ends_the_parsing),
	};

	return cmocka_run_group_tests_name("multipart", tests, NULL, NULL);
}
