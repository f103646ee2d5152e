/* fake_tdjson.c - stands in for Telegram's library libtdjson.so in tests: the same
 * five functions over a small world, without any server.
 *
 * The world is world.json beside the folder of the database; it is read anew for
 * every request, so that a test can change it at any time:
 *
 *	phone, code, password, bot	who may sign in; password "": none asked
 *	chats	{"name": chat id}: public ones
 *	member	[chat id]: private ones that loadChats tells of
 *	posts	{"chat id/server id": {"path", "kind": "audio" | "document" |
 *		"text", "title", "performer", "seconds", "mime", "name",
 *		"unique", "protected"}}
 *	flood	seconds: names and posts are refused with 429
 *	deaf	names and posts are never answered
 *	offline	Telegram's servers cannot be reached
 *	stalled	nothing of files comes
 *	stops	every window ends after so many parts of 64 KiB, as if cancelled
 *	stale	posts tell of their file what was so before: that it is fetched
 *
 * What was asked is appended to `asked` there, a line each. Who is signed in
 * stays so: `signed` in the database's folder.
 *
 * It models what driver/telegram*.c use, and what the library was seen to do:
 * message ids are server ids << 20, a chat is not known before it was resolved in
 * this run, one window per file, an earlier one is cancelled, parts go into a sparse
 * file that is moved when it is whole. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PUBLIC __attribute__((visibility("default")))
#define PART 65536
#define FILES_MAX 32
#define PARTS_MAX 4096
#define CHATS_MAX 32

PUBLIC int td_create_client_id(void);
PUBLIC void td_send(int client_id, const char *request);
PUBLIC const char *td_receive(double timeout);
PUBLIC const char *td_execute(const char *request);
PUBLIC void td_set_log_message_callback(int level,
					void (*callback)(int, const char *));

struct line {
	struct line *next;
	char *text;
};

struct file {
	char unique[64], source[512];
	json_int_t size;
	bool parts[PARTS_MAX];
	bool active, moved;
	json_int_t at, end, sent, from; /* of the window; sent: parts */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;
static struct line *first, **last = &first;
static struct file files[FILES_MAX];
static size_t file_count;
static json_int_t known[CHATS_MAX]; /* chats */
static size_t known_count;
static char database[512], folder[512]; /* of the database, of files */
static bool begun, closed;

/* ---- the world ---- */

static json_t *
world_read(void)
{
	char path[600];

	snprintf(path, sizeof path, "%s/../world.json", database);
	return json_load_file(path, 0, NULL);
}

static void
asked_note(const char *type, const char *what)
{
	char path[600];
	FILE *file;

	snprintf(path, sizeof path, "%s/../asked", database);
	file = fopen(path, "a");
	if (file != NULL) {
		fprintf(file, "%s %s\n", type, what);
		fclose(file);
	}
}

static const char *
text_of(const json_t *value, const char *name)
{
	const char *text = json_string_value(json_object_get(value, name));

	return text == NULL ? "" : text;
}

static json_int_t
int_of(const json_t *value, const char *name)
{
	return json_integer_value(json_object_get(value, name));
}

/* ---- what goes out ---- */

static void
push(json_t *object)
{
	struct line *line = calloc(1, sizeof *line);

	json_object_set_new(object, "@client_id", json_integer(1));
	line->text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	*last = line;
	last = &line->next;
	pthread_cond_signal(&more);
}

static void
answer(const json_t *request, json_t *object)
{
	json_t *extra = json_object_get(request, "@extra");

	if (extra != NULL)
		json_object_set(object, "@extra", extra);
	push(object);
}

static void
ok(const json_t *request)
{
	answer(request, json_pack("{s:s}", "@type", "ok"));
}

static void
refuse(const json_t *request, int code, const char *message)
{
	answer(request, json_pack("{s:s,s:i,s:s}", "@type", "error", "code",
				  code, "message", message));
}

static void
state_push(json_t *state)
{
	push(json_pack("{s:s,s:o}", "@type", "updateAuthorizationState",
		       "authorization_state", state));
}

