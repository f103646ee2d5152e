/* telegram_login.c - see telegram_login.h. */
#include "service/telegram_login.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/json.h"
#include "net/http.h"

const uint8_t telegram_key_production[TELEGRAM_KEY_BYTES] = {
	0xe7, 0xbf, 0x03, 0xa2, 0xfa, 0x46, 0x02, 0xaf, 0x45, 0x80, 0x70,
	0x3d, 0x88, 0xdd, 0xa5, 0xbb, 0x59, 0xf3, 0x2e, 0xd8, 0xb0, 0x2a,
	0x56, 0xc1, 0x87, 0xfe, 0x7d, 0x34, 0xca, 0xed, 0x24, 0x2d,
};
const uint8_t telegram_key_test[TELEGRAM_KEY_BYTES] = {
	0x40, 0x05, 0x50, 0x58, 0xa4, 0xee, 0x38, 0x15, 0x6a, 0x06, 0x56,
	0x2e, 0x52, 0xee, 0xce, 0x92, 0xa7, 0x71, 0xbc, 0xd8, 0x34, 0x6a,
	0x8c, 0x46, 0x15, 0xcb, 0x73, 0x76, 0xed, 0xdf, 0x72, 0xec,
};

struct fields {
	struct telegram_field items[TELEGRAM_FIELDS_MAX];
	size_t count;
};

static enum status
malformed(struct fault *fault, const char *why)
{
	return fault_field(fault, STATUS_INVALID, "init_data", "%s", why);
}

static enum status
refused(struct fault *fault, const char *why)
{
	return fault_field(fault, STATUS_UNAUTHENTICATED, "telegram", "%s",
			   why);
}

/* ---- fields --------------------------------------------------------------- */

static bool
has_control(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < 0x20)
			return true;
	}
	return false;
}

static const char *
field_value(const struct fields *fields, const char *name)
{
	for (size_t i = 0; i < fields->count; i++) {
		if (strcmp(fields->items[i].name, name) == 0)
			return fields->items[i].value;
	}
	return NULL;
}

static enum status
field_add(struct fields *fields, const char *name, const char *value,
	  struct fault *fault)
{
	if (*name == '\0' || strchr(name, '=') != NULL || has_control(name) ||
	    has_control(value))
		return malformed(fault, "a field has characters that no field "
					"has");
	if (field_value(fields, name) != NULL)
		return malformed(fault, "a field comes twice");
	if (fields->count == TELEGRAM_FIELDS_MAX)
		return malformed(fault, "there are too many fields");
	fields->items[fields->count++] =
		(struct telegram_field){ name, value };
	return STATUS_OK;
}

static enum status
text_decode(struct span text, struct arena *arena, const char **out,
	    struct fault *fault)
{
	struct span decoded;

	if (http_decode(text, true, arena, &decoded, NULL) != STATUS_OK)
		return malformed(fault, "a field cannot be decoded");
	*out = arena_copy_bytes(arena, decoded.at, decoded.length);
	return STATUS_OK;
}

static enum status
fields_parse(struct span data, struct arena *arena, struct fields *out,
	     struct fault *fault)
{
	struct span name, value;
	const char *name_text = NULL, *value_text = NULL;
	enum status status = STATUS_OK;

	if (data.length == 0 || data.length > TELEGRAM_DATA_MAX_BYTES)
		return malformed(fault, "that is no data of a Mini App");
	while (status == STATUS_OK &&
	       http_query_next(&data, &name, &value)) {
		status = text_decode(name, arena, &name_text, fault);
		if (status == STATUS_OK)
			status = text_decode(value, arena, &value_text, fault);
		if (status == STATUS_OK)
			status = field_add(out, name_text, value_text, fault);
	}
	return status;
}

static int
by_name(const void *a, const void *b)
{
	const struct telegram_field *one = a, *other = b;

	return strcmp(one->name, other->name);
}

/* "name=value" lines, sorted, without `hash` and, for the signature, without
 * `signature`. */
