/* backup_keep.c - the mark on a backup that is being made, what a killed one
 * left, and how many are kept; see backup.h.
 *
 * The mark is a locked file in the backup's folder. Whoever is killed leaves it
 * unlocked, so that the folder is known as garbage. What goes is renamed first,
 * so that no half of it is ever taken for whole. */
#include "service/backup.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "service/backup_private.h"

#define MARK "/.making"
#define REMOVED ".removed-"

enum status
backup_mark(const char *folder, struct arena *arena, int *mark_fd,
	    struct fault *fault)
{
	return file_lock(arena_print(arena, "%s" MARK, folder), mark_fd,
			 fault);
}

void
backup_unmark(const char *folder, struct arena *arena, int mark_fd)
{
	unlink(arena_print(arena, "%s" MARK, folder));
	close(mark_fd);
}

static void
backup_drop(const char *folder, const char *name, struct arena *arena)
{
	const char *path = arena_print(arena, "%s/%s", folder, name);
	const char *gone = arena_print(arena, "%s/" REMOVED "%s", folder, name);

	backup_remove_tree(rename(path, gone) == 0 ? gone : path);
}

enum status
backup_is_cut(const char *folder, struct arena *arena, bool *cut,
		 struct fault *fault)
{
	const char *mark = arena_print(arena, "%s" MARK, folder);
	const char *manifest =
		arena_print(arena, "%s/" BACKUP_MANIFEST, folder);
	enum status status;
	int fd;

	*cut = false;
	if (access(mark, F_OK) != 0)
		return STATUS_OK;
	status = file_lock(mark, &fd, fault);
	if (status != STATUS_OK)
		return status;
	if (access(manifest, F_OK) == 0)
		unlink(mark); /* it was whole by then */
	else
		*cut = true;
	close(fd);
	return STATUS_OK;
}

static void
entry_tidy(const char *folder, const char *name, struct arena *arena)
{
	const char *path = arena_print(arena, "%s/%s", folder, name);
	bool cut = false;

	if (strncmp(name, REMOVED, strlen(REMOVED)) == 0) {
		backup_remove_tree(path);
		return;
	}
	if (strncmp(name, BACKUP_NAME, strlen(BACKUP_NAME)) != 0 ||
	    backup_is_cut(path, arena, &cut, NULL) != STATUS_OK || !cut)
		return;
	backup_drop(folder, name, arena);
	log_info("backup", "a backup that was cut short is removed",
		 LOG_TEXT("name", name));
}

void
backup_tidy(const struct backup_place *place)
{
	const char *folder = place->settings->folder;
	DIR *open = *folder == '\0' ? NULL : opendir(folder);
	struct dirent *entry;
	struct arena arena;

	if (open == NULL)
		return;
	arena_init(&arena);
	while ((entry = readdir(open)) != NULL)
		entry_tidy(folder, entry->d_name, &arena);
	closedir(open);
	arena_release(&arena);
}

enum status
backup_keep_newest(const struct backup_place *place, struct arena *arena,
		   struct backup_info **gone, size_t *count,
		   struct fault *fault)
{
	uint32_t keep = place->settings->keep, whole = 0;
	struct backup_info *list;
	size_t listed;
	enum status status =
		backup_list(place, arena, &list, &listed, fault);

	*gone = list;
	*count = 0;
	if (status != STATUS_OK || keep == 0)
		return status;
	for (size_t i = 0; i < listed; i++) {
		if (!list[i].complete || ++whole <= keep)
			continue;
		backup_drop(place->settings->folder, list[i].name, arena);
		list[(*count)++] = list[i];
	}
	return STATUS_OK;
}
