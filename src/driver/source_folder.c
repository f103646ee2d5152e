/* source_folder.c - a tree of folders on a local or mounted disk; the rules of
 * names and links are in source.h, the watch in source_folder_watch.c.
 *
 * A walk shares a stack of folders among its threads: each takes the newest,
 * lists it, pushes the folders it found and hands the files to the visitor.
 * Newest first keeps the stack short (depth times width of one path). What a
 * folder holds is in memory while it is visited, so memory follows the largest
 * single folder and not the tree; the only thing that grows with the tree is
 * the set of visited folders, 16 bytes each.
 *
 * Linked folders are gathered and entered after the real tree, one after the
 * other in the order of their paths, so that each walk makes the same choice
 * when two links lead to the same place. */
#include "driver/source_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

#define WALKERS_MAX 16
#define OPEN_STEP_BYTES 2048 /* of a path given to the kernel at once */
#define VISITED_FIRST 1024   /* places of the set at the start, power of two */

/* Folders already entered; open addressing, never shrinks. */
struct visited_set {
	struct visited {
		uint64_t device, inode; /* inode 0: free */
	} *places;
	size_t room, count;
};

struct path_list {
	char **paths;
	size_t count, room;
};

struct walk {
	const struct folder_source *source;
	const struct folder_walk_args *args;
	int root_fd;
	char real_root[PATH_MAX];

	pthread_mutex_t lock; /* of all below */
	pthread_cond_t changed;
	struct path_list pending; /* folders to list, newest last */
	struct path_list links;   /* linked folders, for the next round */
	struct visited_set visited;
	uint32_t active; /* walkers that are listing a folder */
	enum status status;
	struct fault fault;
};

struct name_list {
	const char **names; /* of the walker's arena */
	size_t count, room;
};

/* What one walker reuses from folder to folder. */
struct walker {
	struct walk *walk;
	struct arena arena;
	struct source_file *files;
	size_t file_count, file_room;
	struct name_list folders; /* real ones inside */
	struct name_list links;   /* linked ones */
};

/* ---- small parts ---------------------------------------------------------- */

static void
path_list_add(struct path_list *list, char *path)
{
	if (list->count == list->room) {
		list->room = list->room == 0 ? 64 : 2 * list->room;
		list->paths = mem_grow(list->paths, list->room,
				       sizeof *list->paths);
	}
	list->paths[list->count++] = path;
}

static void
path_list_release(struct path_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->paths[i]);
	free(list->paths);
	*list = (struct path_list){ 0 };
}

static size_t
visited_place(const struct visited *places, size_t room, uint64_t device,
	      uint64_t inode)
{
	uint64_t mixed = (inode ^ (device << 32 | device >> 32)) *
			 0x9E3779B97F4A7C15u;
	size_t at = (size_t)(mixed >> 20) & (room - 1);

	while (places[at].inode != 0 &&
	       (places[at].inode != inode || places[at].device != device))
		at = (at + 1) & (room - 1);
	return at;
}

static void
visited_grow(struct visited_set *set)
{
	size_t room = set->room == 0 ? VISITED_FIRST : 2 * set->room;
	struct visited *places = mem_new(room, sizeof *places);

	for (size_t i = 0; i < set->room; i++) {
		const struct visited *old = &set->places[i];

		if (old->inode != 0)
			places[visited_place(places, room, old->device,
					     old->inode)] = *old;
	}
	free(set->places);
	set->places = places;
	set->room = room;
}

/* False when the folder was there already. */
static bool
visited_add(struct visited_set *set, uint64_t device, uint64_t inode)
{
	size_t at;

	if (2 * (set->count + 1) > set->room)
		visited_grow(set);
	at = visited_place(set->places, set->room, device, inode);
	if (set->places[at].inode != 0)
		return false;
	set->places[at] = (struct visited){ device, inode };
	set->count++;
	return true;
}

