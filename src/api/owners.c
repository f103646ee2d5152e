/* owners.c - whose artists are whose, and what only they and moderators see. */
#include "api/handlers.h"

#include "api/api.h"
#include "api/forms.h"
#include "service/edit.h"

#define OWNED_ARTISTS_MAX 1000

/* ---- the owners of an artist ---------------------------------------------------- */

struct owners_work {
	struct call *call;
	int64_t id;
	bool check; /* with the owners, for those who may see them */
	struct artist *artist;
	struct user *owners;
	size_t count;
};

static enum status
owners_read(struct store_session *session, struct owners_work *work,
	    struct fault *fault)
{
	struct arena *arena = work->call->arena;
	int64_t *ids = NULL;
	size_t count = 0;
	enum status status = ownership_of_artist(session, work->id, arena,
						 &ids, &count, fault);

	work->owners = arena_new(arena, struct user, count);
	work->count = 0;
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		status = users_get(session, ids[i], arena,
				   &work->owners[work->count], fault);
		if (status == STATUS_OK)
			work->count++;
		else if (status == STATUS_NOT_FOUND)
			status = STATUS_OK; /* has left */
	}
	return status;
}

static enum status
owners_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct owners_work *work = cookie;
	size_t count = 0;
	enum status status = artists_get_any(session, &work->id, 1,
					     work->call->arena, &work->artist,
					     &count, fault);

	if (status == STATUS_OK && count == 0)
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "there is no artist %lld",
				   (long long)work->id);
	if (status != STATUS_OK || !work->check)
		return status;
	status = edit_allowed(session, &work->call->caller, EDIT_ARTIST,
			      work->id, fault);
	return status == STATUS_OK ? owners_read(session, work, fault) :
				     status;
}

static void
owner_form(struct json_writer *json, const struct user *user)
{
	json_object_begin(json);
	json_member_int(json, "id", user->id);
	json_member_text(json, "username", user->username);
	json_member_text(json, "full_name", user->full_name);
	json_object_end(json);
}

static void
owners_answer(struct call *call)
{
	struct owners_work work = { .call = call,
				    .id = call_int(call, "id"),
				    .check = true };
	struct page_answer answer;

	if (!call_read_store(call, owners_work, &work))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.count; i++)
		owner_form(&answer.json, &work.owners[i]);
	page_end_whole(&answer, call, work.count);
}

void
handle_artist_owners(struct call *call)
{
	owners_answer(call);
}

static bool
owner_set(struct call *call, bool owns)
{
	struct fault fault = { 0 };
	enum status status = edit_owner(&call->api->args.editor, &call->caller,
					call_int(call, "id"),
					call_int(call, "user_id"), owns,
					&fault);

	if (status != STATUS_OK)
		call_answer_fault(call, &fault);
	return status == STATUS_OK;
}

void
handle_artist_owner_put(struct call *call)
{
	if (owner_set(call, true))
		owners_answer(call);
}

void
handle_artist_owner_delete(struct call *call)
{
	if (owner_set(call, false))
		call_answer_empty(call, 204);
}

/* ---- one artist, with what the asker may see ---------------------------------------- */

struct profile_work {
	struct owners_work owners;
	const char *bio;
	bool may_edit;
};

/* An artist whom nobody sees yet is there for those who may edit. */
static enum status
profile_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct profile_work *work = cookie;
	struct fault denied;
	enum status status = owners_work(session, &work->owners, fault);

	if (status != STATUS_OK)
		return status;
	work->may_edit = edit_allowed(session, &work->owners.call->caller,
				      EDIT_ARTIST, work->owners.id,
				      &denied) == STATUS_OK;
	if (work->may_edit)
		status = owners_read(session, &work->owners, fault);
	else if (work->owners.artist->track_count +
			 work->owners.artist->album_count ==
		 0)
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "there is no artist %lld",
				   (long long)work->owners.id);
	if (status != STATUS_OK)
		return status;
	return artist_bio(session, work->owners.id, work->owners.call->arena,
			  &work->bio, fault);
}

void
handle_artist_get(struct call *call)
{
	struct profile_work work = {
		.owners = { .call = call, .id = call_int(call, "id") },
	};
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, profile_work, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	form_artist(&json, work.owners.artist, true);
	json_member_text(&json, "bio", work.bio);
	if (work.may_edit) {
		json_member_array_begin(&json, "owners");
		for (size_t i = 0; i < work.owners.count; i++)
			owner_form(&json, &work.owners.owners[i]);
		json_array_end(&json);
	} else {
		json_member_null(&json, "owners");
	}
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}

/* ---- the artists of a person ---------------------------------------------------------- */

struct owned_work {
	struct call *call;
	struct artist *artists;
	const char **bios;
	size_t count;
};

static enum status
owned_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct owned_work *work = cookie;
	struct arena *arena = work->call->arena;
	int64_t *ids = NULL;
	size_t count = 0;
	enum status status = ownership_artists(session,
					       call_int(work->call, "id"),
					       arena, &ids, &count, fault);

	if (count > OWNED_ARTISTS_MAX)
		count = OWNED_ARTISTS_MAX;
	if (status == STATUS_OK)
		status = artists_get_any(session, ids, count, arena,
					 &work->artists, &work->count, fault);
	work->bios = arena_new(arena, const char *, count);
	for (size_t i = 0; status == STATUS_OK && i < work->count; i++)
		status = artist_bio(session, work->artists[i].id, arena,
				    &work->bios[i], fault);
	return status;
}

void
handle_artists_by_user(struct call *call)
{
	struct owned_work work = { .call = call };
	struct page_answer answer;

	if (!call_may_touch(call, call_int(call, "id")) ||
	    !call_read_store(call, owned_work, &work))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.count; i++) {
		form_artist(&answer.json, &work.artists[i], true);
		json_member_text(&answer.json, "bio", work.bios[i]);
		json_member_null(&answer.json, "owners");
		json_object_end(&answer.json);
	}
	page_end_whole(&answer, call, work.count);
}
