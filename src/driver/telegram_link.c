/* telegram_link.c - see telegram_link.h. */
#include "driver/telegram_link.h"

#include <string.h>

#include "base/memory.h"

#define POST_MAX 2147483647
#define CHANNEL_MAX 999999999999 /* so that the chat's id stays in its range */
#define PARTS_MAX 4

static bool
letter_is(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* 4 to 32 letters, digits and _, a letter first. */
static bool
name_read(struct span text, struct telegram_link *out)
{
	if (text.length < 4 || text.length >= TELEGRAM_NAME_BYTES ||
	    !letter_is(text.at[0]))
		return false;
	for (size_t i = 0; i < text.length; i++) {
		char c = text.at[i];

		if (!letter_is(c) && !(c >= '0' && c <= '9') && c != '_')
			return false;
		out->name[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	out->name[text.length] = '\0';
	return true;
}

static bool
number_read(struct span text, int64_t max, int64_t *out)
{
	int64_t number;

	if (!span_to_i64(text, &number) || number < 1 || number > max)
		return false;
	*out = number;
	return true;
}

static bool
cut_start(struct span *text, const char *start)
{
	struct span head = { text->at, strlen(start) };

	if (text->length < head.length ||
	    !span_equal_nocase(head, span_of(start)))
		return false;
	text->at += head.length;
	text->length -= head.length;
	return true;
}

/* What comes before any of `stops`. */
static struct span
until(struct span text, const char *stops)
{
	for (size_t i = 0; i < text.length; i++) {
		if (strchr(stops, text.at[i]) != NULL)
			return (struct span){ text.at, i };
	}
	return text;
}

/* ---- tg:// ---- */

static struct span
query_find(struct span query, const char *name)
{
	struct span part;

	while (query.length > 0 && span_next(&query, '&', &part)) {
		if (cut_start(&part, name) && cut_start(&part, "="))
			return part;
	}
	return (struct span){ 0 };
}

static bool
scheme_read(struct span text, struct telegram_link *out)
{
	text = until(text, "#");
	if (cut_start(&text, "resolve?"))
		return name_read(query_find(text, "domain"), out) &&
		       number_read(query_find(text, "post"), POST_MAX,
				   &out->post);
	return cut_start(&text, "privatepost?") &&
	       number_read(query_find(text, "channel"), CHANNEL_MAX,
			   &out->channel) &&
	       number_read(query_find(text, "post"), POST_MAX, &out->post);
}

/* ---- t.me ---- */

/* The last part is the post, one before it may be a topic. */
static bool
numbers_read(const struct span *parts, size_t count, struct telegram_link *out)
{
	int64_t topic;

	if (count == 2 && !number_read(parts[0], POST_MAX, &topic))
		return false;
	return (count == 1 || count == 2) &&
	       number_read(parts[count - 1], POST_MAX, &out->post);
}

static bool
path_read(struct span path, bool named, struct telegram_link *out)
{
	struct span parts[PARTS_MAX + 1], part;
	size_t count = 0, at = 0;

	while (count <= PARTS_MAX && path.length > 0 &&
	       span_next(&path, '/', &part))
		parts[count++] = part;
	if (count > 1 && parts[count - 1].length == 0)
		count--; /* a slash at the end */
	if (count > PARTS_MAX || count == 0)
		return false;
	if (named)
		return numbers_read(parts, count, out);
	if (count > 2 && span_equal(parts[0], SPAN("s")))
		at = 1;
	if (count > 2 && span_equal(parts[0], SPAN("c"))) {
		if (!number_read(parts[1], CHANNEL_MAX, &out->channel))
			return false;
		at = 1;
	} else if (!name_read(parts[at], out)) {
		return false;
	}
	return numbers_read(parts + at + 1, count - at - 1, out);
}

static bool
web_read(struct span text, struct telegram_link *out)
{
	static const char *const hosts[] = { "t.me", "telegram.me",
					     "telegram.dog" };
	struct span host, path;

	text = until(text, "?#");
	host = until(text, "/");
	if (host.length == text.length)
		return false;
	path = (struct span){ host.at + host.length + 1,
			      text.length - host.length - 1 };
	cut_start(&host, "www.");
	for (size_t i = 0; i < ARRAY_LENGTH(hosts); i++) {
		if (span_equal_nocase(host, span_of(hosts[i])))
			return path_read(path, false, out);
	}
	if (host.length <= 5 ||
	    !span_equal_nocase((struct span){ host.at + host.length - 5, 5 },
			       SPAN(".t.me")))
		return false;
	host.length -= 5;
	return name_read(host, out) && path_read(path, true, out);
}

bool
telegram_link_parse(struct span text, struct telegram_link *out)
{
	struct telegram_link link = { 0 };
	bool read;

	text = span_trim(text);
	if (cut_start(&text, "tg://") || cut_start(&text, "tg:"))
		read = scheme_read(text, &link);
	else
		read = (cut_start(&text, "https://") ||
			cut_start(&text, "http://") ||
			memchr(text.at, ':', text.length) == NULL) &&
		       web_read(text, &link);
	if (read)
		*out = link;
	return read;
}

int64_t
telegram_link_chat_id(const struct telegram_link *link)
{
	return -1000000000000 - link->channel;
}

int64_t
telegram_link_message_id(const struct telegram_link *link)
{
	return link->post << 20;
}