int
folder_open_below(int root_fd, const char *path, int flags)
{
	char step[OPEN_STEP_BYTES + 1];
	int at = root_fd, fd;

	if (*path == '\0')
		return openat(root_fd, ".", flags | O_CLOEXEC);
	for (;;) {
		size_t length = strlen(path);
		bool last = length <= OPEN_STEP_BYTES;
		int kept;

		for (size_t i = OPEN_STEP_BYTES; !last && i > 0; i--) {
			if (path[i - 1] == '/') {
				length = i - 1;
				break;
			}
		}
		if (length > OPEN_STEP_BYTES) {
			fd = -1;
			errno = ENAMETOOLONG;
		} else {
			memcpy(step, path, length);
			step[length] = '\0';
			fd = openat(at, step,
				    last ? flags | O_CLOEXEC :
					   O_PATH | O_DIRECTORY | O_CLOEXEC);
		}
		kept = errno;
		if (at != root_fd)
			close(at);
		errno = kept;
		if (last || fd < 0)
			return fd;
		at = fd;
		path += length + 1;
	}
}

enum status
folder_root_open(const struct folder_source *source, int *out_fd,
		 struct fault *fault)
{
	int fd = open(source->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) {
		const char *why = errno == EACCES ?
					  "it may not be read" :
					  "is its disk mounted?";

		return fault_field(fault, STATUS_UNAVAILABLE, "source",
				   "the folder %s is not there (%s)",
				   source->root, why);
	}
	*out_fd = fd;
	return STATUS_OK;
}

/* Where an open file really lies; false when the kernel cannot tell. */
static bool
fd_real_path(int fd, char out[PATH_MAX])
{
	char link[64];
	ssize_t length;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	length = readlink(link, out, PATH_MAX - 1);
	if (length <= 0 || length >= PATH_MAX - 1)
		return false;
	out[length] = '\0';
	return true;
}

static void
problem_tell(struct walk *walk, const char *path, const char *reason)
{
	const struct source_visitor *visitor = walk->args->visitor;

	visitor->problem(visitor->cookie, path, reason);
}

static void
problem_tell_errno(struct walk *walk, const char *path, const char *what,
		   int error_number)
{
	char reason[160], text[96];

	snprintf(reason, sizeof reason, "%s: %s", what,
		 strerror_r(error_number, text, sizeof text));
	problem_tell(walk, path, reason);
}

/* ---- one folder ----------------------------------------------------------- */

static const char *
path_join(struct arena *arena, const char *folder, const char *name)
{
	return folder[0] == '\0' ? arena_copy_text(arena, name) :
				   arena_print(arena, "%s/%s", folder, name);
}

static void
file_take(struct walker *walker, const char *name, enum source_kind kind,
	  const struct stat *facts)
{
	if (walker->file_count == walker->file_room) {
		walker->file_room =
			walker->file_room == 0 ? 64 : 2 * walker->file_room;
		walker->files = mem_grow(walker->files, walker->file_room,
					 sizeof *walker->files);
	}
	walker->files[walker->file_count++] = (struct source_file){
		.name = arena_copy_text(&walker->arena, name),
		.kind = kind,
		.size_bytes = (uint64_t)facts->st_size,
		.modified_ns = (int64_t)facts->st_mtim.tv_sec * 1000000000 +
			       facts->st_mtim.tv_nsec,
		.inode = (uint64_t)facts->st_ino,
		.device = (uint64_t)facts->st_dev,
	};
}

static void
name_take(struct walker *walker, struct name_list *list, const char *name)
{
	if (list->count == list->room) {
		list->room = list->room == 0 ? 64 : 2 * list->room;
		list->names = mem_grow(list->names, list->room,
				       sizeof *list->names);
	}
	list->names[list->count++] = arena_copy_text(&walker->arena, name);
}

/* A link that leads out of the root counts as what it points at. */
static void
link_take(struct walker *walker, int folder_fd, const char *folder,
	  const char *name, enum source_kind kind)
{
	struct walk *walk = walker->walk;
	const char *path = path_join(&walker->arena, folder, name);
	char real[PATH_MAX];
	struct stat facts;
	int fd;

	if (!walk->source->links)
		return;
	fd = openat(folder_fd, name, O_PATH | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &facts) != 0) {
		if (kind == SOURCE_AUDIO)
			problem_tell(walk, path,
				     errno == ELOOP ?
					     "a link that leads to itself" :
					     "a link that points nowhere");
		goto out;
	}
	if (!fd_real_path(fd, real) ||
	    source_path_within(real, walk->real_root))
		goto out;
	if (S_ISREG(facts.st_mode) && kind != SOURCE_NOTHING)
		file_take(walker, name, kind, &facts);
	else if (S_ISDIR(facts.st_mode) && !source_folder_ignored(name))
		name_take(walker, &walker->links, name);