static void
state_tell(const char *type)
{
	state_push(json_pack("{s:s}", "@type", type));
}

/* ---- signing in ---- */

static const char *
signed_path(void)
{
	static char path[600];

	snprintf(path, sizeof path, "%s/signed", database);
	return path;
}

static void
signed_in(const json_t *request)
{
	FILE *file = fopen(signed_path(), "w");

	if (file != NULL)
		fclose(file);
	ok(request);
	state_tell("authorizationStateReady");
}

static void
parameters_take(const json_t *request)
{
	json_t *world;

	snprintf(database, sizeof database, "%s",
		 text_of(request, "database_directory"));
	snprintf(folder, sizeof folder, "%s",
		 text_of(request, "files_directory"));
	if (strcmp(text_of(request, "api_hash"), "wrong") == 0) {
		refuse(request, 400, "API_ID_INVALID");
		return;
	}
	world = world_read();
	ok(request);
	push(json_pack("{s:s,s:{s:s}}", "@type", "updateConnectionState",
		       "state", "@type",
		       json_is_true(json_object_get(world, "offline")) ?
			       "connectionStateConnecting" :
			       "connectionStateReady"));
	json_decref(world);
	state_tell(access(signed_path(), F_OK) == 0 ?
			   "authorizationStateReady" :
			   "authorizationStateWaitPhoneNumber");
}

static void
code_take(const json_t *request, const json_t *world)
{
	const char *password = text_of(world, "password");

	if (strcmp(text_of(request, "code"), text_of(world, "code")) != 0) {
		refuse(request, 400, "PHONE_CODE_INVALID");
	} else if (*password == '\0') {
		signed_in(request);
	} else {
		ok(request);
		state_push(json_pack("{s:s,s:s}", "@type",
				     "authorizationStateWaitPassword",
				     "password_hint", "the usual"));
	}
}

static void
log_out(const json_t *request)
{
	unlink(signed_path());
	ok(request);
	state_tell("authorizationStateLoggingOut");
	state_tell("authorizationStateClosed");
	closed = true;
}

/* True: it was one of these. */
static bool
sign_in_take(const char *type, const json_t *request, const json_t *world)
{
	if (strcmp(type, "setAuthenticationPhoneNumber") == 0) {
		if (strcmp(text_of(request, "phone_number"),
			   text_of(world, "phone")) != 0) {
			refuse(request, 400, "PHONE_NUMBER_INVALID");
			return true;
		}
		ok(request);
		state_push(json_pack("{s:s,s:{s:{s:s}}}", "@type",
				     "authorizationStateWaitCode",
				     "code_info", "type", "@type",
				     "authenticationCodeTypeTelegramMessage"));
	} else if (strcmp(type, "checkAuthenticationBotToken") == 0) {
		if (strcmp(text_of(request, "token"),
			   text_of(world, "bot")) == 0)
			signed_in(request);
		else
			refuse(request, 400, "ACCESS_TOKEN_INVALID");
	} else if (strcmp(type, "checkAuthenticationCode") == 0) {
		code_take(request, world);
	} else if (strcmp(type, "checkAuthenticationPassword") == 0) {
		if (strcmp(text_of(request, "password"),
			   text_of(world, "password")) == 0)
			signed_in(request);
		else
			refuse(request, 400, "PASSWORD_HASH_INVALID");
	} else {
		return false;
	}
	return true;
}

/* ---- chats and posts ---- */

static bool
chat_known(json_int_t id)
{
	for (size_t i = 0; i < known_count; i++) {
		if (known[i] == id)
			return true;
	}
	return false;
}

static void
chat_learn(json_int_t id)
{
	if (!chat_known(id) && known_count < CHATS_MAX)
		known[known_count++] = id;
}

static void
name_resolve(const json_t *request, const json_t *world)
{
	const char *name = text_of(request, "username");
	const json_t *id = json_object_get(json_object_get(world, "chats"),
					   name);

	if (id == NULL) {
		refuse(request, 400, "USERNAME_NOT_OCCUPIED");
		return;
	}
	chat_learn(json_integer_value(id));
	answer(request, json_pack("{s:s,s:I,s:s}", "@type", "chat", "id",
				  json_integer_value(id), "title", name));
}