static void
check_text(struct fields *fields, bool without_signature, struct buffer *out)
{
	bool first = true;

	qsort(fields->items, fields->count, sizeof fields->items[0], by_name);
	for (size_t i = 0; i < fields->count; i++) {
		const struct telegram_field *field = &fields->items[i];

		if (strcmp(field->name, "hash") == 0 ||
		    (without_signature &&
		     strcmp(field->name, "signature") == 0))
			continue;
		if (!first)
			buffer_add_char(out, '\n');
		first = false;
		buffer_add_text(out, field->name);
		buffer_add_char(out, '=');
		buffer_add_text(out, field->value);
	}
}

/* ---- proofs --------------------------------------------------------------- */

static enum status
hash_check(struct fields *fields, const uint8_t secret[SHA256_BYTES],
	   struct fault *fault)
{
	const char *given = field_value(fields, "hash");
	uint8_t hash[SHA256_BYTES], made[SHA256_BYTES];
	struct buffer text;

	if (given == NULL || !hex_parse(span_of(given), hash, sizeof hash))
		return malformed(fault, "there is no hash");
	buffer_init(&text, 2 * TELEGRAM_DATA_MAX_BYTES);
	check_text(fields, false, &text);
	hmac_sha256((struct span){ (const char *)secret, SHA256_BYTES },
		    (struct span){ text.bytes, text.length }, made);
	buffer_release(&text);
	if (!bytes_equal_secret(hash, made, sizeof hash))
		return refused(fault, "this was not made with our bot's token");
	return STATUS_OK;
}

static bool
ed25519_fits(const uint8_t key[TELEGRAM_KEY_BYTES], struct span message,
	     struct span signature)
{
	EVP_PKEY *public = EVP_PKEY_new_raw_public_key(
		EVP_PKEY_ED25519, NULL, key, TELEGRAM_KEY_BYTES);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool fits = public != NULL && context != NULL &&
		    EVP_DigestVerifyInit(context, NULL, NULL, NULL, public) ==
			    1 &&
		    EVP_DigestVerify(context,
				     (const unsigned char *)signature.at,
				     signature.length,
				     (const unsigned char *)message.at,
				     message.length) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(public);
	return fits;
}

static enum status
signature_check(struct fields *fields, int64_t bot_id,
		const uint8_t key[TELEGRAM_KEY_BYTES], struct fault *fault)
{
	const char *given = field_value(fields, "signature");
	struct buffer text, signature;
	bool fits;

	if (given == NULL)
		return malformed(fault, "there is no signature");
	buffer_init(&text, 2 * TELEGRAM_DATA_MAX_BYTES);
	buffer_init(&signature, 256);
	buffer_print(&text, "%lld:WebAppData\n", (long long)bot_id);
	check_text(fields, true, &text);
	fits = base64url_parse(span_of(given), &signature) &&
	       ed25519_fits(key, (struct span){ text.bytes, text.length },
			    (struct span){ signature.bytes,
					   signature.length });
	buffer_release(&text);
	buffer_release(&signature);
	return fits ? STATUS_OK :
		      refused(fault, "the signature is not Telegram's");
}

static enum status
date_check(const struct telegram_rule *rule, const struct fields *fields,
	   struct telegram_person *person, struct fault *fault)
{
	const char *given = field_value(fields, "auth_date");
	int64_t now_s = rule->now_ms / 1000, date_s;

	if (given == NULL || !span_to_i64(span_of(given), &date_s) ||
	    date_s < 0 || date_s > INT64_MAX / 1000)
		return malformed(fault, "there is no auth_date");
	if (date_s > now_s + TELEGRAM_FUTURE_SECONDS)
		return refused(fault, "this is from the future");
	if (date_s < now_s - (int64_t)rule->age_seconds)
		return refused(fault, "this is too old: open the page anew");
	person->auth_date_ms = date_s * 1000;
	return STATUS_OK;
}

/* ---- the person ----------------------------------------------------------- */

static void
full_name_make(struct telegram_person *person, struct arena *arena)
{
	const char *first = person->first_name, *last = person->last_name;

	if (first != NULL && last != NULL)
		person->full_name = arena_print(arena, "%s %s", first, last);
	else
		person->full_name = first != NULL ? first : last;
}