out:
	if (fd >= 0)
		close(fd);
}

static void
entry_take(struct walker *walker, int folder_fd, const char *folder,
	   const struct dirent *entry)
{
	enum source_kind kind = source_name_kind(entry->d_name);
	unsigned char type = entry->d_type;
	struct stat facts;

	if (entry->d_name[0] == '.')
		return;
	if (type == DT_UNKNOWN || (type == DT_REG && kind != SOURCE_NOTHING)) {
		if (fstatat(folder_fd, entry->d_name, &facts,
			    AT_SYMLINK_NOFOLLOW) != 0) {
			if (errno != ENOENT && kind == SOURCE_AUDIO)
				problem_tell_errno(
					walker->walk,
					path_join(&walker->arena, folder,
						  entry->d_name),
					"cannot look at the file", errno);
			return;
		}
		type = S_ISREG(facts.st_mode) ? DT_REG :
		       S_ISDIR(facts.st_mode) ? DT_DIR :
		       S_ISLNK(facts.st_mode) ? DT_LNK :
						DT_UNKNOWN;
	}
	if (type == DT_REG && kind != SOURCE_NOTHING)
		file_take(walker, entry->d_name, kind, &facts);
	else if (type == DT_DIR && !source_folder_ignored(entry->d_name))
		name_take(walker, &walker->folders, entry->d_name);
	else if (type == DT_LNK)
		link_take(walker, folder_fd, folder, entry->d_name, kind);
}

/* Reads all entries; takes the descriptor. False when the folder is to be
 * passed over: ignored by its owner, or unreadable (told). */
static bool
folder_list(struct walker *walker, int fd, const char *path)
{
	DIR *folder = fdopendir(fd);
	struct dirent *entry;
	bool good = true;

	if (folder == NULL) {
		problem_tell_errno(walker->walk, path, "cannot read the folder",
				   errno);
		close(fd);
		return false;
	}
	while (good && (errno = 0, entry = readdir(folder)) != NULL) {
		if (source_name_is_ignore_mark(entry->d_name))
			good = false;
		else
			entry_take(walker, fd, path, entry);
	}
	if (good && errno != 0) {
		problem_tell_errno(walker->walk, path, "cannot read the folder",
				   errno);
		good = false;
	}
	closedir(folder);
	return good;
}

static int
file_compare(const void *a, const void *b)
{
	const struct source_file *left = a, *right = b;

	return strcmp(left->name, right->name);
}

static size_t
path_depth(const char *path)
{
	size_t depth = *path != '\0';

	for (; *path != '\0'; path++)
		depth += *path == '/';
	return depth;
}

static void
folders_push(struct walker *walker, const char *path)
{
	struct walk *walk = walker->walk;
	bool too_deep = path_depth(path) >= SOURCE_DEPTH_LIMIT;

	if (!walk->args->deep)
		return;
	for (size_t i = 0; i < walker->folders.count; i++) {
		const char *inner = path_join(&walker->arena, path,
					      walker->folders.names[i]);

		if (too_deep || strlen(inner) >= SOURCE_PATH_LIMIT) {
			problem_tell(walk, inner,
				     "the folder lies too deep in the tree");
			continue;
		}
		pthread_mutex_lock(&walk->lock);
		path_list_add(&walk->pending, mem_copy_text(inner));
		pthread_cond_signal(&walk->changed);
		pthread_mutex_unlock(&walk->lock);
	}
}

/* Linked folders wait for the end of a whole walk; a walk of a part leaves what
 * is known of them as it is. */
