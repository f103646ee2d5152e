/* sign_in_dj.c - DJs' programs; see sign_in.h. */
#include <string.h>

#include "base/log.h"
#include "base/password.h"
#include "service/sign_in_private.h"

#define OLD_NAME "source"

struct dj_attempt {
	int64_t channel_id;
	const char *name, *password; /* what was said, then what was meant */
	struct arena *arena;
	bool found;
	struct dj_row row;
	const char *hash;
};

static const struct dj_row *
row_named(const struct dj_row *rows, size_t count, struct span name)
{
	for (size_t i = 0; i < count; i++) {
		if (span_equal(span_of(rows[i].username), name))
			return &rows[i];
	}
	return NULL;
}

/* Programs that know no names say "source" for every one. */
static const struct dj_row *
row_meant(struct dj_attempt *attempt, const struct dj_row *rows, size_t count)
{
	const struct dj_row *row = row_named(rows, count,
					     span_of(attempt->name));
	const char *colon = strchr(attempt->password, ':');

	if (row != NULL || strcmp(attempt->name, OLD_NAME) != 0)
		return row;
	if (colon != NULL)
		row = row_named(rows, count,
				(struct span){ attempt->password,
					       (size_t)(colon -
							attempt->password) });
	if (row != NULL)
		attempt->password = colon + 1;
	return row == NULL && count == 1 ? &rows[0] : row;
}

static enum status
attempt_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct dj_attempt *attempt = cookie;
	const struct dj_row *row = NULL;
	struct dj_row *rows;
	size_t count = 0;
	enum status status = channel_djs_list(session, attempt->channel_id,
					      attempt->arena, &rows, &count,
					      fault);

	if (status == STATUS_OK)
		row = row_meant(attempt, rows, count);
	attempt->found = row != NULL;
	if (!attempt->found)
		return status;
	attempt->row = *row;
	return channel_djs_password_hash(session, row->id, attempt->arena,
					 &attempt->hash, fault);
}

static bool
attempt_fits(const struct dj_attempt *attempt)
{
	thread_step_back();
	if (attempt->found)
		return password_matches(attempt->password, attempt->hash);
	password_pretend(attempt->password);
	return false;
}

enum status
sign_in_dj(struct access *access, int64_t channel_id, const char *name,
	   const char *password, const char *address, struct arena *arena,
	   struct dj_row *out, uint32_t *retry_after_seconds,
	   struct fault *fault)
{
	struct dj_attempt attempt = { .channel_id = channel_id,
				      .name = name,
				      .password = password,
				      .arena = arena };
	enum status status = store_read(access->store, attempt_read, &attempt,
					fault);
	/* not one of people: their names have no slash */
	const char *account = arena_print(
		arena, "dj/%lld/%s", (long long)channel_id,
		attempt.found ? attempt.row.username : name);

	if (status == STATUS_OK)
		status = guess_begin(access, account, address, false,
				     retry_after_seconds, fault);
	if (status != STATUS_OK)
		return status;
	if (!attempt_fits(&attempt)) {
		guess_failed(access, account);
		log_info("access", "a DJ was refused",
			 LOG_INT("channel_id", channel_id),
			 LOG_TEXT("address", address));
		return fault_field(fault, STATUS_UNAUTHENTICATED, "login",
				   "that name and password do not go "
				   "together");
	}
	guess_was_right(access, account, address);
	*out = attempt.row;
	return STATUS_OK;
}
