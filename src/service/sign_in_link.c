/* sign_in_link.c - links that work once; see sign_in.h. */
#include "service/sign_in.h"

#include <string.h>

#include "base/clock.h"
#include "base/password.h"
#include "library/invitations.h"
#include "service/people.h"
#include "service/sign_in_private.h"

#define LINK_MS ((int64_t)LINK_HOURS * 3600000)

static enum status
link_add(struct store_session *session, enum link_purpose purpose,
	 int64_t user_id, const char *public_url, struct arena *arena,
	 const char **link, int64_t *expires_at_ms, struct fault *fault)
{
	const char *code = secret_make(arena, "");
	size_t length = strlen(public_url);
	int64_t until_ms = clock_now_ms() + LINK_MS;
	uint8_t hash[SHA256_BYTES];
	enum status status;

	while (length > 0 && public_url[length - 1] == '/')
		length--;
	secret_hash(span_of(code), hash);
	status = one_time_links_add(session, purpose, user_id, hash, until_ms,
				    fault);
	if (status == STATUS_OK) {
		*link = arena_print(arena, "%.*s/link/%s", (int)length,
				    public_url, code);
		*expires_at_ms = until_ms;
	}
	return status;
}

enum status
link_make_password(struct store_session *session, const char *public_url,
		   int64_t user_id, struct arena *arena, const char **link,
		   int64_t *expires_at_ms, struct fault *fault)
{
	return link_add(session, LINK_PASSWORD, user_id, public_url, arena,
			link, expires_at_ms, fault);
}

struct setup_work {
	const char *public_url;
	struct arena *arena;
	const char *link;
};

static enum status
setup_read(struct store_session *session, void *cookie, struct fault *fault)
{
	return users_count_superadmins(session, cookie, fault);
}

static enum status
setup_write(struct store_session *session, void *cookie, struct fault *fault)
{
	struct setup_work *work = cookie;
	int64_t expires_at_ms;

	return link_add(session, LINK_SETUP, 0, work->public_url, work->arena,
			&work->link, &expires_at_ms, fault);
}

enum status
link_make_setup(struct store *store, const char *public_url,
		struct arena *arena, const char **link, struct fault *fault)
{
	struct setup_work work = { public_url, arena, NULL };
	int64_t superadmins = 0;
	enum status status = store_read(store, setup_read, &superadmins,
					fault);

	if (status == STATUS_OK && superadmins == 0)
		status = store_write(store, setup_write, &work, fault);
	if (status == STATUS_OK)
		*link = work.link;
	return status;
}

/* ---- using one ------------------------------------------------------------ */

struct link_use {
	struct access *access;
	const struct sign_in_client *client;
	const struct sign_up *wanted;
	uint8_t hash[SHA256_BYTES];
	const char *password_hash;
	int64_t user_id; /* whose rights have changed */
	struct arena *arena;
	struct link_info *info;
	struct signed_in *out;
};

static enum status
describe_work(struct store_session *session, void *cookie,
	      struct fault *fault)
{
	struct link_use *use = cookie;
	struct one_time_link link;
	struct user user;
	enum status status =
		one_time_links_find(session, use->hash, &link, fault);

	if (status != STATUS_OK)
		return status;
	*use->info = (struct link_info){ .is_setup = link.purpose ==
						     LINK_SETUP };
	if (link.purpose == LINK_SETUP)
		return STATUS_OK;
	status = users_get(session, link.user_id, use->arena, &user, fault);
	if (status == STATUS_OK)
		use->info->username = user.username;
	return status;
}

enum status
link_describe(struct access *access, const char *code, struct arena *arena,
	      struct link_info *out, struct fault *fault)
{
	struct link_use use = { .access = access, .arena = arena,
				.info = out };

	secret_hash(span_of(code), use.hash);
	return store_read(access->store, describe_work, &use, fault);
}

static enum status
use_note(struct store_session *session, const struct link_use *use,
	 const char *action, struct fault *fault)
{
	const struct audit_actor actor = { use->user_id, use->client->address,
					   use->client->user_agent };

	return people_note(session, &actor, action, use->user_id, fault);
}

/* Of several setups at the same time one makes the superadmin. */
static enum status
setup_use(struct store_session *session, struct link_use *use,
	  struct fault *fault)
{
	struct user_draft draft = { .username = use->wanted->username,
				    .email = use->wanted->email,
				    .full_name = use->wanted->full_name,
				    .role = "superadmin",
				    .password_hash = use->password_hash };
	int64_t superadmins = 0;
	enum status status =
		users_count_superadmins(session, &superadmins, fault);

	if (status == STATUS_OK && superadmins > 0)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "there is a superadmin already");
	if (status == STATUS_OK && draft.username == NULL)
		return fault_field(fault, STATUS_INVALID, "username",
				   "a username is needed");
	if (status == STATUS_OK)
		status = users_add(session, &draft, &use->user_id, fault);
	if (status == STATUS_OK)
		status = use_note(session, use, "create", fault);
	return status;
}

static enum status
password_use(struct store_session *session, struct link_use *use,
	     int64_t user_id, struct fault *fault)
{
	struct user user;
	enum status status = users_set_password(session, user_id,
						use->password_hash, fault);

	use->user_id = user_id;
	if (status == STATUS_OK)
		status = sessions_revoke_all(session, user_id, 0, "password",
					     fault);
	if (status == STATUS_OK)
		status = users_get(session, user_id, use->arena, &user, fault);
	if (status == STATUS_OK &&
	    user_role_of(user.role) >= USER_ROLE_MODERATOR)
		status = use_note(session, use, "update", fault);
	return status;
}

static enum status
use_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct link_use *use = cookie;
	struct one_time_link link;
	enum status status = users_lock(session, fault);

	if (status == STATUS_OK)
		status = one_time_links_find(session, use->hash, &link,
					     fault);
	if (status == STATUS_OK)
		status = one_time_links_spend(session, link.id, fault);
	if (status == STATUS_OK)
		status = link.purpose == LINK_SETUP ?
				 setup_use(session, use, fault) :
				 password_use(session, use, link.user_id,
					      fault);
	if (status == STATUS_OK)
		status = session_start_for(use->access, session, use->client,
					   use->user_id, use->arena, use->out,
					   fault);
	return status;
}

enum status
sign_in_link(struct access *access, const struct sign_in_client *client,
	     const char *code, const struct sign_up *wanted,
	     struct arena *arena, struct signed_in *out, struct fault *fault)
{
	char hash[PASSWORD_HASH_BYTES];
	struct link_info info;
	struct link_use use = { .access = access,
				.client = client,
				.wanted = wanted,
				.password_hash = hash,
				.arena = arena,
				.out = out };
	enum status status = link_describe(access, code, arena, &info, fault);

	if (status == STATUS_OK)
		status = password_hash(wanted->password, hash, fault);
	if (status != STATUS_OK)
		return status;
	secret_hash(span_of(code), use.hash);
	status = store_write(access->store, use_work, &use, fault);
	if (status == STATUS_OK)
		access_forget(access, use.user_id);
	return status;
}
