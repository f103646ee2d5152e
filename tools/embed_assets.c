/* embed_assets.c - turns web/dist into an object file at build time.
 *
 *	embed_assets FOLDER TABLE.c BYTES.S PACKED.bin DEPFILE small|quick
 *
 * Each file is kept plain and, where that is smaller, as gzip and brotli: as
 * small as they come, which takes a quarter of a minute, or quickly. All
 * bytes go into PACKED.bin, which BYTES.S takes in by .incbin; TABLE.c is the
 * sorted table of api/assets.h. A folder that is not there gives an empty
 * table: a server without its web app, for work on the server alone. */
#include <brotli/encode.h>
#include <dirent.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#define FILES_MAX 4000
#define PATH_BYTES 1024

struct file {
	char path[PATH_BYTES]; /* "/assets/x.js" */
	char etag[25];
	size_t offsets[3], sizes[3]; /* plain, gzip, brotli; size 0: none */
};

static struct file files[FILES_MAX];
static size_t file_count;
static FILE *packed, *depfile;
static int gzip_level = 9, brotli_quality = 11;
static size_t packed_bytes;

static void
die(const char *what, const char *path)
{
	fprintf(stderr, "embed_assets: %s %s: %s\n", what, path,
		strerror(errno));
	exit(1);
}

static unsigned char *
whole_file(const char *path, size_t *size)
{
	FILE *in = fopen(path, "rb");
	unsigned char *bytes;
	long length;

	if (in == NULL)
		die("cannot open", path);
	fseek(in, 0, SEEK_END);
	length = ftell(in);
	rewind(in);
	bytes = malloc((size_t)length + 1);
	if (bytes == NULL || fread(bytes, 1, (size_t)length, in) !=
				     (size_t)length)
		die("cannot read", path);
	fclose(in);
	*size = (size_t)length;
	return bytes;
}

static void
pack(struct file *file, int form, const unsigned char *bytes, size_t size)
{
	file->offsets[form] = packed_bytes;
	file->sizes[form] = size;
	if (fwrite(bytes, 1, size, packed) != size)
		die("cannot write", "packed bytes");
	packed_bytes += size;
}

static void
pack_gzip(struct file *file, const unsigned char *bytes, size_t size)
{
	uLong room = compressBound((uLong)size) + 64;
	unsigned char *out = malloc(room);
	z_stream z = { 0 };

	if (out == NULL || deflateInit2(&z, gzip_level, Z_DEFLATED, 15 + 16,
					9, Z_DEFAULT_STRATEGY) != Z_OK)
		die("cannot compress", file->path);
	z.next_in = (unsigned char *)(size_t)bytes;
	z.avail_in = (uInt)size;
	z.next_out = out;
	z.avail_out = (uInt)room;
	if (deflate(&z, Z_FINISH) == Z_STREAM_END &&
	    z.total_out < size - size / 10)
		pack(file, 1, out, z.total_out);
	deflateEnd(&z);
	free(out);
}

static void
pack_brotli(struct file *file, const unsigned char *bytes, size_t size)
{
	size_t room = BrotliEncoderMaxCompressedSize(size) + 64;
	unsigned char *out = malloc(room);

	if (out != NULL &&
	    BrotliEncoderCompress(brotli_quality, 22, BROTLI_MODE_TEXT, size,
				  bytes, &room, out) &&
	    room < size - size / 10)
		pack(file, 2, out, room);
	free(out);
}

static void
add_file(const char *disk_path, const char *path)
{
	struct file *file = &files[file_count++];
	unsigned char digest[EVP_MAX_MD_SIZE], *bytes;
	size_t size;

	if (file_count == FILES_MAX) {
		fputs("embed_assets: too many files\n", stderr);
		exit(1);
	}
	bytes = whole_file(disk_path, &size);
	snprintf(file->path, sizeof file->path, "%s", path);
	EVP_Digest(bytes, size, digest, NULL, EVP_sha256(), NULL);
	for (int i = 0; i < 12; i++)
		snprintf(file->etag + 2 * i, 3, "%02x", digest[i]);
	pack(file, 0, bytes, size);
	if (size > 512) {
		pack_gzip(file, bytes, size);
		pack_brotli(file, bytes, size);
	}
	free(bytes);
}

