/* account_data.h - which rows of the store are about one person: the list from
 * which they are exported and erased.
 *
 * A part that keeps something about people adds a row to the table in
 * account_data.c, or it is missing from both.
 *
 * Floor: 4 (service); private to account.c. Threads: a session's.
 */
#ifndef OGMA_SERVICE_ACCOUNT_DATA_H
#define OGMA_SERVICE_ACCOUNT_DATA_H

#include "base/json.h"
#include "driver/store.h"

/* One member for each part: an array of objects. */
enum status account_data_print(struct store_session *session, int64_t user_id,
			       struct json_writer *json, struct fault *fault);

enum status account_data_remove(struct store_session *session, int64_t user_id,
				struct fault *fault);

#endif /* OGMA_SERVICE_ACCOUNT_DATA_H */
