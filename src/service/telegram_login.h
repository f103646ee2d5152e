/* telegram_login.h - is this person who Telegram says? Pure functions over what a
 * Mini App (initData) and the login widget give a page.
 *
 * Both are fields with a hash made with the bot's token. All received fields but
 * `hash` are decoded, sorted and joined by LF as "name=value"; `signature` stays
 * in. A name that comes twice is refused, and so is a control character: a LF in
 * a value would make two texts of fields look the same.
 *
 * Floor: 4 (service). Threads: pure functions.
 * Sources: core.telegram.org/bots/webapps and /widgets/login.
 */
#ifndef OGMA_SERVICE_TELEGRAM_LOGIN_H
#define OGMA_SERVICE_TELEGRAM_LOGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"

#define TELEGRAM_FIELDS_MAX 32
#define TELEGRAM_DATA_MAX_BYTES 8192
#define TELEGRAM_FUTURE_SECONDS 60 /* how much their clock may be ahead */
#define TELEGRAM_KEY_BYTES 32      /* Ed25519 */

struct telegram_rule {
	const char *bot_token;
	uint32_t age_seconds; /* oldest auth_date taken */
	int64_t now_ms;       /* Unix */
};

struct telegram_person {
	int64_t id;
	const char *username, *first_name, *last_name; /* or NULL */
	const char *full_name;   /* first and last, or NULL */
	const char *start_param; /* of a Mini App, or NULL */
	int64_t auth_date_ms;
};

/* window.Telegram.WebApp.initData as it came. STATUS_UNAUTHENTICATED with the
 * reason when it is not ours, changed, too old or from the future;
 * STATUS_INVALID when it is not of the form. Texts are arena-owned. */
enum status telegram_webapp(const struct telegram_rule *rule,
			    struct span init_data, struct arena *arena,
			    struct telegram_person *out, struct fault *fault);

struct telegram_field {
	const char *name, *value;
};

/* The widget's object, member by member, numbers as text. */
enum status telegram_widget(const struct telegram_rule *rule,
			    const struct telegram_field *fields, size_t count,
			    struct arena *arena, struct telegram_person *out,
			    struct fault *fault);

/* The same data proved by Telegram's own key instead of the bot's token, for who
 * has only the bot's number. `key` is Ed25519; see the two below. */
enum status telegram_webapp_signed(const struct telegram_rule *rule,
				   int64_t bot_id,
				   const uint8_t key[TELEGRAM_KEY_BYTES],
				   struct span init_data, struct arena *arena,
				   struct telegram_person *out,
				   struct fault *fault);

extern const uint8_t telegram_key_production[TELEGRAM_KEY_BYTES];
extern const uint8_t telegram_key_test[TELEGRAM_KEY_BYTES];

#endif /* OGMA_SERVICE_TELEGRAM_LOGIN_H */