static void
add_folder(const char *disk_path, const char *path)
{
	DIR *folder = opendir(disk_path);
	struct dirent *entry;

	if (folder == NULL)
		return;
	fprintf(depfile, " \\\n %s", disk_path);
	while ((entry = readdir(folder)) != NULL) {
		char below[2 * PATH_BYTES], name[PATH_BYTES];
		struct stat facts;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(below, sizeof below, "%s/%s", disk_path,
			 entry->d_name);
		snprintf(name, sizeof name, "%.500s/%.500s", path,
			 entry->d_name);
		if (stat(below, &facts) != 0)
			die("cannot stat", below);
		if (S_ISDIR(facts.st_mode)) {
			add_folder(below, name);
		} else {
			fprintf(depfile, " \\\n %s", below);
			add_file(below, name);
		}
	}
	closedir(folder);
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->path,
		      ((const struct file *)b)->path);
}

static const char *
content_type(const char *path)
{
	static const char *const types[][2] = {
		{ ".html", "text/html; charset=utf-8" },
		{ ".js", "text/javascript; charset=utf-8" },
		{ ".css", "text/css; charset=utf-8" },
		{ ".json", "application/json" },
		{ ".map", "application/json" },
		{ ".webmanifest", "application/manifest+json" },
		{ ".svg", "image/svg+xml" },
		{ ".png", "image/png" },
		{ ".jpg", "image/jpeg" },
		{ ".webp", "image/webp" },
		{ ".ico", "image/x-icon" },
		{ ".woff2", "font/woff2" },
		{ ".woff", "font/woff" },
		{ ".txt", "text/plain; charset=utf-8" },
	};
	const char *dot = strrchr(path, '.');

	for (size_t i = 0; dot != NULL && i < sizeof types / sizeof *types;
	     i++) {
		if (strcmp(dot, types[i][0]) == 0)
			return types[i][1];
	}
	return "application/octet-stream";
}

static void
print_form(FILE *out, const struct file *file, int form)
{
	if (file->sizes[form] > 0 || form == 0)
		fprintf(out, " packed_assets + %zu,", file->offsets[form]);
	else
		fputs(" 0,", out);
}

static void
print_table(const char *path)
{
	FILE *out = fopen(path, "w");

	if (out == NULL)
		die("cannot write", path);
	fputs("/* Made by tools/embed_assets from web/dist. */\n"
	      "#include \"api/assets.h\"\n\n"
	      "extern const unsigned char packed_assets[];\n\n"
	      "const struct asset assets[] = {\n", out);
	for (size_t i = 0; i < file_count; i++) {
		const struct file *file = &files[i];

		fprintf(out, "\t{ \"%s\", \"%s\", \"%s\",", file->path,
			content_type(file->path), file->etag);
		for (int form = 0; form < 3; form++)
			print_form(out, file, form);
		fprintf(out, " %zu, %zu, %zu },\n", file->sizes[0],
			file->sizes[1], file->sizes[2]);
	}
	if (file_count == 0)
		fputs("\t{ 0 },\n", out);
	fprintf(out, "};\n\nconst uint32_t assets_count = %zu;\n", file_count);
	if (fclose(out) != 0)
		die("cannot write", path);
}

static void
print_assembly(const char *path, const char *packed_path)
{
	FILE *out = fopen(path, "w");

	if (out == NULL)
		die("cannot write", path);
	fprintf(out,
		"\t.section .rodata\n\t.balign 16\n\t.globl packed_assets\n"
		"packed_assets:\n\t.incbin \"%s\"\n\t.byte 0\n"
		"\t.section .note.GNU-stack,\"\",%%progbits\n",
		packed_path);
	if (fclose(out) != 0)
		die("cannot write", path);
}

int
main(int argc, char **argv)
{
	bool quick = argc == 7 && strcmp(argv[6], "quick") == 0;

	if (argc != 7 || (!quick && strcmp(argv[6], "small") != 0)) {
		fputs("usage: embed_assets FOLDER TABLE.c BYTES.S PACKED.bin "
		      "DEPFILE small|quick\n", stderr);
		return 2;
	}
	if (quick) {
		gzip_level = 1;
		brotli_quality = 2;
	}
	packed = fopen(argv[4], "wb");
	depfile = fopen(argv[5], "w");
	if (packed == NULL || depfile == NULL)
		die("cannot write", argv[4]);
	/* The folder above tells when this one comes or goes. */
	fprintf(depfile, "%s: \\\n %s/..", argv[2], argv[1]);
	add_folder(argv[1], "");
	fputc('\n', depfile);
	qsort(files, file_count, sizeof *files, by_path);
	print_table(argv[2]);
	print_assembly(argv[3], argv[4]);
	return fclose(packed) == 0 && fclose(depfile) == 0 ? 0 : 1;
}
