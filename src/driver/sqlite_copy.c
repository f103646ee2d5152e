/* sqlite_copy.c - see sqlite_copy.h. */
#include "driver/sqlite_copy.h"

#include <sqlite3.h>
#include <string.h>

#include "driver/sqlite_process.h"

#define BUSY_MS 10000

static enum status
open_file(const char *path, int flags, sqlite3 **out, struct fault *fault)
{
	enum status status = STATUS_OK;

	sqlite_process_prepare();
	if (sqlite3_open_v2(path, out, flags | SQLITE_OPEN_NOMUTEX, NULL) !=
	    SQLITE_OK) {
		status = fault_field(fault, STATUS_FAILED, "store",
				     "cannot open %s: %s", path,
				     sqlite3_errmsg(*out));
		sqlite3_close(*out);
		*out = NULL;
		return status;
	}
	sqlite3_busy_timeout(*out, BUSY_MS);
	return STATUS_OK;
}

static enum status
copy_pages(sqlite3 *from, sqlite3 *to, const char *path, struct fault *fault)
{
	sqlite3_backup *backup =
		sqlite3_backup_init(to, "main", from, "main");
	int code = SQLITE_ERROR;

	if (backup != NULL) {
		code = sqlite3_backup_step(backup, -1);
		sqlite3_backup_finish(backup);
	}
	/* A copy of a file in WAL mode says so too; it shall be one file. */
	if (code == SQLITE_DONE)
		code = sqlite3_exec(to, "pragma journal_mode = delete", NULL,
				    NULL, NULL) == SQLITE_OK ?
			       SQLITE_DONE :
			       SQLITE_ERROR;
	if (code == SQLITE_DONE)
		return STATUS_OK;
	return fault_field(fault,
			   code == SQLITE_FULL ? STATUS_FULL : STATUS_FAILED,
			   "store", "cannot copy to %s: %s", path,
			   sqlite3_errmsg(to));
}

enum status
sqlite_copy(const char *from, const char *to, struct fault *fault)
{
	sqlite3 *source = NULL, *target = NULL;
	enum status status =
		open_file(from, SQLITE_OPEN_READWRITE, &source, fault);

	if (status == STATUS_OK)
		status = open_file(to,
				   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
				   &target, fault);
	if (status == STATUS_OK)
		status = copy_pages(source, target, to, fault);
	sqlite3_close(target);
	sqlite3_close(source);
	return status;
}

enum status
sqlite_check(const char *path, struct fault *fault)
{
	sqlite3_stmt *statement = NULL;
	sqlite3 *file = NULL;
	enum status status =
		open_file(path, SQLITE_OPEN_READONLY, &file, fault);
	const char *answer = NULL;

	if (status != STATUS_OK)
		return status;
	if (sqlite3_prepare_v2(file, "pragma quick_check(1)", -1, &statement,
			       NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		answer = (const char *)sqlite3_column_text(statement, 0);
	if (answer == NULL || strcmp(answer, "ok") != 0)
		status = fault_field(fault, STATUS_CORRUPT, "store",
				     "%s is damaged: %s", path,
				     answer != NULL ? answer :
						      sqlite3_errmsg(file));
	sqlite3_finalize(statement);
	sqlite3_close(file);
	return status;
}
