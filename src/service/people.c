/* people.c - see people.h. */
#include "service/people.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/password.h"
#include "library/audit.h"
#include "library/keys.h"
#include "service/access_private.h"
#include "service/sign_in.h"

#define PREFIX_LETTERS 6

/* ---- the rules ------------------------------------------------------------ */

static enum status
denied(struct fault *fault, const char *why)
{
	return fault_set(fault, STATUS_DENIED, "%s", why);
}

static enum status
may_touch(const struct caller *caller, const struct user *user,
	  struct fault *fault)
{
	if (caller->role == USER_ROLE_SUPERADMIN ||
	    caller->user_id == user->id ||
	    user_role_of(user->role) < caller->role)
		return STATUS_OK;
	return denied(fault, "only a superadmin may do this to somebody of "
			     "that role");
}

static enum status
may_give(const struct caller *caller, const char *role, struct fault *fault)
{
	if (user_role_of(role) <= caller->role)
		return STATUS_OK;
	return denied(fault, "nobody gives a role above their own");
}

enum status
people_keep_superadmin(struct store_session *session, int64_t id,
		       struct fault *fault)
{
	struct arena arena;
	struct user user;
	int64_t count = 0;
	enum status status;

	arena_init(&arena);
	status = users_get(session, id, &arena, &user, fault);
	if (status == STATUS_OK &&
	    strcmp(user.role, "superadmin") == 0 && user_may_sign_in(&user)) {
		status = users_count_superadmins(session, &count, fault);
		if (status == STATUS_OK && count <= 1)
			status = fault_field(fault, STATUS_CONFLICT, "role",
					     "the last superadmin stays one");
	}
	arena_release(&arena);
	return status;
}

/* A change after which somebody is no superadmin who can sign in. */
static bool
takes_superadmin(const struct user_change *change)
{
	return ((change->bits & USER_CHANGE_ROLE) &&
		strcmp(change->role, "superadmin") != 0) ||
	       ((change->bits & USER_CHANGE_STATUS) &&
		strcmp(change->status, "active") != 0) ||
	       ((change->bits & USER_CHANGE_ACTIVE) && !change->is_active);
}

static bool
shuts_out(const struct user_change *change)
{
	return ((change->bits & USER_CHANGE_STATUS) &&
		strcmp(change->status, "active") != 0) ||
	       ((change->bits & USER_CHANGE_ACTIVE) && !change->is_active);
}

/* ---- the audit log -------------------------------------------------------- */

/* Enough to know it again, not to write to: the log outlives the account. */
static void
mask_print(struct json_writer *json, const char *name, const char *text)
{
	const char *at = text;
	char masked[8] = "";
	size_t length;

	if (text == NULL) {
		json_member_null(json, name);
		return;
	}
	length = utf8_write(utf8_next(&at, text + strlen(text)), masked);
	snprintf(masked + length, sizeof masked - length, "…");
	json_member_text(json, name, masked);
}

static void
values_print(struct buffer *out, const struct user *user, unsigned bits)
{
	struct json_writer json;

	buffer_init(out, 0);
	json_writer_init(&json, out);
	json_object_begin(&json);
	if (bits & USER_CHANGE_USERNAME)
		json_member_text(&json, "username", user->username);
	if (bits & USER_CHANGE_EMAIL)
		mask_print(&json, "email", user->email);
	if (bits & USER_CHANGE_FULL_NAME)
		mask_print(&json, "full_name", user->full_name);
	if (bits & USER_CHANGE_ROLE)
		json_member_text(&json, "role", user->role);
	if (bits & USER_CHANGE_STATUS)
		json_member_text(&json, "status", user->status);
	if (bits & USER_CHANGE_ACTIVE)
		json_member_bool(&json, "is_active", user->is_active);
	json_object_end(&json);
}

static enum status
creation_note(struct store_session *session, const struct audit_actor *actor,
	      const struct user *user, struct fault *fault)
{
	struct buffer values;
	enum status status;

	values_print(&values, user,
		     USER_CHANGE_USERNAME | USER_CHANGE_ROLE |
			     USER_CHANGE_STATUS);
	status = audit_write(session, actor, "create", "user", user->id, NULL,
			     values.bytes, fault);
	buffer_release(&values);
	return status;
}

