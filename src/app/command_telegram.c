/* command_telegram.c - `ogma telegram login|logout|status`.
 *
 * What is typed goes to Telegram's library and nowhere else: no file, no log. */
#include "app/command.h"

#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/terminal.h"
#include "base/json.h"
#include "driver/telegram.h"

#define PATIENCE_MS 60000

struct person {
	const char *token; /* a bot's; NULL: asked for */
	char typed[256];
};

static enum status
give(struct telegram *telegram, const char *request, const char *member,
     const char *value, struct fault *fault)
{
	return telegram_ask(telegram,
			    json_pack("{s:s,s:s}", "@type", request, member,
				      value),
			    PATIENCE_MS, NULL, fault);
}

/* STATUS_CANCELLED: nobody answers. */
static enum status
ask(struct person *person, const char *question, bool secret,
    struct fault *fault)
{
	if (terminal_ask(question, secret, person->typed,
			 sizeof person->typed) && *person->typed != '\0')
		return STATUS_OK;
	return fault_set(fault, STATUS_CANCELLED, "nobody answered: %s",
			 question);
}

/* A token has a colon, a telephone number has none. */
static enum status
name_give(struct telegram *telegram, struct person *person,
	  struct fault *fault)
{
	const char *given = person->token;
	enum status status = STATUS_OK;

	if (given == NULL) {
		status = ask(person,
			     "Phone number with its country code, or a bot's "
			     "token", false, fault);
		given = person->typed;
	}
	if (status != STATUS_OK)
		return status;
	if (strchr(given, ':') != NULL)
		return give(telegram, "checkAuthenticationBotToken", "token",
			    given, fault);
	return give(telegram, "setAuthenticationPhoneNumber", "phone_number",
		    given, fault);
}

static enum status
code_give(struct telegram *telegram, struct person *person,
	  const struct telegram_look *look, struct fault *fault)
{
	const char *question =
		strcmp(look->hint, "authenticationCodeTypeTelegramMessage") ==
				0 ?
			"Code that Telegram sent to your other devices" :
			"Code that Telegram sent you";
	enum status status = ask(person, question, false, fault);

	return status != STATUS_OK ? status :
				     give(telegram, "checkAuthenticationCode",
					  "code", person->typed, fault);
}

static enum status
password_give(struct telegram *telegram, struct person *person,
	      const struct telegram_look *look, struct fault *fault)
{
	char question[256];
	enum status status;

	snprintf(question, sizeof question, "Password of the account%s%s%s",
		 look->hint[0] != '\0' ? " (hint: " : "", look->hint,
		 look->hint[0] != '\0' ? ")" : "");
	status = ask(person, question, true, fault);
	return status != STATUS_OK ?
		       status :
		       give(telegram, "checkAuthenticationPassword",
			    "password", person->typed, fault);
}

static enum status
question_answer(struct telegram *telegram, struct person *person,
		const struct telegram_look *look, struct fault *fault)
{
	switch (look->state) {
	case TELEGRAM_WAITS_PHONE:
		return name_give(telegram, person, fault);
	case TELEGRAM_WAITS_CODE:
		return code_give(telegram, person, look, fault);
	case TELEGRAM_WAITS_PASSWORD:
		return password_give(telegram, person, look, fault);
	case TELEGRAM_TAKEN:
		return fault_set(fault, STATUS_CONFLICT,
				 "a running server has the account already; "
				 "`ogma telegram logout` first");
	case TELEGRAM_STARTING:
		return STATUS_OK;
	case TELEGRAM_NO_LIBRARY:
	case TELEGRAM_BROKEN:
		return fault_set(fault, STATUS_UNAVAILABLE, "%s",
				 look->reason);
	default:
		return fault_set(fault, STATUS_UNSUPPORTED,
				 "Telegram wants what cannot be given here "
				 "(%s); sign in with Telegram's own app first",
				 look->hint[0] != '\0' ?
					 look->hint :
					 telegram_state_name(look->state));
	}
}

/* What was wrong is asked again, at a terminal. */
static enum status
sign_in(struct telegram *telegram, struct person *person,
	struct telegram_look *look, struct fault *fault)
{
	enum status status = STATUS_OK;

