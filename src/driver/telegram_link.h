/* telegram_link.h - addresses of posts, as people copy them out of Telegram.
 *
 *	https://t.me/name/123		a post of a public channel or group
 *	https://t.me/s/name/123		the same, as the web shows it
 *	https://t.me/name/7/123		in a topic of a forum
 *	https://name.t.me/123
 *	https://t.me/c/1234567/89	a post of a private one; also with a topic
 *	tg://resolve?domain=name&post=123
 *	tg://privatepost?channel=1234567&post=89
 *
 * telegram.me and telegram.dog are other names of t.me; http and no scheme at all
 * are fine. What follows in the query ("?single") is of no interest.
 *
 * Floor: 2 (driver). Pure functions. Source: core.telegram.org/api/links.
 */
#ifndef OGMA_DRIVER_TELEGRAM_LINK_H
#define OGMA_DRIVER_TELEGRAM_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

#define TELEGRAM_NAME_BYTES 33

struct telegram_link {
	char name[TELEGRAM_NAME_BYTES]; /* lower case; "": a private one */
	int64_t channel;		/* of a private one */
	int64_t post;
};

/* False: no address of a post. */
bool telegram_link_parse(struct span text, struct telegram_link *out);

/* As the library numbers them. */
int64_t telegram_link_chat_id(const struct telegram_link *link);
int64_t telegram_link_message_id(const struct telegram_link *link);

#endif /* OGMA_DRIVER_TELEGRAM_LINK_H */