static void
links_push(struct walker *walker, const char *path)
{
	struct walk *walk = walker->walk;
	bool whole = walk->args->deep && walk->args->path[0] == '\0';

	for (size_t i = 0; i < walker->links.count; i++) {
		const char *inner = path_join(&walker->arena, path,
					      walker->links.names[i]);

		if (!whole) {
			problem_tell(walk, inner, NULL);
			continue;
		}
		pthread_mutex_lock(&walk->lock);
		path_list_add(&walk->links, mem_copy_text(inner));
		pthread_mutex_unlock(&walk->lock);
	}
}

/* Opens a folder that was not entered before; -1 when there is nothing to
 * do (also after telling of a problem). */
static int
folder_enter(struct walker *walker, const char *path)
{
	struct walk *walk = walker->walk;
	struct stat facts;
	bool fresh;
	int fd;

	fd = folder_open_below(walk->root_fd, path, O_RDONLY | O_DIRECTORY);
	if (fd < 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			problem_tell_errno(walk, path,
					   "cannot open the folder", errno);
		return -1;
	}
	if (fstat(fd, &facts) != 0) {
		close(fd);
		return -1;
	}
	pthread_mutex_lock(&walk->lock);
	fresh = visited_add(&walk->visited, (uint64_t)facts.st_dev,
			    (uint64_t)facts.st_ino);
	pthread_mutex_unlock(&walk->lock);
	if (!fresh) {
		close(fd);
		return -1;
	}
	return fd;
}

static enum status
folder_visit(struct walker *walker, const char *path, struct fault *fault)
{
	const struct folder_walk_args *args = walker->walk->args;
	struct source_folder folder = { .path = path };
	enum status status;
	int fd;

	arena_reset(&walker->arena);
	walker->file_count = walker->folders.count = walker->links.count = 0;
	fd = folder_enter(walker, path);
	if (fd < 0)
		return STATUS_OK;
	if (args->opened != NULL) {
		status = args->opened(args->visitor->cookie, path, fd, fault);
		if (status != STATUS_OK) {
			close(fd);
			return status;
		}
	}
	if (!folder_list(walker, fd, path))
		return STATUS_OK;
	folders_push(walker, path);
	links_push(walker, path);
	if (walker->file_count > 1)
		qsort(walker->files, walker->file_count, sizeof *walker->files,
		      file_compare);
	folder.files = walker->files;
	folder.file_count = walker->file_count;
	return args->visitor->folder(args->visitor->cookie, &folder, fault);
}

/* ---- the walk ------------------------------------------------------------- */

/* Takes folders until none is left and nobody can push more. */
static void *
walker_run(void *cookie)
{
	struct walk *walk = cookie;
	struct walker walker = { .walk = walk };

	arena_init(&walker.arena);
	pthread_mutex_lock(&walk->lock);
	for (;;) {
		struct fault fault = { 0 };
		enum status status;
		char *path;

		while (walk->pending.count == 0 && walk->active > 0 &&
		       walk->status == STATUS_OK)
			pthread_cond_wait(&walk->changed, &walk->lock);
		if (walk->pending.count == 0 || walk->status != STATUS_OK)
			break;
		path = walk->pending.paths[--walk->pending.count];
		walk->active++;
		pthread_mutex_unlock(&walk->lock);

		status = folder_visit(&walker, path, &fault);
		free(path);

		pthread_mutex_lock(&walk->lock);
		walk->active--;
		if (status != STATUS_OK && walk->status == STATUS_OK) {
			walk->status = status;
			walk->fault = fault;
		}
	}
	pthread_cond_broadcast(&walk->changed);
	pthread_mutex_unlock(&walk->lock);
	free(walker.files);
	free(walker.folders.names);
	free(walker.links.names);
	arena_release(&walker.arena);
	return NULL;
}

