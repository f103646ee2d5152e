/* auth_telegram.c - signing in with what Telegram says of somebody; whoever is
 * signed in already links the account instead. */
#include "api/handlers.h"

#include <stdio.h>

#include "api/api.h"
#include "api/forms_people.h"
#include "base/clock.h"
#include "service/access.h"
#include "service/telegram_login.h"

static bool
is_set_up(struct call *call, struct telegram_rule *rule)
{
	const struct access_settings *settings =
		access_settings_of(call->api->args.access);

	*rule = (struct telegram_rule){
		.bot_token = settings->telegram_bot_token,
		.age_seconds = settings->telegram_age_seconds,
		.now_ms = clock_now_ms(),
	};
	if (*settings->telegram_bot_token != '\0')
		return true;
	call_answer_not_found(call);
	return false;
}

static void
person_arrives(struct call *call, const struct telegram_person *person)
{
	const struct access_settings *settings =
		access_settings_of(call->api->args.access);
	const struct sign_in_client client = call_client(call);
	const struct outsider outsider = {
		.provider = "telegram",
		.subject = arena_print(call->arena, "%lld",
				       (long long)person->id),
		.username = person->username,
		.full_name = person->full_name,
		.telegram_id = person->id,
		.may_sign_up = settings->telegram_signs_up,
	};
	struct signed_in signed_in = { 0 };
	struct fault fault = { 0 };
	enum status status =
		sign_in_outsider(call->api->args.access, &client,
				 caller_who_links(call), &outsider,
				 call->arena, &signed_in, &fault);

	answer_outcome(call, status, 200, "login", &signed_in, &fault);
}

void
handle_auth_telegram_webapp(struct call *call)
{
	struct telegram_person person;
	struct telegram_rule rule;
	struct fault fault = { 0 };

	if (!is_set_up(call, &rule))
		return;
	if (telegram_webapp(&rule,
			    span_of(call_field_text(call, "init_data")),
			    call->arena, &person, &fault) == STATUS_OK)
		person_arrives(call, &person);
	else
		call_answer_fault(call, &fault);
}

/* The members the widget may have; absent ones are no part of the hash. */
static size_t
widget_fields(const struct call *call, struct telegram_field *out)
{
	static const char *const numbers[] = { "id", "auth_date" };
	static const char *const texts[] = { "first_name", "last_name",
					     "username", "photo_url",
					     "hash" };
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++)
		out[count++] = (struct telegram_field){
			numbers[i],
			arena_print(call->arena, "%lld",
				    (long long)call_field(call, numbers[i])
					    ->number),
		};
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		if (call_field_text(call, texts[i]) != NULL)
			out[count++] = (struct telegram_field){
				texts[i], call_field_text(call, texts[i])
			};
	}
	return count;
}

void
handle_auth_telegram_widget(struct call *call)
{
	struct telegram_field fields[TELEGRAM_FIELDS_MAX];
	struct telegram_person person;
	struct telegram_rule rule;
	struct fault fault = { 0 };
	size_t count = widget_fields(call, fields);

	if (!is_set_up(call, &rule))
		return;
	if (telegram_widget(&rule, fields, count, call->arena, &person,
			    &fault) == STATUS_OK)
		person_arrives(call, &person);
	else
		call_answer_fault(call, &fault);
}