enum status
people_note(struct store_session *session, const struct audit_actor *actor,
	    const char *action, int64_t id, struct fault *fault)
{
	struct arena arena;
	struct user user;
	enum status status;

	if (strcmp(action, "create") != 0)
		return audit_write(session, actor, action, "user", id, NULL,
				   "{\"changed\":[\"sign-in\"]}", fault);
	arena_init(&arena);
	status = users_get(session, id, &arena, &user, fault);
	if (status == STATUS_OK)
		status = creation_note(session, actor, &user, fault);
	arena_release(&arena);
	return status;
}

static enum status
change_note(struct store_session *session, const struct caller *caller,
	    const struct user *before, const struct user *after,
	    unsigned bits, const char *action, struct fault *fault)
{
	struct buffer old_values, new_values;
	enum status status;

	values_print(&old_values, before, bits);
	values_print(&new_values, after, bits);
	status = audit_add(session, caller, action, "user", before->id,
			   old_values.bytes, new_values.bytes, fault);
	buffer_release(&old_values);
	buffer_release(&new_values);
	return status;
}

/* ---- changing ------------------------------------------------------------- */

struct person_work {
	struct access *access;
	const struct caller *caller;
	int64_t id;
	const struct user_change *change;
	const struct user_draft *draft;
	const char *action; /* of the audit log */
	struct arena *arena;
	struct user *out;
	const char **link;
	int64_t *expires_at_ms;
};

static enum status
change_check(struct store_session *session, struct person_work *work,
	     const struct user *before, struct fault *fault)
{
	const struct user_change *change = work->change;
	enum status status = may_touch(work->caller, before, fault);

	if (status == STATUS_OK && (change->bits & USER_CHANGE_ROLE)) {
		if (!user_role_valid(change->role))
			return fault_field(fault, STATUS_INVALID, "role",
					   "that is no role");
		status = may_give(work->caller, change->role, fault);
	}
	if (status == STATUS_OK && takes_superadmin(change))
		status = people_keep_superadmin(session, before->id, fault);
	return status;
}

static enum status
change_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct person_work *work = cookie;
	struct user before;
	enum status status = users_lock(session, fault);

	if (status == STATUS_OK)
		status = users_get(session, work->id, work->arena, &before,
				   fault);
	if (status == STATUS_OK)
		status = change_check(session, work, &before, fault);
	if (status == STATUS_OK)
		status = users_change(session, work->id, work->change, fault);
	if (status == STATUS_OK && shuts_out(work->change))
		status = sessions_revoke_all(session, work->id, 0, "blocked",
					     fault);
	if (status == STATUS_OK)
		status = users_get(session, work->id, work->arena, work->out,
				   fault);
	if (status == STATUS_OK)
		status = change_note(session, work->caller, &before,
				     work->out, work->change->bits,
				     work->action, fault);
	return status;
}

static enum status
person_change(struct access *access, const struct caller *caller, int64_t id,
	      const struct user_change *change, const char *action,
	      struct arena *arena, struct user *out, struct fault *fault)
{
	struct person_work work = { .access = access,
				    .caller = caller,
				    .id = id,
				    .change = change,
				    .action = action,
				    .arena = arena,
				    .out = out };
	enum status status =
		store_write(access->store, change_work, &work, fault);

	access_forget(access, id);
	return status;
}

enum status
people_change(struct access *access, const struct caller *caller, int64_t id,
	      const struct user_change *change, struct arena *arena,
	      struct user *out, struct fault *fault)
{
	return person_change(access, caller, id, change, "update", arena, out,
			     fault);
}

/* ---- adding --------------------------------------------------------------- */

static enum status
add_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct person_work *work = cookie;
	const struct audit_actor actor = { work->caller->user_id,
					   work->caller->address,
					   work->caller->user_agent };
	int64_t expires_at_ms;
	enum status status = may_give(work->caller, work->draft->role, fault);

	if (status == STATUS_OK)
		status = users_add(session, work->draft, &work->id, fault);
	if (status == STATUS_OK)
		status = users_get(session, work->id, work->arena, work->out,
				   fault);
	if (status == STATUS_OK && work->draft->password_hash == NULL)
		status = link_make_password(session,
					    work->access->settings.public_url,
					    work->id, work->arena, work->link,
					    &expires_at_ms, fault);
	if (status == STATUS_OK)
		status = creation_note(session, &actor, work->out, fault);
	return status;
}

