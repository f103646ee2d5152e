/* telegram_post.c - see telegram_post.h. */
#include "driver/telegram_post.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "driver/telegram_private.h"

#define NAMES_A_DAY 200
#define DAY_MS 86400000
#define NOBODY_MS 3600000 /* a name that nobody has may be given to somebody */
#define CHATS_ROUNDS 5	  /* of 100, for a private channel */

/* ---- names ---- */

/* Lock held; NULL: not known, or too long ago. */
static struct telegram_name *
name_find(struct telegram *telegram, const char *name)
{
	size_t count = telegram->name_count < TELEGRAM_NAMES_MAX ?
			       telegram->name_count :
			       TELEGRAM_NAMES_MAX;
	int64_t now_ms = clock_monotonic_ms();

	for (size_t i = 0; i < count; i++) {
		struct telegram_name *one = &telegram->names[i];

		if (strcmp(one->name, name) == 0 &&
		    now_ms - one->known_ms <
			    (one->chat_id == 0 ? NOBODY_MS : DAY_MS))
			return one;
	}
	return NULL;
}

static void
name_note(struct telegram *telegram, const char *name, int64_t chat_id)
{
	struct telegram_name *one;

	pthread_mutex_lock(&telegram->lock);
	one = &telegram->names[telegram->name_count++ % TELEGRAM_NAMES_MAX];
	snprintf(one->name, sizeof one->name, "%s", name);
	one->chat_id = chat_id;
	one->known_ms = clock_monotonic_ms();
	pthread_mutex_unlock(&telegram->lock);
}

/* Lock held. Telegram lets an account ask for some two hundred a day. */
static bool
name_may_be_asked(struct telegram *telegram)
{
	int64_t now_ms = clock_monotonic_ms();

	if (telegram->names_day_ms == 0 ||
	    now_ms - telegram->names_day_ms > DAY_MS) {
		telegram->names_day_ms = now_ms;
		telegram->names_asked = 0;
	}
	if (telegram->names_asked >= NAMES_A_DAY)
		return false;
	telegram->names_asked++;
	return true;
}

static enum status
nobody_has(const char *name, struct fault *fault)
{
	return fault_field(fault, STATUS_NOT_FOUND, "url",
			   "nobody at Telegram is called %s", name);
}

static enum status
name_ask(struct telegram *telegram, const char *name, int64_t *chat_id,
	 struct fault *fault)
{
	json_t *chat = NULL;
	enum status status = telegram_hold(telegram, fault);

	if (status == STATUS_OK)
		status = telegram_ask(telegram,
				      json_pack("{s:s,s:s}", "@type",
						"searchPublicChat", "username",
						name),
				      0, &chat, fault);
	if (status == STATUS_NOT_FOUND) {
		name_note(telegram, name, 0);
		return nobody_has(name, fault);
	}
	if (status != STATUS_OK)
		return status;
	*chat_id = telegram_int(chat, "id");
	json_decref(chat);
	name_note(telegram, name, *chat_id);
	return STATUS_OK;
}

/* `again`: what is remembered is not enough, the library has to know it too. */
static enum status
chat_find(struct telegram *telegram, const struct telegram_link *link,
	  bool again, int64_t *chat_id, struct fault *fault)
{
	const struct telegram_name *known;
	bool may_ask = true;

	if (link->name[0] == '\0') {
		*chat_id = telegram_link_chat_id(link);
		return STATUS_OK;
	}
	pthread_mutex_lock(&telegram->lock);
	known = again ? NULL : name_find(telegram, link->name);
	*chat_id = known == NULL ? 0 : known->chat_id;
	if (known == NULL)
		may_ask = name_may_be_asked(telegram);
	pthread_mutex_unlock(&telegram->lock);
	if (known != NULL)
		return *chat_id != 0 ? STATUS_OK :
				       nobody_has(link->name, fault);
	if (!may_ask)
		return fault_field(fault, STATUS_AGAIN_LATER, "telegram",
				   "%d names were asked of Telegram today, "
				   "which is as many as it allows",
				   NAMES_A_DAY);
	return name_ask(telegram, link->name, chat_id, fault);
}

/* ---- posts ---- */

static enum status
message_ask(struct telegram *telegram, const struct telegram_link *link,
	    int64_t chat_id, json_t **out, struct fault *fault)
{
	enum status status = telegram_hold(telegram, fault);

	if (status != STATUS_OK)
		return status;
	return telegram_ask(
		telegram,
		json_pack("{s:s,s:I,s:I}", "@type", "getMessage", "chat_id",
			  (json_int_t)chat_id, "message_id",
			  (json_int_t)telegram_link_message_id(link)),
		0, out, fault);
}

/* After a first sign-in the library knows no chat until it was told of them. */
static void
chats_load(struct telegram *telegram)
{
	enum status status = STATUS_OK;

	for (int i = 0; i < CHATS_ROUNDS && status == STATUS_OK; i++)
		status = telegram_ask(telegram,
				      json_pack("{s:s,s:i}", "@type",
						"loadChats", "limit", 100),
				      0, NULL, NULL);
}

