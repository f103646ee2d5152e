/* users_private.h - how a row of users is read.
 *
 * Floor: 3 (library); private to users*.c.
 */
#ifndef OGMA_LIBRARY_USERS_PRIVATE_H
#define OGMA_LIBRARY_USERS_PRIVATE_H

#include "library/users.h"

#define USER_COLUMNS \
	"u.id, u.username, u.email, u.full_name, u.role, u.status, " \
	"u.is_active, case when u.password_hash is null then 0 else 1 end, " \
	"u.telegram_id, u.reviewed_by, u.reviewed_at, u.last_login_at, " \
	"u.created_at, u.updated_at"

/* Of a struct user. */
void user_row_read(struct store_rows *rows, struct arena *arena, void *thing);

#endif /* OGMA_LIBRARY_USERS_PRIVATE_H */