enum status
people_add(struct access *access, const struct caller *caller,
	   const struct user_draft *draft, const char *password,
	   struct arena *arena, struct user *out, const char **link,
	   struct fault *fault)
{
	struct user_draft copy = *draft;
	char hash[PASSWORD_HASH_BYTES];
	struct person_work work = { .access = access,
				    .caller = caller,
				    .draft = &copy,
				    .arena = arena,
				    .out = out,
				    .link = link };
	enum status status = STATUS_OK;

	*link = NULL;
	copy.password_hash = NULL;
	if (password != NULL) {
		status = password_hash(password, hash, fault);
		copy.password_hash = hash;
	}
	if (status != STATUS_OK)
		return status;
	return store_write(access->store, add_work, &work, fault);
}

/* ---- removing ------------------------------------------------------------- */

static enum status
remove_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct person_work *work = cookie;
	struct user user;
	struct buffer values;
	enum status status = users_lock(session, fault);

	if (status == STATUS_OK)
		status = users_get(session, work->id, work->arena, &user,
				   fault);
	if (status == STATUS_OK)
		status = may_touch(work->caller, &user, fault);
	if (status == STATUS_OK)
		status = people_keep_superadmin(session, work->id, fault);
	if (status == STATUS_OK)
		status = users_leave(session, work->id, false, fault);
	if (status == STATUS_OK)
		status = sessions_revoke_all(session, work->id, 0, "removed",
					     fault);
	if (status == STATUS_OK)
		status = keys_revoke_all(session, work->id, fault);
	if (status != STATUS_OK)
		return status;
	values_print(&values, &user,
		     USER_CHANGE_USERNAME | USER_CHANGE_ROLE |
			     USER_CHANGE_STATUS);
	status = audit_add(session, work->caller, work->action, "user",
			   work->id, values.bytes, NULL, fault);
	buffer_release(&values);
	return status;
}

static enum status
person_remove(struct access *access, const struct caller *caller, int64_t id,
	      const char *action, struct fault *fault)
{
	struct arena arena;
	struct person_work work = { .access = access,
				    .caller = caller,
				    .id = id,
				    .action = action,
				    .arena = &arena };
	enum status status;

	arena_init(&arena);
	status = store_write(access->store, remove_work, &work, fault);
	arena_release(&arena);
	access_forget(access, id);
	return status;
}

enum status
people_remove(struct access *access, const struct caller *caller, int64_t id,
	      struct fault *fault)
{
	return person_remove(access, caller, id, "delete", fault);
}

/* ---- links, signing out --------------------------------------------------- */

static enum status
touched_user(struct store_session *session, struct person_work *work,
	     struct user *user, struct fault *fault)
{
	enum status status =
		users_get(session, work->id, work->arena, user, fault);

	if (status == STATUS_OK)
		status = may_touch(work->caller, user, fault);
	return status;
}

static enum status
link_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct person_work *work = cookie;
	struct user user;
	enum status status = touched_user(session, work, &user, fault);

	if (status == STATUS_OK)
		status = link_make_password(session,
					    work->access->settings.public_url,
					    work->id, work->arena, work->link,
					    work->expires_at_ms, fault);
	if (status == STATUS_OK)
		status = audit_add(session, work->caller, "create",
				   "one_time_link", work->id, NULL, NULL,
				   fault);
	return status;
}

enum status
people_link(struct access *access, const struct caller *caller, int64_t id,
	    struct arena *arena, const char **link, int64_t *expires_at_ms,
	    struct fault *fault)
{
	struct person_work work = { .access = access,
				    .caller = caller,
				    .id = id,
				    .arena = arena,
				    .link = link,
				    .expires_at_ms = expires_at_ms };

	return store_write(access->store, link_work, &work, fault);
}

static enum status
sign_out_work(struct store_session *session, void *cookie,
	      struct fault *fault)
{
	struct person_work *work = cookie;
	struct user user;
	enum status status = touched_user(session, work, &user, fault);

	if (status == STATUS_OK)
		status = sessions_revoke_all(session, work->id, 0, "admin",
					     fault);
	if (status == STATUS_OK)
		status = audit_add(session, work->caller, "logout", "user",
				   work->id, NULL, NULL, fault);
	return status;
}

