/* sign_in_outsider.c - accounts elsewhere that sign people in here; see
 * sign_in.h. */
#include "service/sign_in.h"

#include <string.h>

#include "base/fold.h"
#include "library/logins.h"
#include "service/sign_in_private.h"

#define NAME_TRIES 20

struct arrival {
	struct access *access;
	const struct sign_in_client *client;
	const struct caller *caller;
	const struct outsider *outsider;
	struct arena *arena;
	struct signed_in *out;
	int64_t user_id; /* whose account was changed */
};

static enum status
link_with(struct store_session *session, struct arrival *arrival,
	  int64_t user_id, struct fault *fault)
{
	const struct outsider *outsider = arrival->outsider;
	const struct user_login login = { .provider = outsider->provider,
					  .subject = outsider->subject,
					  .user_id = user_id,
					  .name = outsider->username };
	enum status status = logins_add(session, &login, fault);

	if (status == STATUS_OK && outsider->telegram_id != 0)
		status = users_set_telegram(session, user_id,
					    outsider->telegram_id, fault);
	return status;
}

/* A name of ours from theirs: what is no letter of a username becomes "_". */
static const char *
name_from(const char *text, const char *fallback, struct arena *arena)
{
	struct buffer out;
	const char *name;

	buffer_init(&out, USER_NAME_MAX_BYTES - 4);
	for (const char *at = text == NULL ? "" : text; *at != '\0'; at++) {
		bool plain = (unsigned char)*at > 0x20 && *at != 0x7f &&
			     strchr("@/\\<>\"", *at) == NULL;

		buffer_add_char(&out, plain ? *at : '_');
	}
	out.length = utf8_cut(out.bytes == NULL ? "" : out.bytes, out.length,
			      USER_NAME_MAX_BYTES - 4);
	name = arena_copy_bytes(arena, out.bytes, out.length);
	buffer_release(&out);
	return *name != '\0' && utf8_valid(name, strlen(name)) ? name :
								 fallback;
}

static enum status
name_is_free(struct store_session *session, const char *name,
	     struct arena *arena, bool *out, struct fault *fault)
{
	int64_t id;
	enum status status = sql_query_int(
		session, "select id from users where username_key = $1",
		SQL_ARGS(sql_text(fold_identity(arena, name))), &id, NULL);

	*out = status == STATUS_NOT_FOUND;
	if (status == STATUS_NOT_FOUND || status == STATUS_OK)
		return STATUS_OK;
	return fault_set(fault, status, "cannot look up a user");
}

/* "anna", else "anna-2" and so on. */
static enum status
free_name(struct store_session *session, const char *wanted,
	  struct arena *arena, const char **out, struct fault *fault)
{
	enum status status = STATUS_OK;
	bool is_free = false;

	*out = wanted;
	for (int i = 2; status == STATUS_OK && i <= NAME_TRIES + 1; i++) {
		status = name_is_free(session, *out, arena, &is_free, fault);
		if (is_free)
			return status;
		*out = arena_print(arena, "%s-%d", wanted, i);
	}
	if (status != STATUS_OK)
		return status;
	return fault_field(fault, STATUS_CONFLICT, "username",
			   "somebody has this username already");
}

