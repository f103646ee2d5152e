/* edit_private.h - the parts of editing among themselves.
 *
 * edit.c       who may; one change, its audit row
 * edit_many.c  what takes many tracks: hiding, bulk, merging genres
 * edit_look.c  what things are, and what was edited, as JSON for people
 *
 * Floor: 4 (service); private.
 */
#ifndef OGMA_SERVICE_EDIT_PRIVATE_H
#define OGMA_SERVICE_EDIT_PRIVATE_H

#include "library/audit.h"
#include "service/edit.h"

/* The thing as it is, names and not ids. STATUS_NOT_FOUND. */
enum status thing_look(struct store_session *session, enum edit_kind kind,
		       int64_t id, json_t **out, struct fault *fault);

/* Of `thing` what `set` and `reset` are about. */
json_t *thing_pick(const json_t *thing, const json_t *set,
		   const json_t *reset);

/* Writes the audit row of a moderator's change; nothing for others, who act
 * on what is theirs. Takes both values. */
enum status edit_audit(struct store_session *session,
		       const struct caller *caller, const char *action,
		       enum edit_kind kind, int64_t id, json_t *old_values,
		       json_t *new_values, struct fault *fault);

/* The library's edit of that kind. */
enum status thing_edit(struct catalogue *catalogue, enum edit_kind kind,
		       const struct edit_change *change, struct fault *fault);

/* Runs one work on a catalogue of its own. */
enum status edit_write(const struct editor *editor, catalogue_work *work,
		       void *cookie, struct fault *fault);

#endif /* OGMA_SERVICE_EDIT_PRIVATE_H */