static const char *
member_text(const json_t *object, const char *name, struct arena *arena)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text == NULL || *text == '\0' || has_control(text) ?
		       NULL :
		       arena_copy_text(arena, text);
}

static enum status
user_parse(const char *text, struct arena *arena,
	   struct telegram_person *person, struct fault *fault)
{
	const json_t *id;
	json_t *user;
	enum status status;

	if (text == NULL)
		return malformed(fault, "it names nobody");
	status = json_parse(text, strlen(text), &user, NULL);
	if (status != STATUS_OK)
		return malformed(fault, "what it says of the user is no JSON");
	id = json_object_get(user, "id");
	if (json_is_integer(id) && json_integer_value(id) > 0) {
		person->id = json_integer_value(id);
		person->username = member_text(user, "username", arena);
		person->first_name = member_text(user, "first_name", arena);
		person->last_name = member_text(user, "last_name", arena);
		full_name_make(person, arena);
	} else {
		status = malformed(fault, "it names nobody");
	}
	json_decref(user);
	return status;
}

static enum status
webapp_person(const struct telegram_rule *rule, const struct fields *fields,
	      struct arena *arena, struct telegram_person *out,
	      struct fault *fault)
{
	struct telegram_person person = { 0 };
	enum status status = date_check(rule, fields, &person, fault);

	if (status == STATUS_OK)
		status = user_parse(field_value(fields, "user"), arena,
				    &person, fault);
	person.start_param = field_value(fields, "start_param");
	if (status == STATUS_OK)
		*out = person;
	return status;
}

enum status
telegram_webapp(const struct telegram_rule *rule, struct span init_data,
		struct arena *arena, struct telegram_person *out,
		struct fault *fault)
{
	struct fields fields = { .count = 0 };
	uint8_t secret[SHA256_BYTES];
	enum status status = fields_parse(init_data, arena, &fields, fault);

	if (status != STATUS_OK)
		return status;
	hmac_sha256(SPAN("WebAppData"), span_of(rule->bot_token), secret);
	status = hash_check(&fields, secret, fault);
	if (status == STATUS_OK)
		status = webapp_person(rule, &fields, arena, out, fault);
	return status;
}

enum status
telegram_webapp_signed(const struct telegram_rule *rule, int64_t bot_id,
		       const uint8_t key[TELEGRAM_KEY_BYTES],
		       struct span init_data, struct arena *arena,
		       struct telegram_person *out, struct fault *fault)
{
	struct fields fields = { .count = 0 };
	enum status status = fields_parse(init_data, arena, &fields, fault);

	if (status == STATUS_OK)
		status = signature_check(&fields, bot_id, key, fault);
	if (status == STATUS_OK)
		status = webapp_person(rule, &fields, arena, out, fault);
	return status;
}

/* ---- the login widget ----------------------------------------------------- */

static enum status
widget_person(const struct telegram_rule *rule, const struct fields *fields,
	      struct arena *arena, struct telegram_person *out,
	      struct fault *fault)
{
	struct telegram_person person = {
		.username = field_value(fields, "username"),
		.first_name = field_value(fields, "first_name"),
		.last_name = field_value(fields, "last_name"),
	};
	const char *id = field_value(fields, "id");
	enum status status = date_check(rule, fields, &person, fault);

	if (status != STATUS_OK)
		return status;
	if (id == NULL || !span_to_i64(span_of(id), &person.id) ||
	    person.id <= 0)
		return malformed(fault, "it names nobody");
	full_name_make(&person, arena);
	*out = person;
	return STATUS_OK;
}

enum status
telegram_widget(const struct telegram_rule *rule,
		const struct telegram_field *given, size_t count,
		struct arena *arena, struct telegram_person *out,
		struct fault *fault)
{
	struct fields fields = { .count = 0 };
	uint8_t secret[SHA256_BYTES];
	enum status status = STATUS_OK;

	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = field_add(&fields, given[i].name, given[i].value,
				   fault);
	if (status != STATUS_OK)
		return status;
	sha256(rule->bot_token, strlen(rule->bot_token), secret);
	status = hash_check(&fields, secret, fault);
	if (status == STATUS_OK)
		status = widget_person(rule, &fields, arena, out, fault);
	return status;
}