static void
chats_load(const json_t *request, const json_t *world)
{
	const json_t *list = json_object_get(world, "member"), *id;
	size_t index;
	bool news = false;

	json_array_foreach (list, index, id) {
		news = news || !chat_known(json_integer_value(id));
		chat_learn(json_integer_value(id));
	}
	if (news)
		ok(request);
	else
		refuse(request, 404, "Not Found");
}

static struct file *
file_get(const json_t *post)
{
	const char *unique = text_of(post, "unique");
	struct file *file = files;
	struct stat facts;

	for (; file < files + file_count; file++) {
		if (strcmp(file->unique, unique) == 0)
			return file;
	}
	if (file_count == FILES_MAX ||
	    stat(text_of(post, "path"), &facts) != 0)
		return NULL;
	file_count++;
	snprintf(file->unique, sizeof file->unique, "%s", unique);
	snprintf(file->source, sizeof file->source, "%s",
		 text_of(post, "path"));
	file->size = facts.st_size;
	return file;
}

static json_int_t
parts_of(const struct file *file)
{
	return (file->size + PART - 1) / PART;
}

/* Bytes there are from `offset` on without a gap. */
static json_int_t
prefix_at(const struct file *file, json_int_t offset)
{
	json_int_t part = offset / PART, end;

	while (part < parts_of(file) && file->parts[part])
		part++;
	end = part * PART > file->size ? file->size : part * PART;
	return end > offset ? end - offset : 0;
}

static void
file_path(const struct file *file, char *out, size_t room)
{
	snprintf(out, room, "%s/%s%s", folder, file->unique,
		 file->moved ? "" : ".part");
}

static json_t *
file_form(const struct file *file)
{
	json_int_t there = 0, prefix = prefix_at(file, file->from);
	char path[700];

	for (json_int_t i = 0; i < parts_of(file); i++)
		there += file->parts[i] ? PART : 0;
	file_path(file, path, sizeof path);
	return json_pack(
		"{s:s,s:I,s:I,s:I,s:{s:s,s:b,s:b,s:I,s:I,s:I},s:{s:s}}",
		"@type", "file", "id", (json_int_t)(file - files + 1), "size",
		file->size, "expected_size", file->size, "local", "path",
		there > 0 ? path : "", "is_downloading_active", file->active,
		"is_downloading_completed", file->moved, "download_offset",
		file->from, "downloaded_prefix_size", prefix,
		"downloaded_size", there, "remote", "unique_id",
		file->unique);
}

/* In a post: how it was when the post was looked at. */
static json_t *
posted_file_form(const struct file *file, const json_t *world)
{
	json_t *form = file_form(file);

	if (json_is_true(json_object_get(world, "stale")))
		json_object_set_new(json_object_get(form, "local"),
				    "is_downloading_active", json_true());
	return form;
}

static json_t *
content_form(const json_t *post, const struct file *file, const json_t *world)
{
	if (strcmp(text_of(post, "kind"), "document") == 0)
		return json_pack("{s:s,s:{s:s,s:s,s:o}}", "@type",
				 "messageDocument", "document", "file_name",
				 text_of(post, "name"), "mime_type",
				 text_of(post, "mime"), "document",
				 posted_file_form(file, world));
	if (strcmp(text_of(post, "kind"), "audio") == 0)
		return json_pack("{s:s,s:{s:I,s:s,s:s,s:s,s:s,s:o}}", "@type",
				 "messageAudio", "audio", "duration",
				 int_of(post, "seconds"), "title",
				 text_of(post, "title"), "performer",
				 text_of(post, "performer"), "file_name",
				 text_of(post, "name"), "mime_type",
				 text_of(post, "mime"), "audio",
				 posted_file_form(file, world));
	return json_pack("{s:s,s:{s:s}}", "@type", "messageText", "text",
			 "text", "no sound");
}