static enum status
email_owner(struct store_session *session, struct arrival *arrival,
	    int64_t *user_id, struct fault *fault)
{
	const struct outsider *outsider = arrival->outsider;
	struct user user;
	enum status status;

	*user_id = 0;
	if (outsider->email == NULL || !outsider->email_verified)
		return STATUS_OK;
	status = users_find(session, outsider->email, arrival->arena, &user,
			    fault);
	if (status == STATUS_OK)
		*user_id = user.id;
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status
account_make(struct store_session *session, struct arrival *arrival,
	     const char *email, int64_t *user_id, struct fault *fault)
{
	const struct outsider *outsider = arrival->outsider;
	struct user_draft draft = { .full_name = outsider->full_name,
				    .email = email };
	const char *fallback = arena_print(arrival->arena, "person-%.40s",
					   outsider->subject);
	enum status status = sign_up_terms(arrival->access, session, NULL,
					   arrival->arena, &draft.role,
					   &draft.status, fault);

	if (status == STATUS_DENIED)
		return fault_field(fault, STATUS_NOT_FOUND, "account",
				   "no account here is linked with that one, "
				   "and none may be made");
	if (status == STATUS_OK)
		status = free_name(session,
				   name_from(outsider->username,
					     name_from(fallback, "person",
						       arrival->arena),
					     arrival->arena),
				   arrival->arena, &draft.username, fault);
	if (status == STATUS_OK)
		status = users_add(session, &draft, user_id, fault);
	return status;
}

/* The account of somebody who is not linked yet. */
static enum status
account_for(struct store_session *session, struct arrival *arrival,
	    int64_t *user_id, struct fault *fault)
{
	const struct outsider *outsider = arrival->outsider;
	int64_t owner = 0;
	enum status status = email_owner(session, arrival, &owner, fault);

	if (status != STATUS_OK)
		return status;
	if (owner != 0 && outsider->may_join_email) {
		*user_id = owner;
	} else if (outsider->may_sign_up) {
		/* An e-mail of somebody else's stays theirs. */
		status = account_make(session, arrival,
				      owner == 0 && outsider->email_verified ?
					      outsider->email :
					      NULL,
				      user_id, fault);
	} else {
		return fault_field(fault, STATUS_NOT_FOUND, "account",
				   "no account here is linked with that one");
	}
	if (status == STATUS_OK)
		status = link_with(session, arrival, *user_id, fault);
	return status;
}

/* Who waits for approval has an account but no session; that must not undo the
 * account. */
static enum status
start_or_wait(struct store_session *session, struct arrival *arrival,
	      int64_t user_id, struct fault *fault)
{
	struct user user;
	enum status status = users_get(session, user_id, arrival->arena, &user,
				       fault);

	if (status == STATUS_OK && strcmp(user.status, "pending") == 0) {
		arrival->out->user = user;
		return STATUS_OK;
	}
	if (status == STATUS_OK)
		status = session_start_for(arrival->access, session,
					   arrival->client, user_id,
					   arrival->arena, arrival->out,
					   fault);
	return status;
}

static enum status
arrive_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct arrival *arrival = cookie;
	const struct outsider *outsider = arrival->outsider;
	int64_t user_id = 0;
	enum status status;

	*arrival->out = (struct signed_in){ 0 };
	arrival->user_id = arrival->caller != NULL ?
				   arrival->caller->user_id :
				   0;
	if (arrival->user_id != 0) {
		status = link_with(session, arrival, arrival->user_id, fault);
		user_id = arrival->user_id;
	} else {
		status = logins_find(session, outsider->provider,
				     outsider->subject, &user_id, NULL);
		if (status == STATUS_NOT_FOUND)
			status = account_for(session, arrival, &user_id,
					     fault);
	}
	if (status == STATUS_OK)
		status = start_or_wait(session, arrival, user_id, fault);
	return status;
}

enum status
sign_in_outsider(struct access *access, const struct sign_in_client *client,
		 const struct caller *caller, const struct outsider *outsider,
		 struct arena *arena, struct signed_in *out,
		 struct fault *fault)
{
	struct arrival arrival = { .access = access,
				   .client = client,
				   .caller = caller,
				   .outsider = outsider,
				   .arena = arena,
				   .out = out };
	enum status status =
		store_write(access->store, arrive_work, &arrival, fault);

	if (arrival.user_id != 0)
		access_forget(access, arrival.user_id);
	if (status == STATUS_OK && out->session_id == 0)
		return fault_field(fault, STATUS_DENIED, "pending",
				   "this account waits for approval");
	return status;
}
