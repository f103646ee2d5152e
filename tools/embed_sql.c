/* embed_sql.c - turns migration files into one C table.
 *
 *	embed_sql OUT.c 0001_catalogue.sql 0002_….sql …
 *
 * The number and the name of a migration are those of its file. The text is
 * written byte by byte, because C compilers need not take long literals. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIGRATIONS_MAX 1000

/* "…/0001_catalogue.sql": number 1, name "catalogue". */
static int
parse_name(const char *path, int expected, char name[128])
{
	const char *file = strrchr(path, '/');
	int number;

	file = file == NULL ? path : file + 1;
	if (sscanf(file, "%4d_%127[a-z0-9_].sql", &number, name) == 2 &&
	    number == expected)
		return 0;
	fprintf(stderr, "%s: expected %04d_name.sql\n", path, expected);
	return 1;
}

static int
write_text(const char *path, int number, FILE *out)
{
	FILE *in = fopen(path, "r");
	int c, column = 0;

	if (in == NULL) {
		perror(path);
		return 1;
	}
	fprintf(out, "static const char sql_%d[] = {", number);
	while ((c = getc(in)) != EOF)
		fprintf(out, "%s%d,", column++ % 16 == 0 ? "\n\t" : " ",
			(signed char)c);
	fputs("\n\t0\n};\n\n", out);
	fclose(in);
	return 0;
}

static int
write_table(int count, char **paths, FILE *out)
{
	char name[128];

	fputs("const struct migration migrations[] = {\n", out);
	for (int i = 0; i < count; i++) {
		if (parse_name(paths[i], i + 1, name) != 0)
			return 1;
		fprintf(out, "\t{ %d, \"%s\", sql_%d },\n", i + 1, name, i + 1);
	}
	fputs("\t{ 0, NULL, NULL },\n};\n", out);
	return 0;
}

int
main(int argc, char **argv)
{
	FILE *out;
	int failed = 0;

	if (argc < 3 || argc > MIGRATIONS_MAX) {
		fputs("usage: embed_sql OUT.c FILE.sql…\n", stderr);
		return 2;
	}
	out = fopen(argv[1], "w");
	if (out == NULL) {
		perror(argv[1]);
		return 1;
	}
	fputs("/* Made by tools/embed_sql of library/migrations/. */\n"
	      "#include \"library/migrations.h\"\n\n",
	      out);
	for (int i = 2; i < argc && failed == 0; i++)
		failed = write_text(argv[i], i - 1, out);
	if (failed == 0)
		failed = write_table(argc - 2, argv + 2, out);
	if (fclose(out) != 0)
		failed = 1;
	return failed;
}