/* Empties the stack; the caller is one of the walkers. */
static void
round_run(struct walk *walk)
{
	pthread_t threads[WALKERS_MAX];
	uint32_t started = 0;

	while (started + 1 < walk->source->walkers &&
	       pthread_create(&threads[started], NULL, walker_run, walk) == 0)
		started++;
	walker_run(walk);
	for (uint32_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
}

static int
path_pointer_compare(const void *a, const void *b)
{
	return source_path_compare(*(char *const *)a, *(char *const *)b);
}

static void
links_run(struct walk *walk)
{
	while (walk->links.count > 0 && walk->status == STATUS_OK) {
		struct path_list links = walk->links;

		walk->links = (struct path_list){ 0 };
		qsort(links.paths, links.count, sizeof *links.paths,
		      path_pointer_compare);
		for (size_t i = 0; i < links.count; i++) {
			path_list_add(&walk->pending,
				      mem_copy_text(links.paths[i]));
			round_run(walk);
		}
		path_list_release(&links);
	}
}

static bool
folder_marked_ignored(int root_fd, const char *path)
{
	static const char *const marks[] = { ".nomedia", ".ogmaignore" };
	int fd = folder_open_below(root_fd, path, O_PATH | O_DIRECTORY);
	bool found = false;
	struct stat facts;

	for (size_t i = 0; fd >= 0 && i < ARRAY_LENGTH(marks); i++)
		found = found || fstatat(fd, marks[i], &facts,
					 AT_SYMLINK_NOFOLLOW) == 0;
	if (fd >= 0)
		close(fd);
	return found;
}

/* True when a walk of everything would not have come to `path`. */
static bool
start_ignored(const struct walk *walk)
{
	char *above = mem_copy_text(walk->args->path);
	bool ignored = false;
	char *slash;

	while (!ignored && above[0] != '\0') {
		slash = strrchr(above, '/');
		ignored = source_folder_ignored(slash == NULL ? above :
								slash + 1);
		*(slash == NULL ? above : slash) = '\0';
		ignored = ignored ||
			  folder_marked_ignored(walk->root_fd, above);
	}
	free(above);
	return ignored;
}

/* The start of a walk of a part must be there. */
static enum status
start_check(const struct walk *walk, struct fault *fault)
{
	const char *path = walk->args->path;
	int fd;

	if (start_ignored(walk))
		return fault_set(fault, STATUS_NOT_FOUND,
				 "the folder %s is passed over", path);
	fd = folder_open_below(walk->root_fd, path, O_PATH | O_DIRECTORY);
	if (fd >= 0)
		close(fd);
	else if (errno == ENOENT || errno == ENOTDIR)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "there is no folder %s", path);
	return STATUS_OK; /* of other problems the walk will tell */
}

enum status
folder_source_walk(struct folder_source *source,
		   const struct folder_walk_args *args, struct fault *fault)
{
	struct walk *walk = mem_new(1, sizeof *walk);
	enum status status;

	walk->source = source;
	walk->args = args;
	pthread_mutex_init(&walk->lock, NULL);
	pthread_cond_init(&walk->changed, NULL);
	status = folder_root_open(source, &walk->root_fd, fault);
	if (status != STATUS_OK)
		goto out;
	if (!fd_real_path(walk->root_fd, walk->real_root))
		status = fault_set(fault, STATUS_FAILED,
				   "cannot tell where %s really is",
				   source->root);
	if (status == STATUS_OK)
		status = start_check(walk, fault);
	if (status == STATUS_OK) {
		path_list_add(&walk->pending, mem_copy_text(args->path));
		round_run(walk);
		links_run(walk);
		status = walk->status;
		if (status != STATUS_OK && fault != NULL)
			*fault = walk->fault;
	}
	close(walk->root_fd);
out:
	path_list_release(&walk->pending);
	path_list_release(&walk->links);
	free(walk->visited.places);
	pthread_cond_destroy(&walk->changed);
	pthread_mutex_destroy(&walk->lock);
	free(walk);
	return status;
}

/* ---- the driver ----------------------------------------------------------- */

static enum status
folder_source_open(const struct source_args *args, struct source **out,
		   struct fault *fault)
{
	struct folder_source *source;
	size_t length = strlen(args->root);

	if (args->root[0] != '/')
		return fault_field(fault, STATUS_INVALID, "root",
				   "the folder must be given by its whole "
				   "path, not as %s", args->root);
	source = mem_new(1, sizeof *source);
	source->base.driver = &source_driver_folder;
	source->root = mem_copy_text(args->root);
	while (length > 1 && source->root[length - 1] == '/')
		source->root[--length] = '\0';
	source->walkers = args->walkers == 0 ? 2 : args->walkers;
	if (source->walkers > WALKERS_MAX)
		source->walkers = WALKERS_MAX;
	source->watches_max = args->watches_max;
	source->links = args->links;
	*out = &source->base;
	return STATUS_OK;
}

