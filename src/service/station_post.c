/* station_post.c - see station_post.h. */
#include "service/station_post.h"

#include <string.h>

#include "driver/telegram_post.h"

static enum post_answer
answer_of(const struct fault *fault)
{
	switch (fault->status) {
	case STATUS_NOT_FOUND:
		return POST_GONE;
	case STATUS_DENIED:
		return strcmp(fault->field, "url") == 0 ? POST_DENIED :
							   POST_GONE;
	case STATUS_UNSUPPORTED:
		return POST_SILENT;
	default:
		return POST_DOWN;
	}
}

/* Without the file name's ending. */
static const char *
name_without_ending(const char *name, struct arena *arena)
{
	const char *dot = strrchr(name, '.');
	size_t length = dot == NULL || dot == name ? strlen(name) :
						     (size_t)(dot - name);

	return arena_print(arena, "%.*s", (int)length, name);
}

static const char *
title_of(const struct telegram_post *post, const struct telegram_link *link,
	 struct arena *arena)
{
	const char *title = post->title;
	char *text;

	if (title == NULL && post->file_name != NULL)
		title = name_without_ending(post->file_name, arena);
	if (title == NULL)
		return arena_print(arena, "t.me/%s/%lld",
				   link->name[0] != '\0' ? link->name : "c",
				   (long long)link->post);
	text = post->performer == NULL ?
		       arena_copy_text(arena, title) :
		       arena_print(arena, "%s - %s", post->performer, title);
	/* characters are at most as many as bytes */
	text[utf8_cut(text, strlen(text), QUEUE_TITLE_MAX)] = '\0';
	return text;
}

/* POST_FINE: it can be asked for; POST_DOWN with STATUS_OK in the fault: by
 * another process only. */
static enum post_answer
account_look(struct telegram *telegram, struct fault *fault)
{
	struct telegram_look look;

	telegram_look(telegram, &look);
	switch (look.state) {
	case TELEGRAM_READY:
		return telegram_reach(telegram, fault) == STATUS_OK ?
			       POST_FINE :
			       POST_DOWN;
	case TELEGRAM_NO_LIBRARY:
	case TELEGRAM_NOT_LOGGED_IN:
		return POST_NOT_SIGNED_IN;
	case TELEGRAM_TAKEN:
		return POST_DOWN;
	default:
		telegram_reach(telegram, fault);
		return POST_DOWN;
	}
}

enum post_answer
station_post_look(struct telegram *telegram, struct queue_item *item,
		  struct arena *arena, struct fault *fault)
{
	struct telegram_post post = { 0 };
	struct telegram_link link;
	struct fault why = { 0 };
	enum post_answer answer;

	if (telegram == NULL)
		return POST_NOT_CONFIGURED;
	if (item->url == NULL ||
	    !telegram_link_parse(span_of(item->url), &link))
		return POST_NO_LINK;
	answer = account_look(telegram, &why);
	if (answer == POST_FINE &&
	    telegram_post_get(telegram, &link, arena, &post, &why) !=
		    STATUS_OK)
		answer = answer_of(&why);
	else if (answer == POST_DOWN && why.status == STATUS_OK)
		answer = POST_FINE;
	if (answer == POST_DOWN)
		fault_field(fault, STATUS_UNAVAILABLE, "telegram", "%s",
			    why.message);
	if (answer != POST_FINE)
		return answer;
	if (item->title == NULL)
		item->title = title_of(&post, &link, arena);
	if (item->duration_ms == 0)
		item->duration_ms = post.duration_ms;
	return POST_FINE;
}
