/* station_item.c - see station_item.h. */
#include "service/station_item.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "driver/telegram_link.h"
#include "library/sources.h"

static bool
path_is_below(const char *path, const char *root)
{
	char real[PATH_MAX];
	size_t length;

	if (realpath(root, real) == NULL)
		return false;
	length = strlen(real);
	return strncmp(path, real, length) == 0 && path[length] == '/';
}

/* One sentence for all that is wrong with a path, so that nobody learns which
 * files there are elsewhere. */
static enum status
not_a_file(const char *field, struct fault *fault)
{
	return fault_field(fault, STATUS_INVALID, field,
			   "must be a file below the folder of a source");
}

enum status
station_file_find(struct store_session *session, const char *field,
		  const char *path, struct arena *arena, const char **out,
		  struct fault *fault)
{
	char real[PATH_MAX];
	struct source_row *sources;
	struct stat facts;
	size_t count = 0;
	enum status status;

	if (path == NULL || path[0] != '/' || realpath(path, real) == NULL ||
	    stat(real, &facts) != 0 || !S_ISREG(facts.st_mode))
		return not_a_file(field, fault);
	status = sources_list(session, arena, &sources, &count, fault);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(sources[i].kind, "folder") != 0 ||
		    !path_is_below(real, sources[i].root))
			continue;
		*out = arena_copy_text(arena, real);
		return STATUS_OK;
	}
	return not_a_file(field, fault);
}

bool
station_has_ytdlp(void)
{
	const char *path = getenv("PATH");
	struct span rest = span_of(path == NULL ? "" : path), folder;
	char program[PATH_MAX];

	while (span_next(&rest, ':', &folder)) {
		snprintf(program, sizeof program, "%.*s/yt-dlp",
			 (int)folder.length, folder.at);
		if (folder.length > 0 && access(program, X_OK) == 0)
			return true;
	}
	return false;
}

static bool
starts(const char *text, const char *with)
{
	return strncasecmp(text, with, strlen(with)) == 0;
}

static enum status
youtube_check(const struct queue_item *item, struct fault *fault)
{
	static const char *const hosts[] = {
		"https://www.youtube.com/", "https://youtube.com/",
		"https://music.youtube.com/", "https://m.youtube.com/",
		"https://youtu.be/",
	};

	for (size_t i = 0; item->url != NULL && i < ARRAY_LENGTH(hosts); i++) {
		if (!starts(item->url, hosts[i]))
			continue;
		if (station_has_ytdlp())
			return STATUS_OK;
		return fault_field(fault, STATUS_INVALID, "source",
				   "yt-dlp is not installed on this server");
	}
	return fault_field(fault, STATUS_INVALID, "url",
			   "must be an https address at YouTube");
}

static enum status
post_check(const struct queue_item *item, struct fault *fault)
{
	struct telegram_link link;

	if (item->url != NULL &&
	    telegram_link_parse(span_of(item->url), &link))
		return STATUS_OK;
	return fault_field(fault, STATUS_INVALID, "url",
			   "must be the address of a post at Telegram");
}

enum status
station_item_check(struct store_session *session, struct queue_item *item,
		   struct arena *arena, struct fault *fault)
{
	if (item->source == ITEM_TRACK) {
		if (item->track_id != 0)
			return STATUS_OK;
		return fault_field(fault, STATUS_INVALID, "track_id",
				   "is needed for a track");
	}
	if (item->track_id != 0)
		return fault_field(fault, STATUS_INVALID, "track_id",
				   "belongs to items whose source is track");
	if (item->source == ITEM_TELEGRAM)
		return post_check(item, fault);
	if (item->source == ITEM_FILE)
		return station_file_find(session, "url", item->url, arena,
					 &item->url, fault);
	if (item->source == ITEM_YOUTUBE)
		return youtube_check(item, fault);
	if (item->url != NULL &&
	    (starts(item->url, "http://") || starts(item->url, "https://")))
		return STATUS_OK;
	return fault_field(fault, STATUS_INVALID, "url",
			   "must be an address of http or https");
}