static void
folder_source_close(struct source *base)
{
	struct folder_source *source = folder_source_of(base);

	free(source->root);
	free(source);
}

static enum status
folder_source_check(struct source *base, struct fault *fault)
{
	int fd;
	enum status status =
		folder_root_open(folder_source_of(base), &fd, fault);

	if (status == STATUS_OK)
		close(fd);
	return status;
}

static enum status
folder_source_walk_plain(struct source *base, const char *path, bool deep,
			 const struct source_visitor *visitor,
			 struct fault *fault)
{
	struct folder_walk_args args = { .path = path, .deep = deep,
					 .visitor = visitor };

	return folder_source_walk(folder_source_of(base), &args, fault);
}

/* By one call where it can be: the root is opened to tell which of the two is
 * away, and for paths that are too long. */
static enum status
file_open(const struct folder_source *source, const char *path, int flags,
	  int *out_fd, struct fault *fault)
{
	char whole[PATH_MAX];
	int length = snprintf(whole, sizeof whole, "%s/%s", source->root, path);
	int fd = -1, root_fd, why;
	enum status status;

	if (length > 0 && (size_t)length < sizeof whole)
		fd = open(whole, flags | O_CLOEXEC);
	if (fd < 0) {
		status = folder_root_open(source, &root_fd, fault);
		if (status != STATUS_OK)
			return status;
		fd = folder_open_below(root_fd, path, flags);
		why = errno;
		close(root_fd);
		if (fd < 0)
			return fault_errno(fault, why, "cannot open %s", path);
	}
	*out_fd = fd;
	return STATUS_OK;
}

static enum status
file_open_checked(struct source *base, const char *path, int flags,
		  struct stat *facts, int *out_fd, struct fault *fault)
{
	int fd;
	enum status status =
		file_open(folder_source_of(base), path, flags, &fd, fault);

	if (status != STATUS_OK)
		return status;
	if (fstat(fd, facts) != 0)
		status = fault_errno(fault, errno, "cannot look at %s", path);
	else if (!S_ISREG(facts->st_mode))
		status = fault_set(fault, STATUS_UNSUPPORTED,
				   "%s is not a plain file", path);
	if (status == STATUS_OK)
		*out_fd = fd;
	else
		close(fd);
	return status;
}

static enum status
folder_source_open_file(struct source *base, const char *path, int *out_fd,
			struct fault *fault)
{
	struct stat facts;

	return file_open_checked(base, path, O_RDONLY | O_NONBLOCK | O_NOCTTY,
				 &facts, out_fd, fault);
}

static enum status
folder_source_stat(struct source *base, const char *path,
		   struct source_file *out, struct fault *fault)
{
	const char *slash = strrchr(path, '/');
	enum status status;
	struct stat facts;
	int fd;

	status = file_open_checked(base, path, O_PATH, &facts, &fd, fault);
	if (status != STATUS_OK)
		return status;
	close(fd);
	out->name = slash == NULL ? path : slash + 1;
	out->kind = source_name_kind(out->name);
	out->size_bytes = (uint64_t)facts.st_size;
	out->modified_ns = (int64_t)facts.st_mtim.tv_sec * 1000000000 +
			   facts.st_mtim.tv_nsec;
	out->inode = (uint64_t)facts.st_ino;
	out->device = (uint64_t)facts.st_dev;
	return STATUS_OK;
}

const struct source_driver source_driver_folder = {
	.name = "folder",
	.summary = "a folder of this machine, watched while Ogma serves",
	.open = folder_source_open,
	.close = folder_source_close,
	.check = folder_source_check,
	.walk = folder_source_walk_plain,
	.open_file = folder_source_open_file,
	.stat = folder_source_stat,
	.put_file = folder_put_file,
	.remove_file = folder_remove_file,
	.watch_open = folder_watch_open,
	.watch_wait = folder_watch_wait,
	.watch_wake = folder_watch_wake,
	.watch_close = folder_watch_close,
};
