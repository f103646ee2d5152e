/* source_rules.c - which names count in a source; see source.h. */
#include "driver/source.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include <unicode/ucnv.h>

static const struct source_driver *const source_drivers[] = {
	&source_driver_folder,
	&source_driver_memory,
	&source_driver_s3,
};

static const char *const audio_endings[] = {
	"mp3",	"flac", "m4a", "m4b", "ogg", "oga", "opus", "aac",
	"wav",	"wave", "aif", "aiff", "aifc", "wma", "ape", "wv",
	"dsf",	"dff",	"mpc", "tta", "mka", "alac", "mp2", "spx",
};

static const char *const picture_endings[] = { "jpg", "jpeg", "png", "webp" };

/* What NAS systems, desktops and archives keep for themselves. */
static const char *const ignored_folders[] = {
	"@eaDir",	 "#recycle", "#snapshot",
	"@Recycle",	 "@Recently-Snapshot",
	"@tmp",		 "$RECYCLE.BIN",
	"RECYCLER",	 "System Volume Information",
	"lost+found",	 "__MACOSX",
	"$Trash",
};

static const char *const ignore_marks[] = { ".nomedia", ".ogmaignore" };

const struct source_driver *
source_driver_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(source_drivers); i++) {
		if (strcmp(source_drivers[i]->name, name) == 0)
			return source_drivers[i];
	}
	return NULL;
}

void
source_driver_check(const struct source_driver *driver)
{
	assert(driver->name != NULL && driver->summary != NULL);
	assert(driver->open != NULL && driver->close != NULL);
	assert(driver->check != NULL && driver->walk != NULL);
	assert(driver->open_file != NULL && driver->stat != NULL);
	assert((driver->put_file == NULL) == (driver->remove_file == NULL));
	assert((driver->watch_open == NULL) == (driver->watch_wait == NULL));
	assert((driver->watch_open == NULL) == (driver->watch_wake == NULL));
	assert((driver->watch_open == NULL) == (driver->watch_close == NULL));
	(void)driver;
}

/* SIZE_MAX when the ending is not in the list. */
static size_t
ending_find(const char *const *endings, size_t count, const char *name)
{
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot != NULL && i < count; i++) {
		if (strcasecmp(dot + 1, endings[i]) == 0)
			return i;
	}
	return SIZE_MAX;
}

uint32_t
source_picture_rank(const char *name)
{
	static const char *const stems[] = { "cover", "front", "folder",
					     "albumart", "albumart*" };
	size_t ending = ending_find(picture_endings,
				    ARRAY_LENGTH(picture_endings), name);
	const char *dot = strrchr(name, '.');
	size_t length = dot == NULL ? 0 : (size_t)(dot - name);
	size_t rank = SIZE_MAX;

	if (ending == SIZE_MAX)
		return UINT32_MAX;
	for (size_t i = 0; i < 4 && rank == SIZE_MAX; i++) {
		if (strlen(stems[i]) == length &&
		    strncasecmp(name, stems[i], length) == 0)
			rank = i;
	}
	/* Media players write AlbumArt_{…}_Large.jpg and …_Small.jpg. */
	if (rank == SIZE_MAX && strncasecmp(name, "albumart", 8) == 0)
		rank = strcasestr(name, "small") != NULL ? 5 : 4;
	if (rank == SIZE_MAX)
		return UINT32_MAX;
	return (uint32_t)(rank * ARRAY_LENGTH(picture_endings) + ending);
}

enum source_kind
source_name_kind(const char *name)
{
	const char *dot = strrchr(name, '.');

	if (name[0] == '.' || dot == NULL)
		return SOURCE_NOTHING;
	if (ending_find(audio_endings, ARRAY_LENGTH(audio_endings), name) !=
	    SIZE_MAX)
		return SOURCE_AUDIO;
	if (strcasecmp(dot, ".lrc") == 0)
		return SOURCE_LYRICS;
	return source_picture_rank(name) != UINT32_MAX ? SOURCE_PICTURE :
							 SOURCE_NOTHING;
}

static bool
name_in(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

bool
source_folder_ignored(const char *name)
{
	return name[0] == '.' ||
	       name_in(ignored_folders, ARRAY_LENGTH(ignored_folders), name);
}

bool
source_name_is_ignore_mark(const char *name)
{
	return name[0] == '.' &&
	       name_in(ignore_marks, ARRAY_LENGTH(ignore_marks), name);
}

/* Windows-1251 is what old Russian archives and disks hold. Taken only when
 * every byte has a letter there: the rest of the high half is symbols that
 * names rarely have. */
static bool
looks_cyrillic(const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte >= 0x80 && byte < 0xC0 && byte != 0xA8 &&
		    byte != 0xB8 && byte != 0xAB && byte != 0xBB &&
		    byte != 0xB9 && byte != 0x96 && byte != 0x97)
			return false;
	}
	return true;
}

static const char *
text_convert(struct arena *arena, const char *text, const char *charset)
{
	UErrorCode error = U_ZERO_ERROR;
	int32_t room = (int32_t)strlen(text) * 3 + 1;
	char *out = arena_alloc(arena, (size_t)room);

	ucnv_convert("UTF-8", charset, out, room, text, -1, &error);
	return U_FAILURE(error) ? NULL : out;
}

const char *
source_name_display(struct arena *arena, const char *path)
{
	const char *text = NULL;

	if (utf8_valid(path, strlen(path)))
		return arena_copy_text(arena, path);
	if (looks_cyrillic(path))
		text = text_convert(arena, path, "windows-1251");
	if (text == NULL)
		text = text_convert(arena, path, "UTF-8");
	return text != NULL ? text : "?";
}

int
source_path_compare(const char *a, const char *b)
{
	while (*a == *b && *a != '\0') {
		a++;
		b++;
	}
	if (*a == *b)
		return 0;
	if (*a == '\0' || *b == '\0')
		return *a == '\0' ? -1 : 1;
	if (*a == '/' || *b == '/')
		return *a == '/' ? -1 : 1;
	return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
}

bool
source_path_within(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	return length == 0 || (strncmp(path, folder, length) == 0 &&
			       (path[length] == '\0' || path[length] == '/'));
}

static bool
part_writable(const char *part, size_t length)
{
	char name[256];

	if (length == 0 || length >= sizeof name || !utf8_valid(part, length))
		return false;
	memcpy(name, part, length);
	name[length] = '\0';
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)name[i] < ' ' || name[i] == 0x7F ||
		    name[i] == '\\')
			return false;
	}
	return !source_folder_ignored(name);
}

enum status
source_path_check(const char *path, struct fault *fault)
{
	size_t depth = 0;
	bool last, good = strlen(path) < SOURCE_PATH_LIMIT;

	do {
		size_t length = strcspn(path, "/");

		last = path[length] == '\0';
		good = good && ++depth <= SOURCE_DEPTH_LIMIT &&
		       part_writable(path, length);
		path += length + 1;
	} while (!last && good);
	return good ? STATUS_OK :
		      fault_field(fault, STATUS_INVALID, "path",
				  "no file can be put there");
}