static void
message_give(const json_t *request, const json_t *world)
{
	json_int_t chat = int_of(request, "chat_id"),
		   id = int_of(request, "message_id");
	const json_t *post;
	struct file *file;
	char name[64];

	snprintf(name, sizeof name, "%lld/%lld", (long long)chat,
		 (long long)(id >> 20));
	post = json_object_get(json_object_get(world, "posts"), name);
	if (!chat_known(chat)) {
		refuse(request, 400, "Chat not found");
		return;
	}
	if (post == NULL || (id & 0xFFFFF) != 0) {
		refuse(request, 404, "Message not found");
		return;
	}
	file = strcmp(text_of(post, "kind"), "text") == 0 ? NULL :
							     file_get(post);
	answer(request,
	       json_pack("{s:s,s:I,s:I,s:i,s:b,s:o}", "@type", "message",
			 "id", id, "chat_id", chat, "date", 1700000000,
			 "can_be_saved",
			 !json_is_true(json_object_get(post, "protected")),
			 "content", content_form(post, file, world)));
}

/* ---- files ---- */

static struct file *
file_of(const json_t *request)
{
	json_int_t id = int_of(request, "file_id");

	return id < 1 || (size_t)id > file_count ? NULL : &files[id - 1];
}

static void
file_tell(const struct file *file)
{
	push(json_pack("{s:s,s:o}", "@type", "updateFile", "file",
		       file_form(file)));
}

static void
window_take(const json_t *request)
{
	struct file *file = file_of(request);
	char note[128];

	if (file == NULL) {
		refuse(request, 400, "Invalid file identifier");
		return;
	}
	file->from = int_of(request, "offset");
	file->at = file->from;
	file->end = file->from + int_of(request, "limit");
	file->sent = 0;
	file->active = !file->moved;
	snprintf(note, sizeof note, "%s %lld %lld", file->unique,
		 (long long)file->from, (long long)int_of(request, "limit"));
	asked_note("window", note);
	answer(request, file_form(file));
}

static bool
part_copy(struct file *file, json_int_t part)
{
	static char bytes[PART];
	char path[700];
	int from = open(file->source, O_RDONLY | O_CLOEXEC), to;
	ssize_t got;

	file_path(file, path, sizeof path);
	to = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	got = from < 0 ? -1 : pread(from, bytes, PART, part * PART);
	if (got > 0 && to >= 0)
		got = pwrite(to, bytes, (size_t)got, part * PART);
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	return got > 0;
}

static void
file_complete(struct file *file)
{
	char before[700], after[700];

	if (prefix_at(file, 0) < file->size)
		return;
	file_path(file, before, sizeof before);
	file->moved = true;
	file->active = false;
	file_path(file, after, sizeof after);
	rename(before, after);
}

/* One part of what is being fetched. False: nothing is. */
static bool
part_fetch(void)
{
	json_t *world = world_read();
	json_int_t stops = int_of(world, "stops");
	bool stalled = json_is_true(json_object_get(world, "stalled"));
	struct file *file = files;

	json_decref(world);
	while (file < files + file_count && !file->active)
		file++;
	if (file == files + file_count || stalled)
		return false;
	while (file->at < file->end && file->parts[file->at / PART])
		file->at += PART;
	if (file->at < file->end && (stops == 0 || file->sent < stops) &&
	    part_copy(file, file->at / PART)) {
		file->parts[file->at / PART] = true;
		file->at += PART;
		file->sent++;
	} else {
		file->active = false;
	}
	file_complete(file);
	file_tell(file);
	return true;
}

/* ---- requests ---- */

/* Names and posts are what servers are asked for. */
static bool
server_refuses(const json_t *request, const json_t *world)
{
	json_int_t seconds = int_of(world, "flood");
	char message[64];

	if (json_is_true(json_object_get(world, "deaf")))
		return true;
	if (seconds == 0)
		return false;
	snprintf(message, sizeof message, "Too Many Requests: retry after %lld",
		 (long long)seconds);
	refuse(request, 429, message);
	return true;
}