	telegram_look(telegram, look);
	while (status == STATUS_OK && look->state != TELEGRAM_READY) {
		uint64_t serial = look->serial;

		status = question_answer(telegram, person, look, fault);
		if (status == STATUS_INVALID && terminal_is_there() &&
		    person->token == NULL) {
			fprintf(stderr, "%s\n", fault->message);
			status = STATUS_OK;
		} else if (status == STATUS_OK) {
			telegram_wait(telegram, serial, PATIENCE_MS, look);
		}
	}
	memset(person->typed, 0, sizeof person->typed);
	return status;
}

/* A server lets go of a session that nobody signed into, within a moment. */
static void
turn_wait(struct telegram *telegram)
{
	struct telegram_look look;

	telegram_look(telegram, &look);
	for (int i = 0; i < 10 && (look.state == TELEGRAM_STARTING ||
				   look.state == TELEGRAM_TAKEN);
	     i++)
		telegram_wait(telegram, look.serial, 500, &look);
}

static void
account_print(const struct invocation *invocation, const char *state,
	      const char *account)
{
	struct json_writer json;
	struct buffer line;

	if (!invocation->json) {
		puts(account != NULL ? account : state);
		return;
	}
	buffer_init(&line, 0);
	json_writer_init(&json, &line);
	json_object_begin(&json);
	json_member_text(&json, "state", state);
	json_member_text(&json, "account", account);
	json_object_end(&json);
	puts(line.bytes);
	buffer_release(&line);
}

static enum status
configured(const struct settings *settings, struct fault *fault)
{
	if (settings->telegram.api_id != 0)
		return STATUS_OK;
	return fault_set(fault, STATUS_UNSUPPORTED,
			 "not configured: set TELEGRAM_API_ID and "
			 "TELEGRAM_API_HASH, see my.telegram.org");
}

static enum status
login(struct invocation *invocation, const struct telegram_args *args,
      bool bot, struct fault *fault)
{
	const char *token = invocation->settings->access.telegram_bot_token;
	struct person person = { .token = bot ? token : NULL };
	struct telegram *telegram = NULL;
	struct telegram_look look;
	enum status status = configured(invocation->settings, fault);

	if (status == STATUS_OK && bot && *token == '\0')
		status = fault_field(fault, STATUS_INVALID,
				     "TELEGRAM_BOT_TOKEN",
				     "TELEGRAM_BOT_TOKEN is not set");
	if (status == STATUS_OK)
		status = telegram_open(args, &telegram, fault);
	if (status == STATUS_OK) {
		turn_wait(telegram);
		status = sign_in(telegram, &person, &look, fault);
	}
	if (status == STATUS_OK)
		account_print(invocation, "logged in", look.account);
	telegram_close(telegram);
	return status;
}

static void
status_print(struct invocation *invocation, const struct telegram_args *args)
{
	char account[160];

	if (invocation->settings->telegram.api_id == 0)
		account_print(invocation, "not configured", NULL);
	else if (!telegram_account(args, account))
		account_print(invocation, "not logged in", NULL);
	else
		account_print(invocation, "logged in", account);
}

static enum status
word_do(struct invocation *invocation, const char *word, bool bot,
	struct app *app, struct fault *fault)
{
	struct telegram_args args = app_telegram_args(app);
	enum status status;

	if (strcmp(word, "status") == 0) {
		status_print(invocation, &args);
		return STATUS_OK;
	}
	if (strcmp(word, "login") == 0) {
		args.signs_in = true;
		return login(invocation, &args, bot, fault);
	}
	status = telegram_sign_out(&args, fault);
	if (status == STATUS_OK)
		status_print(invocation, &args);
	return status;
}

int
command_telegram(struct invocation *invocation)
{
	bool bot = invocation_take_switch(invocation, "--bot");
	const char *word =
		invocation->count == 1 ? invocation->arguments[0] : "";
	bool signs_in = strcmp(word, "login") == 0;
	struct fault fault = { 0 };
	enum status status;
	struct app app;

	if (!signs_in && (bot || (strcmp(word, "logout") != 0 &&
				  strcmp(word, "status") != 0)))
		return EXIT_USAGE;
	status = app_open(&app, invocation->settings, 0, &fault);
	if (status == STATUS_OK) {
		status = word_do(invocation, word, bot, &app, &fault);
		app_close(&app);
	}
	return status == STATUS_OK ? EXIT_DONE :
				     command_fail(invocation, &fault);
}
