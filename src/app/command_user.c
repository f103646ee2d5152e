/* command_user.c - `ogma user add|list|passwd`: people who may sign in. */
#include "app/command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "app/terminal.h"
#include "base/json.h"
#include "base/password.h"
#include "library/audit.h"
#include "library/sessions.h"
#include "library/users.h"
#include "service/people.h"
#include "service/sign_in.h"

struct user_work {
	struct arena arena;
	struct audit_actor operator;
	char hash[PASSWORD_HASH_BYTES]; /* what draft.password_hash is, or "" */
	struct user_draft draft;
	const char *name;
	const char *url, *link; /* of a link that sets the password */
	int64_t id, after_id;
	struct user *list;
	size_t count;
};

struct password_given {
	const char *clear, *hash; /* NULL: not given */
};

/* As given, else asked for (twice on a terminal, once from a pipe). An empty
 * hash: nobody is there to be asked, so a link is to be made. */
static enum status
password_get(const struct password_given *given,
	     char hash[PASSWORD_HASH_BYTES], struct fault *fault)
{
	char once[PASSWORD_MAX_BYTES + 4], twice[PASSWORD_MAX_BYTES + 4];

	hash[0] = '\0';
	if (given->hash != NULL && !password_hash_known(given->hash))
		return fault_field(fault, STATUS_INVALID, "password",
				   "that is no hash of bcrypt or Argon2id");
	if (given->hash != NULL) {
		snprintf(hash, PASSWORD_HASH_BYTES, "%s", given->hash);
		return STATUS_OK;
	}
	if (given->clear != NULL)
		return password_hash(given->clear, hash, fault);
	if (!terminal_ask("Password", true, once, sizeof once))
		return STATUS_OK;
	if (terminal_is_there() &&
	    (!terminal_ask("Once more", true, twice, sizeof twice) ||
	     strcmp(once, twice) != 0))
		return fault_field(fault, STATUS_INVALID, "password",
				   "the two passwords differ");
	return password_hash(once, hash, fault);
}

static void
user_print(const struct user *user, bool as_json)
{
	struct json_writer json;
	struct buffer line;

	if (!as_json) {
		printf("%lld\t%s\t%s\t%s%s\n", (long long)user->id,
		       user->username, user->role,
		       user->email != NULL ? user->email : "-",
		       user->is_active ? "" : "\t(blocked)");
		return;
	}
	buffer_init(&line, 0);
	json_writer_init(&json, &line);
	json_object_begin(&json);
	json_member_int(&json, "id", user->id);
	json_member_text(&json, "username", user->username);
	json_member_text(&json, "email", user->email);
	json_member_text(&json, "role", user->role);
	json_member_bool(&json, "is_active", user->is_active);
	json_member_time(&json, "created_at", user->created_at_ms);
	json_object_end(&json);
	puts(line.bytes);
	buffer_release(&line);
}

/* Where a browser finds this server, as far as the settings tell. */
static const char *
server_url(const struct settings *settings, struct arena *arena)
{
	if (*settings->access.public_url != '\0')
		return settings->access.public_url;
	return arena_print(arena, "http://localhost:%u", settings->http.port);
}

static enum status
link_work(struct store_session *session, struct user_work *work,
	  struct fault *fault)
{
	int64_t expires_at_ms;

	if (work->draft.password_hash != NULL)
		return STATUS_OK;
	return link_make_password(session, work->url, work->id, &work->arena,
				  &work->link, &expires_at_ms, fault);
}

static enum status
add_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct user_work *work = cookie;
	enum status status =
		users_add(session, &work->draft, &work->id, fault);

	if (status == STATUS_OK)
		status = people_note(session, &work->operator, "create",
				     work->id, fault);
	if (status == STATUS_OK)
		status = link_work(session, work, fault);
	return status;
}

static void
link_print(const struct user_work *work)
{
	if (work->link != NULL)
		printf("a password can be chosen once, within %d hours, at "
		       "%s\n",
		       LINK_HOURS, work->link);
}

static void
outcome_print(const struct user_work *work)
{
	struct json_writer json;
	struct buffer line;

	buffer_init(&line, 0);
	json_writer_init(&json, &line);
	json_object_begin(&json);
	json_member_int(&json, "id", work->id);
	if (work->link != NULL)
		json_member_text(&json, "link", work->link);
	json_object_end(&json);
	puts(line.bytes);
	buffer_release(&line);
}