/* The library told that it has not heard of the chat (as after a restart). */
static bool
chat_is_unknown(const struct fault *fault)
{
	return fault->status == STATUS_NOT_FOUND &&
	       strcasestr(fault->message, "chat not found") != NULL;
}

static enum status
post_not_there(struct fault *fault)
{
	return fault_field(fault, STATUS_NOT_FOUND, "url",
			   "there is no such post, or not for this account");
}

enum status
telegram_message_get(struct telegram *telegram,
		     const struct telegram_link *link, json_t **out,
		     struct fault *fault)
{
	struct fault why = { 0 };
	int64_t chat_id = 0;
	enum status status = telegram_check(telegram, &why);

	if (status == STATUS_OK)
		status = chat_find(telegram, link, false, &chat_id, &why);
	if (status == STATUS_OK) {
		status = message_ask(telegram, link, chat_id, out, &why);
		if (status != STATUS_OK && chat_is_unknown(&why)) {
			if (link->name[0] == '\0')
				chats_load(telegram);
			status = chat_find(telegram, link, true, &chat_id,
					   &why);
			if (status == STATUS_OK)
				status = message_ask(telegram, link, chat_id,
						     out, &why);
		}
		if (status == STATUS_NOT_FOUND)
			status = post_not_there(&why);
	}
	if (status != STATUS_OK && fault != NULL)
		*fault = why;
	return status;
}

/* ---- what is in them ---- */

static bool
sounds_by_name(const char *name)
{
	static const char *const endings[] = { ".mp3",	".flac", ".ogg",
					       ".opus", ".m4a",	 ".wav",
					       ".aac",	".aiff", ".wma",
					       ".ape",	".wv",	 ".alac" };
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot != NULL && i < ARRAY_LENGTH(endings); i++) {
		if (strcasecmp(dot, endings[i]) == 0)
			return true;
	}
	return false;
}

/* The part of a message that is sound: audio, a document with sound in it, or a
 * voice note. *file: the name of its member with the file. */
static const json_t *
sound_find(const json_t *message, const char **file)
{
	const json_t *content = telegram_at(message, "content");
	const char *type = telegram_text(content, "@type");
	const json_t *found = NULL;

	if (strcmp(type, "messageAudio") == 0) {
		*file = "audio";
		found = telegram_at(content, "audio");
	} else if (strcmp(type, "messageVoiceNote") == 0) {
		*file = "voice";
		found = telegram_at(content, "voice_note");
	} else if (strcmp(type, "messageDocument") == 0) {
		*file = "document";
		found = telegram_at(content, "document");
		if (strncmp(telegram_text(found, "mime_type"), "audio/", 6) !=
			    0 &&
		    !sounds_by_name(telegram_text(found, "file_name")))
			found = NULL;
	}
	return found;
}

const json_t *
telegram_message_file(const json_t *message)
{
	const char *file = NULL;
	const json_t *sound = sound_find(message, &file);

	return sound == NULL ? NULL : telegram_at(sound, file);
}

static const char *
text_kept(struct arena *arena, const json_t *value, const char *name)
{
	const char *text = telegram_text(value, name);

	return *text == '\0' ? NULL : arena_copy_text(arena, text);
}

static enum status
post_read(const json_t *message, struct arena *arena,
	  struct telegram_post *out, struct fault *fault)
{
	const char *member = NULL;
	const json_t *sound = sound_find(message, &member);
	const json_t *file = sound == NULL ? NULL : telegram_at(sound, member);
	int64_t size = telegram_int(file, "size");

	if (json_is_false(telegram_at(message, "can_be_saved")))
		return fault_field(fault, STATUS_DENIED, "url",
				   "this channel does not let its posts be "
				   "saved");
	if (size <= 0)
		return fault_field(fault, STATUS_UNSUPPORTED, "url",
				   "there is no sound in this post");
	*out = (struct telegram_post){
		.title = text_kept(arena, sound, "title"),
		.performer = text_kept(arena, sound, "performer"),
		.file_name = text_kept(arena, sound, "file_name"),
		.mime_type = arena_copy_text(arena, telegram_text(sound,
								  "mime_type")),
		.unique_id = arena_copy_text(
			arena, telegram_text(file, "remote.unique_id")),
		.duration_ms = telegram_int(sound, "duration") * 1000,
		.size_bytes = size,
		.date_ms = telegram_int(message, "date") * 1000,
	};
	return STATUS_OK;
}

enum status
telegram_post_get(struct telegram *telegram, const struct telegram_link *link,
		  struct arena *arena, struct telegram_post *out,
		  struct fault *fault)
{
	json_t *message = NULL;
	enum status status =
		telegram_message_get(telegram, link, &message, fault);

	if (status != STATUS_OK)
		return status;
	status = post_read(message, arena, out, fault);
	json_decref(message);
	return status;
}