enum status
people_sign_out(struct access *access, const struct caller *caller,
		int64_t id, struct fault *fault)
{
	struct arena arena;
	struct person_work work = { .access = access,
				    .caller = caller,
				    .id = id,
				    .arena = &arena };
	enum status status;

	arena_init(&arena);
	status = store_write(access->store, sign_out_work, &work, fault);
	arena_release(&arena);
	access_forget(access, id);
	return status;
}

/* ---- many at once --------------------------------------------------------- */

bool
people_action(const char *action, const char *role, int64_t by,
	      struct user_change *out)
{
	*out = (struct user_change){ .bits = USER_CHANGE_STATUS,
				     .status = "active",
				     .reviewed_by = by };
	if (strcmp(action, "delete") == 0)
		return false;
	if (strcmp(action, "reject") == 0)
		out->status = "rejected";
	if (strcmp(action, "block") == 0)
		out->status = "blocked";
	if (strcmp(action, "activate") == 0) {
		out->bits |= USER_CHANGE_ACTIVE;
		out->is_active = true;
	}
	if (strcmp(action, "role") == 0)
		*out = (struct user_change){ .bits = USER_CHANGE_ROLE,
					     .role = role };
	return true;
}

void
people_bulk(struct access *access, const struct caller *caller,
	    const char *action, const char *role, const int64_t *ids,
	    size_t count, struct people_outcome *out)
{
	struct user_change change;
	bool changes = people_action(action, role, caller->user_id, &change);
	struct arena arena;
	struct user user;

	arena_init(&arena);
	for (size_t i = 0; i < count; i++) {
		struct fault fault = { 0 };

		out[i].id = ids[i];
		out[i].status =
			changes ? person_change(access, caller, ids[i],
						&change, "bulk_update",
						&arena, &user, &fault) :
				  person_remove(access, caller, ids[i],
						"bulk_delete", &fault);
		snprintf(out[i].reason, sizeof out[i].reason, "%.150s",
			 fault.message);
	}
	arena_release(&arena);
}

/* ---- invitations ---------------------------------------------------------- */

struct invite_work {
	const struct caller *caller;
	struct invitation *invitation;
	uint8_t hash[SHA256_BYTES];
	int64_t id;
};

static enum status
invite_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct invite_work *work = cookie;
	struct invitation *invitation = work->invitation;
	struct json_writer json;
	struct buffer values;
	enum status status = may_give(work->caller, invitation->role, fault);

	if (status == STATUS_OK)
		status = invitations_add(session, invitation, work->hash,
					 &invitation->id, fault);
	if (status != STATUS_OK)
		return status;
	buffer_init(&values, 0);
	json_writer_init(&json, &values);
	json_object_begin(&json);
	json_member_text(&json, "role", invitation->role);
	json_member_int(&json, "uses_max", invitation->uses_max);
	json_object_end(&json);
	status = audit_add(session, work->caller, "create", "invitation",
			   invitation->id, NULL, values.bytes, fault);
	buffer_release(&values);
	return status;
}

enum status
people_invite(struct access *access, const struct caller *caller,
	      struct invitation *invitation, struct arena *arena,
	      const char **code, const char **link, struct fault *fault)
{
	const char *url = access->settings.public_url;
	size_t length = strlen(url);
	const char *made = secret_make(arena, "");
	struct invite_work work = { .caller = caller,
				    .invitation = invitation };
	enum status status;

	while (length > 0 && url[length - 1] == '/')
		length--;
	invitation->prefix = arena_copy_bytes(arena, made, PREFIX_LETTERS);
	invitation->created_at_ms = clock_now_ms();
	invitation->created_by = caller->user_id;
	secret_hash(span_of(made), work.hash);
	status = store_write(access->store, invite_work, &work, fault);
	if (status == STATUS_OK) {
		*code = made;
		*link = arena_print(arena, "%.*s/register?invitation=%s",
				    (int)length, url, made);
	}
	return status;
}

static enum status
uninvite_work(struct store_session *session, void *cookie,
	      struct fault *fault)
{
	struct invite_work *work = cookie;
	enum status status = invitations_revoke(session, work->id, fault);

	if (status == STATUS_OK)
		status = audit_add(session, work->caller, "delete",
				   "invitation", work->id, NULL, NULL, fault);
	return status;
}

enum status
people_uninvite(struct access *access, const struct caller *caller,
		int64_t id, struct fault *fault)
{
	struct invite_work work = { .caller = caller, .id = id };

	return store_write(access->store, uninvite_work, &work, fault);
}