static enum status
user_add(struct app *app, struct invocation *invocation,
	 struct user_work *work, const struct password_given *password,
	 struct fault *fault)
{
	enum status status = password_get(password, work->hash, fault);

	work->draft.password_hash = *work->hash != '\0' ? work->hash : NULL;
	if (status == STATUS_OK)
		status = store_write(app->store, add_work, work, fault);
	if (status != STATUS_OK)
		return status;
	if (invocation->json) {
		outcome_print(work);
		return STATUS_OK;
	}
	printf("added %s (%s), number %lld\n", work->draft.username,
	       work->draft.role, (long long)work->id);
	link_print(work);
	return STATUS_OK;
}

static enum status
passwd_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct user_work *work = cookie;
	struct user user;
	enum status status = users_find(session, work->name, &work->arena,
					&user, fault);

	if (status != STATUS_OK)
		return status;
	work->id = user.id;
	if (work->draft.password_hash == NULL)
		return link_work(session, work, fault);
	status = users_set_password(session, user.id,
				    work->draft.password_hash, fault);
	/* Whoever had the old one is out. */
	if (status == STATUS_OK)
		status = sessions_revoke_all(session, user.id, 0, "password",
					     fault);
	if (status == STATUS_OK)
		status = people_note(session, &work->operator, "update",
				     user.id, fault);
	return status;
}

static enum status
user_passwd(struct app *app, struct invocation *invocation,
	    struct user_work *work, const struct password_given *password,
	    struct fault *fault)
{
	enum status status = password_get(password, work->hash, fault);

	work->draft.password_hash = *work->hash != '\0' ? work->hash : NULL;
	if (status == STATUS_OK)
		status = store_write(app->store, passwd_work, work, fault);
	if (status != STATUS_OK)
		return status;
	if (invocation->json)
		outcome_print(work);
	else
		link_print(work);
	return STATUS_OK;
}

static enum status
list_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct user_work *work = cookie;

	return users_list(session, work->after_id, 100, &work->arena,
			  &work->list, &work->count, fault);
}

static enum status
user_list(struct app *app, struct invocation *invocation,
	  struct user_work *work, struct fault *fault)
{
	do {
		enum status status =
			store_read(app->store, list_work, work, fault);

		if (status != STATUS_OK)
			return status;
		for (size_t i = 0; i < work->count; i++) {
			user_print(&work->list[i], invocation->json);
			work->after_id = work->list[i].id;
		}
	} while (work->count > 0);
	return STATUS_OK;
}

int
command_user(struct invocation *invocation)
{
	struct user_work work = { .operator = { .user_agent = "ogma user" } };
	struct password_given password;
	const char *word;
	struct fault fault = { 0 };
	enum status status;
	struct app app;

	work.draft.role = invocation_take(invocation, "--role");
	work.draft.email = invocation_take(invocation, "--email");
	work.draft.full_name = invocation_take(invocation, "--full-name");
	password.clear = invocation_take(invocation, "--password");
	password.hash = invocation_take(invocation, "--password-hash");
	if (work.draft.role == NULL)
		work.draft.role = "user";
	if (invocation->count == 0 || invocation_stray(invocation) != NULL ||
	    (password.clear != NULL && password.hash != NULL))
		return EXIT_USAGE;
	word = invocation->arguments[0];
	if (strcmp(word, "list") != 0 && strcmp(word, "add") != 0 &&
	    strcmp(word, "passwd") != 0)
		return EXIT_USAGE;
	if (invocation->count != (strcmp(word, "list") == 0 ? 1 : 2))
		return EXIT_USAGE;
	work.name = work.draft.username =
		invocation->count == 2 ? invocation->arguments[1] : NULL;
	if (app_open(&app, invocation->settings, APP_STORE, &fault) !=
	    STATUS_OK)
		return command_fail(invocation, &fault);
	arena_init(&work.arena);
	work.url = server_url(invocation->settings, &work.arena);
	if (strcmp(word, "add") == 0)
		status = user_add(&app, invocation, &work, &password, &fault);
	else if (strcmp(word, "passwd") == 0)
		status = user_passwd(&app, invocation, &work, &password, &fault);
	else
		status = user_list(&app, invocation, &work, &fault);
	arena_release(&work.arena);
	app_close(&app);
	return status == STATUS_OK ? EXIT_DONE :
				     command_fail(invocation, &fault);
}
