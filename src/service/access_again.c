/* access_again.c - what was proved earlier, looked at again; see access.h.
 *
 * Nothing of it is cached: it is asked for now and then, and for many at
 * once. */
#include "base/clock.h"
#include "library/keys.h"
#include "library/sessions.h"
#include "service/access_private.h"

struct look {
	const struct access *access;
	struct standing *standings;
	size_t count;
	struct arena arena;
};

static enum status
session_stands(struct store_session *session, struct look *look,
	       const struct standing *standing, bool *out, struct fault *fault)
{
	int64_t now = clock_now_ms(), life_ms;
	struct sign_in row;
	enum status status = sessions_get(session, standing->session_id,
					  &look->arena, &row, fault);

	*out = false;
	if (status != STATUS_OK)
		return status;
	life_ms = standing->role < USER_ROLE_ADMIN ?
			  0 :
			  (int64_t)look->access->settings.admin_seconds * 1000;
	*out = row.user_id == standing->user_id && row.revoked_at_ms == 0 &&
	       (row.expires_at_ms == 0 || now < row.expires_at_ms) &&
	       (life_ms == 0 || now < row.created_at_ms + life_ms);
	return STATUS_OK;
}

static enum status
key_stands(struct store_session *session, struct look *look,
	   const struct standing *standing, bool *out, struct fault *fault)
{
	struct api_key *keys;
	size_t count;
	enum status status = keys_of_user(session, standing->user_id,
					  &look->arena, &keys, &count, fault);

	*out = false;
	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		*out |= keys[i].id == standing->key_id &&
			(keys[i].expires_at_ms == 0 ||
			 clock_now_ms() < keys[i].expires_at_ms);
	return status;
}

static enum status
look_at(struct store_session *session, struct look *look,
	struct standing *standing, struct fault *fault)
{
	struct user user;
	enum status status = users_get(session, standing->user_id,
				       &look->arena, &user, fault);

	standing->stands = false;
	if (status != STATUS_OK)
		return status;
	standing->role = user_role_of(user.role);
	standing->stands = user_may_sign_in(&user);
	if (standing->stands && standing->session_id != 0)
		status = session_stands(session, look, standing,
					&standing->stands, fault);
	else if (standing->stands && standing->key_id != 0)
		status = key_stands(session, look, standing,
				    &standing->stands, fault);
	return status;
}

static enum status
look_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct look *look = cookie;

	for (size_t i = 0; i < look->count; i++) {
		enum status status = look_at(session, look,
					     &look->standings[i], fault);

		if (status != STATUS_OK && status != STATUS_NOT_FOUND)
			return status;
	}
	return STATUS_OK;
}

enum status
access_look_again(struct access *access, struct standing *standings,
		  size_t count, struct fault *fault)
{
	struct look look = { .access = access, .standings = standings,
			     .count = count };
	enum status status;

	arena_init(&look.arena);
	status = store_read(access->store, look_work, &look, fault);
	arena_release(&look.arena);
	return status;
}