static void
request_take(const json_t *request, const json_t *world)
{
	const char *type = text_of(request, "@type");
	struct file *file;

	if (strcmp(type, "setTdlibParameters") == 0) {
		parameters_take(request);
	} else if (strcmp(type, "searchPublicChat") == 0) {
		asked_note(type, text_of(request, "username"));
		if (!server_refuses(request, world))
			name_resolve(request, world);
	} else if (strcmp(type, "getMessage") == 0) {
		asked_note(type, "");
		if (!server_refuses(request, world))
			message_give(request, world);
	} else if (strcmp(type, "loadChats") == 0) {
		chats_load(request, world);
	} else if (strcmp(type, "downloadFile") == 0) {
		window_take(request);
	} else if (strcmp(type, "cancelDownloadFile") == 0) {
		asked_note(type, "");
		file = file_of(request);
		if (file != NULL)
			file->active = false;
		ok(request);
	} else if (strcmp(type, "getFile") == 0) {
		file = file_of(request);
		answer(request, file_form(file));
	} else if (strcmp(type, "getFileDownloadedPrefixSize") == 0) {
		file = file_of(request);
		answer(request,
		       json_pack("{s:s,s:I}", "@type",
				 "fileDownloadedPrefixSize", "size",
				 prefix_at(file, int_of(request, "offset"))));
	} else if (strcmp(type, "getMe") == 0) {
		answer(request, json_pack("{s:s,s:i,s:s,s:{s:[s]}}", "@type",
					  "user", "id", 7, "first_name", "T",
					  "usernames", "active_usernames",
					  "ogma_tester"));
	} else if (strcmp(type, "logOut") == 0) {
		log_out(request);
	} else if (strcmp(type, "getOption") == 0) {
		answer(request, json_pack("{s:s,s:s}", "@type",
					  "optionValueString", "value",
					  "1.8.65"));
	} else if (strcmp(type, "optimizeStorage") == 0) {
		asked_note(type, "");
		ok(request);
	} else if (strcmp(type, "close") == 0) {
		state_tell("authorizationStateClosing");
		state_tell("authorizationStateClosed");
		closed = true;
	} else if (!sign_in_take(type, request, world)) {
		refuse(request, 400, "Unknown class");
	}
}

/* ---- the five functions ---- */

int
td_create_client_id(void)
{
	return 1;
}

void
td_send(int client_id, const char *request)
{
	json_t *read = json_loads(request, 0, NULL), *world;

	(void)client_id;
	pthread_mutex_lock(&lock);
	if (!begun)
		state_tell("authorizationStateWaitTdlibParameters");
	begun = true;
	world = *database == '\0' ? NULL : world_read();
	if (read != NULL && !closed)
		request_take(read, world);
	pthread_mutex_unlock(&lock);
	json_decref(world);
	json_decref(read);
}

/* Lock held. A file's parts come when there is nothing else. */
static bool
line_wait(const struct timespec *until)
{
	while (first == NULL && (*database == '\0' || !part_fetch())) {
		struct timespec soon;

		clock_gettime(CLOCK_REALTIME, &soon);
		if (soon.tv_sec > until->tv_sec)
			return false;
		soon.tv_nsec += 50000000; /* a stalled world may go on */
		soon.tv_sec += soon.tv_nsec / 1000000000;
		soon.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&more, &lock, &soon);
	}
	return first != NULL;
}

const char *
td_receive(double timeout)
{
	static char *kept;
	struct timespec until;
	struct line *line = NULL;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += (time_t)timeout;
	pthread_mutex_lock(&lock);
	if (line_wait(&until)) {
		line = first;
		first = line->next;
		if (first == NULL)
			last = &first;
	}
	pthread_mutex_unlock(&lock);
	free(kept);
	kept = line == NULL ? NULL : line->text;
	free(line);
	return kept;
}

const char *
td_execute(const char *request)
{
	if (strstr(request, "getOption") != NULL)
		return "{\"@type\":\"optionValueString\",\"value\":\"1.8.65\"}";
	return "{\"@type\":\"ok\"}";
}

void
td_set_log_message_callback(int level, void (*callback)(int, const char *))
{
	(void)level;
	(void)callback;
}
