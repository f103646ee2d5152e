/* train - makes the tables of numbers by which genre and mood are guessed.
 *
 *	train FOLDER OUT	(make train DATA=FOLDER)
 *
 * FOLDER holds
 *	gtzan_features_artist_tempo_key.csv	published features of 1,000 clips
 *		(the set GTZAN) with the group of the artist
 *	deam_features.csv	published features of songs with valence and
 *		arousal as listeners gave them (the set DEAM)
 * They are not part of the sources: neither set says under which licence it may
 * be handed on. OUT gets genre_model.inc, mood_model.inc and sound_model.inc.
 *
 * Genre: multinomial logistic regression, fitted by Nesterov's gradient descent.
 * It is judged on five folds of which none shares an artist with the others.
 * Mood: ridge regression by its normal equations, five folds. Sound: the axes
 * along which the clips of GTZAN differ most (principal components), judged by how
 * often the nearest clips of other artists are of the same genre. The same input
 * gives the same files.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "media/analyse/segment.h"

#define ROWS_MAX 4096
#define COLUMNS_MAX 128
#define LINE_MAX_BYTES 16384
#define GENRES 10
#define FOLDS 5
#define SHUFFLES 3

#define GENRE_INPUTS (2 * FEATURE_COUNT)
#define GENRE_PENALTY 10.0 /* 1 / C */
#define GENRE_STEPS 1000
#define MOOD_PENALTY 1.0
#define MOOD_SAMPLES (45.0 * SEGMENT_RATE_HZ) /* of an excerpt of DEAM */
#define MOOD_EXCERPTS 1744 /* after them come whole songs */
#define INPUTS_MAX GENRE_INPUTS

struct table {
	char *names[COLUMNS_MAX];
	char *cells[ROWS_MAX][COLUMNS_MAX];
	size_t columns, rows;
};

/* Rows of inputs, brought to mean 0 and deviation 1 as the training part is. */
struct set {
	size_t rows, inputs;
	double raw[ROWS_MAX][INPUTS_MAX];
	double x[ROWS_MAX][INPUTS_MAX];
	double mean[INPUTS_MAX], scale[INPUTS_MAX];
	int fold[ROWS_MAX];
};

static unsigned seed = 1;

static unsigned
dice(unsigned sides)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % sides;
}

static void
die(const char *what, const char *about)
{
	fprintf(stderr, "train: %s %s\n", what, about);
	exit(1);
}

/* ---- tables ---- */

static size_t
split(char *line, char **cells)
{
	size_t count = 0;

	line[strcspn(line, "\r\n")] = '\0';
	while (count < COLUMNS_MAX) {
		cells[count++] = mem_copy_text(strsep(&line, ","));
		if (line == NULL)
			break;
	}
	return count;
}

static struct table *
table_read(const char *folder, const char *name)
{
	struct table *table = mem_new(1, sizeof *table);
	char path[4096], line[LINE_MAX_BYTES];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "r");
	if (file == NULL || fgets(line, sizeof line, file) == NULL)
		die("cannot read", path);
	table->columns = split(line, table->names);
	while (table->rows < ROWS_MAX && fgets(line, sizeof line, file)) {
		size_t count = split(line, table->cells[table->rows]);

		if (count != table->columns)
			die("a row has another number of cells in", path);
		table->rows++;
	}
	fclose(file);
	return table;
}

static size_t
column(const struct table *table, const char *name)
{
	for (size_t c = 0; c < table->columns; c++)
		if (strcmp(table->names[c], name) == 0)
			return c;
	die("there is no column", name);
	return 0;
}

static double
number(const struct table *table, size_t row, const char *name)
{
	return strtod(table->cells[row][column(table, name)], NULL);
}

/* ---- sets ---- */

static void
standardise(struct set *set, int without_fold)
{
	for (size_t i = 0; i < set->inputs; i++) {
		double sum = 0, squares = 0, n = 0, mean;

		for (size_t r = 0; r < set->rows; r++) {
			if (set->fold[r] == without_fold)
				continue;
			sum += set->raw[r][i];
			squares += set->raw[r][i] * set->raw[r][i];
			n++;
		}
		mean = sum / n;
		set->mean[i] = mean;
		set->scale[i] = 1 / sqrt(fmax(squares / n - mean * mean,
					      1e-12));
		for (size_t r = 0; r < set->rows; r++)
			set->x[r][i] = (set->raw[r][i] - mean) *
				       set->scale[i];
	}
}

/* ---- genre ---- */

struct genre_model {
	double weights[GENRES][GENRE_INPUTS + 1]; /* the last: bias */
};

static void
probabilities(const struct genre_model *model, const double *x, double *out)
{
	double most = -INFINITY, sum = 0;

	for (int g = 0; g < GENRES; g++) {
		const double *w = model->weights[g];

		out[g] = w[GENRE_INPUTS];
		for (size_t i = 0; i < GENRE_INPUTS; i++)
			out[g] += w[i] * x[i];
		most = fmax(most, out[g]);
	}
	for (int g = 0; g < GENRES; g++)
		sum += out[g] = exp(out[g] - most);
	for (int g = 0; g < GENRES; g++)
		out[g] /= sum;
}

static void
genre_gradient(const struct genre_model *model, const struct set *set,
	       const int *labels, int without_fold, struct genre_model *out)
{
	memset(out, 0, sizeof *out);
	for (size_t r = 0; r < set->rows; r++) {
		double p[GENRES];

		if (set->fold[r] == without_fold)
			continue;
		probabilities(model, set->x[r], p);
		for (int g = 0; g < GENRES; g++) {
			double off = p[g] - (labels[r] == g);

			for (size_t i = 0; i < GENRE_INPUTS; i++)
				out->weights[g][i] += off * set->x[r][i];
			out->weights[g][GENRE_INPUTS] += off;
		}
	}
	for (int g = 0; g < GENRES; g++)
		for (size_t i = 0; i < GENRE_INPUTS; i++)
			out->weights[g][i] +=
				GENRE_PENALTY * model->weights[g][i];
}

static void
genre_fit(const struct set *set, const int *labels, int without_fold,
	  struct genre_model *out)
{
	static struct genre_model at, ahead, slope, before;
	/* no step may be longer than the steepest bend allows */
	double step = 1 / (0.5 * (double)set->rows * 14 + GENRE_PENALTY);

	memset(&at, 0, sizeof at);
	memset(&ahead, 0, sizeof ahead);
	for (int n = 1; n <= GENRE_STEPS; n++) {
		double push = (n - 1.0) / (n + 2.0);

		genre_gradient(&ahead, set, labels, without_fold, &slope);
		before = at;
		for (int g = 0; g < GENRES; g++) {
			for (size_t i = 0; i <= GENRE_INPUTS; i++) {
				double to = ahead.weights[g][i] -
					    step * slope.weights[g][i];

				at.weights[g][i] = to;
				ahead.weights[g][i] =
					to + push * (to -
						     before.weights[g][i]);
			}
		}
	}
	*out = at;
}

struct score {
	double right, seen;	    /* all */
	double kept_right[10], kept[10]; /* by tenths of confidence */
	double class_right[GENRES], class_seen[GENRES];
};

static void
genre_judge(const struct genre_model *model, const struct set *set,
	    const int *labels, int fold, struct score *score)
{
	for (size_t r = 0; r < set->rows; r++) {
		double p[GENRES];
		int best = 0;

		if (set->fold[r] != fold)
			continue;
		probabilities(model, set->x[r], p);
		for (int g = 1; g < GENRES; g++)
			if (p[g] > p[best])
				best = g;
		score->seen++;
		score->right += best == labels[r];
		score->class_seen[labels[r]]++;
		score->class_right[labels[r]] += best == labels[r];
		for (int t = 0; t < 10 && p[best] >= t / 10.0; t++) {
			score->kept[t]++;
			score->kept_right[t] += best == labels[r];
		}
	}
}

/* Gives whole groups to folds, the largest first, always to the fold that has
 * the fewest rows of the group's genre; equal ones by chance. */
static void
folds_by_group(struct set *set, const int *groups, const int *labels)
{
	static size_t counts[ROWS_MAX], load[GENRES][FOLDS];
	static int home[ROWS_MAX], genre[ROWS_MAX];
	size_t left = set->rows;

	memset(counts, 0, sizeof counts);
	memset(load, 0, sizeof load);
	for (size_t r = 0; r < set->rows; r++) {
		counts[groups[r]]++;
		genre[groups[r]] = labels[r];
	}
	while (left > 0) {
		int pick = 0;
		unsigned equals = 1;
		size_t *mine, fold;

		for (int g = 1; g < ROWS_MAX; g++) {
			if (counts[g] > counts[pick])
				equals = 1;
			else if (counts[g] < counts[pick] ||
				 dice(++equals) != 0)
				continue;
			pick = g;
		}
		mine = load[genre[pick]];
		fold = dice(FOLDS);
		for (size_t f = 0; f < FOLDS; f++)
			if (mine[f] < mine[fold])
				fold = f;
		home[pick] = (int)fold;
		mine[fold] += counts[pick];
		left -= counts[pick];
		counts[pick] = 0;
	}
	for (size_t r = 0; r < set->rows; r++)
		set->fold[r] = home[groups[r]];
}

static const struct {
	const char *label, *name;
} genres[GENRES] = {
	{ "blues", "Blues" },	{ "classical", "Classical" },
	{ "country", "Country" }, { "disco", "Disco" },
	{ "hiphop", "Hip-Hop" }, { "jazz", "Jazz" },
	{ "metal", "Metal" },	{ "pop", "Pop" },
	{ "reggae", "Reggae" }, { "rock", "Rock" },
};

/* The names of the columns, in the order of enum feature. */
static void
feature_column(size_t feature, char *out, size_t room)
{
	static const char *const names[] = {
		[FEATURE_CHROMA] = "chroma_stft",
		[FEATURE_RMS] = "rms",
		[FEATURE_CENTROID] = "spectral_centroid",
		[FEATURE_BANDWIDTH] = "spectral_bandwidth",
		[FEATURE_ROLLOFF] = "rolloff",
		[FEATURE_ZERO_CROSSINGS] = "zero_crossing_rate",
	};

	if (feature < FEATURE_MFCC)
		snprintf(out, room, "%s", names[feature]);
	else
		snprintf(out, room, "mfcc%zu", feature - FEATURE_MFCC + 1);
}

static void
genre_row(const struct table *table, size_t row, double *out)
{
	for (size_t f = 0; f < FEATURE_COUNT; f++) {
		char base[64], name[80];

		feature_column(f, base, sizeof base);
		snprintf(name, sizeof name, "%s_mean", base);
		out[2 * f] = number(table, row, name);
		snprintf(name, sizeof name, "%s_var", base);
		out[2 * f + 1] =
			log(fmax(number(table, row, name), 1e-12));
	}
}

static size_t
genre_rows(const struct table *table, struct set *set, int *labels,
	   int *groups)
{
	size_t label = column(table, "label");
	size_t group = column(table, "artist_group");

	set->inputs = GENRE_INPUTS;
	for (size_t r = 0; r < table->rows; r++) {
		const char *cell = table->cells[r][group];
		long number_of = strtol(cell, NULL, 10);

		/* doubles and damaged clips belong to no artist */
		if (cell[0] == '\0' || number_of < 0 || number_of >= ROWS_MAX)
			continue;
		groups[set->rows] = (int)number_of;
		labels[set->rows] = -1;
		for (int g = 0; g < GENRES; g++)
			if (strcmp(table->cells[r][label],
				   genres[g].label) == 0)
				labels[set->rows] = g;
		if (labels[set->rows] < 0)
			die("unknown genre", table->cells[r][label]);
		genre_row(table, r, set->raw[set->rows++]);
	}
	return set->rows;
}

static void
numbers_print(FILE *out, const double *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s%#.7gf,", i % 5 == 0 ? "\n\t" : " ",
			numbers[i]);
	fputs("\n", out);
}

static FILE *
model_create(const char *folder, const char *name, const char *text)
{
	char path[4096];
	FILE *out;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	out = fopen(path, "w");
	if (out == NULL)
		die("cannot write", path);
	fprintf(out, "/* Generated by tools/train.c; make it anew, do not edit.\n"
		     " *\n%s */\n", text);
	return out;
}

static void
array_print(FILE *out, const char *name, const double *numbers, size_t count)
{
	fprintf(out, "static const float %s[%zu] = {", name, count);
	numbers_print(out, numbers, count);
	fputs("};\n", out);
}

static void
genre_write(const char *folder, const struct set *set,
	    const struct genre_model *model, const struct score *score)
{
	char text[1024];
	FILE *out;

	snprintf(text, sizeof text,
		 " * Trained on the published librosa features of %zu clips of "
		 "GTZAN (G. Tzanetakis,\n"
		 " * P. Cook, 2002) without the doubles and damaged clips that "
		 "B. Sturm listed.\n"
		 " * Five folds, no artist in two of them, %d times: %.3f of "
		 "the clips are named rightly.\n",
		 set->rows, SHUFFLES, score->right / score->seen);
	out = model_create(folder, "genre_model.inc", text);
	fprintf(out, "static const char *const genre_names[%d] = {", GENRES);
	for (int g = 0; g < GENRES; g++)
		fprintf(out, "%s\"%s\",", g % 5 == 0 ? "\n\t" : " ",
			genres[g].name);
	fputs("\n};\n", out);
	array_print(out, "genre_mean", set->mean, GENRE_INPUTS);
	array_print(out, "genre_scale", set->scale, GENRE_INPUTS);
	fprintf(out, "/* a row for each genre; its last number is the bias */\n"
		     "static const float genre_weights[%d][%d] = {\n",
		GENRES, GENRE_INPUTS + 1);
	for (int g = 0; g < GENRES; g++) {
		fprintf(out, "{ /* %s */", genres[g].name);
		numbers_print(out, model->weights[g], GENRE_INPUTS + 1);
		fputs("},\n", out);
	}
	fputs("};\n", out);
	fclose(out);
}

static void
genre_tell(const struct set *set, const struct score *score)
{
	printf("genre: %zu clips, five folds without a common artist, %d "
	       "times\n  accuracy %.3f\n", set->rows, SHUFFLES,
	       score->right / score->seen);
	for (int t = 4; t < 9; t++)
		printf("  confidence >= 0.%d: %.2f of the clips at %.3f\n", t,
		       score->kept[t] / score->seen,
		       score->kept_right[t] / score->kept[t]);
	for (int g = 0; g < GENRES; g++)
		printf("  %-9s recall %.2f\n", genres[g].label,
		       score->class_right[g] / score->class_seen[g]);
}

/* ---- sound ---- */

#define AXES 30
#define NEAREST 5

struct axes {
	double vectors[GENRE_INPUTS][GENRE_INPUTS]; /* a row each */
	double values[GENRE_INPUTS];		     /* the largest first */
};

/* One turn in the plane of p and q that makes a[p][q] zero. */
static void
jacobi_turn(double a[GENRE_INPUTS][GENRE_INPUTS],
	    double v[GENRE_INPUTS][GENRE_INPUTS], size_t p, size_t q)
{
	double angle = 0.5 * atan2(2 * a[p][q], a[q][q] - a[p][p]);
	double c = cos(angle), s = sin(angle);

	for (size_t k = 0; k < GENRE_INPUTS; k++) {
		double kp = a[k][p], kq = a[k][q];

		a[k][p] = c * kp - s * kq;
		a[k][q] = s * kp + c * kq;
	}
	for (size_t k = 0; k < GENRE_INPUTS; k++) {
		double pk = a[p][k], qk = a[q][k], vp = v[p][k], vq = v[q][k];

		a[p][k] = c * pk - s * qk;
		a[q][k] = s * pk + c * qk;
		v[p][k] = c * vp - s * vq;
		v[q][k] = s * vp + c * vq;
	}
}

static void
axes_sort(double a[GENRE_INPUTS][GENRE_INPUTS],
	  double v[GENRE_INPUTS][GENRE_INPUTS], struct axes *out)
{
	bool taken[GENRE_INPUTS] = { false };

	for (size_t n = 0; n < GENRE_INPUTS; n++) {
		size_t best = GENRE_INPUTS;
		double sum = 0;

		for (size_t i = 0; i < GENRE_INPUTS; i++)
			if (!taken[i] &&
			    (best == GENRE_INPUTS || a[i][i] > a[best][best]))
				best = i;
		taken[best] = true;
		out->values[n] = a[best][best];
		for (size_t i = 0; i < GENRE_INPUTS; i++)
			sum += v[best][i];
		for (size_t i = 0; i < GENRE_INPUTS; i++)
			out->vectors[n][i] = sum < 0 ? -v[best][i] :
						       v[best][i];
	}
}

/* Principal components of the standardised rows, by Jacobi's method. */
static void
axes_find(const struct set *set, struct axes *out)
{
	static double a[GENRE_INPUTS][GENRE_INPUTS];
	static double v[GENRE_INPUTS][GENRE_INPUTS];

	for (size_t i = 0; i < GENRE_INPUTS; i++) {
		v[i][i] = 1;
		for (size_t k = 0; k < GENRE_INPUTS; k++)
			for (size_t r = 0; r < set->rows; r++)
				a[i][k] += set->x[r][i] * set->x[r][k] /
					   (double)set->rows;
	}
	for (int sweep = 0; sweep < 30; sweep++)
		for (size_t p = 0; p < GENRE_INPUTS; p++)
			for (size_t q = p + 1; q < GENRE_INPUTS; q++)
				jacobi_turn(a, v, p, q);
	axes_sort(a, v, out);
}

/* How often one of the NEAREST clips of other artists has the clip's genre; each
 * axis weighs its deviation to the power of `power` (1: as it is; 0: all the
 * same). */
static double
nearest_judge(const struct set *set, const struct axes *axes, size_t count,
	      double power, const int *labels, const int *groups)
{
	static double at[ROWS_MAX][GENRE_INPUTS];
	double right = 0;

	for (size_t r = 0; r < set->rows; r++)
		for (size_t n = 0; n < count; n++) {
			at[r][n] = 0;
			for (size_t i = 0; i < GENRE_INPUTS; i++)
				at[r][n] += axes->vectors[n][i] * set->x[r][i];
			at[r][n] *= pow(sqrt(axes->values[n]), power - 1);
		}
	for (size_t r = 0; r < set->rows; r++) {
		double best[NEAREST];
		int label[NEAREST] = { 0 };

		for (int k = 0; k < NEAREST; k++)
			best[k] = INFINITY;
		for (size_t o = 0; o < set->rows; o++) {
			double d = 0;
			int k = NEAREST - 1;

			if (groups[o] == groups[r])
				continue;
			for (size_t n = 0; n < count; n++)
				d += (at[r][n] - at[o][n]) *
				     (at[r][n] - at[o][n]);
			if (d >= best[k])
				continue;
			for (; k > 0 && best[k - 1] > d; k--) {
				best[k] = best[k - 1];
				label[k] = label[k - 1];
			}
			best[k] = d;
			label[k] = labels[o];
		}
		for (int k = 0; k < NEAREST; k++)
			right += label[k] == labels[r];
	}
	return right / (double)(NEAREST * set->rows);
}

/* Of the set that genres are learned from, standardised as a whole. */
static void
sound_train(const struct set *set, const int *labels, const int *groups,
	    const char *to)
{
	static struct axes axes;
	double kept = 0, all = 0, found;
	char text[1024];
	FILE *out;

	axes_find(set, &axes);
	for (size_t i = 0; i < GENRE_INPUTS; i++)
		all += axes.values[i];
	for (size_t i = 0; i < AXES; i++)
		kept += axes.values[i];
	for (int p = 0; p <= 4; p++)
		printf("sound: axes weigh as their deviation to the power of "
		       "%.2f: %.3f of the %d nearest share the genre\n",
		       p / 4.0, nearest_judge(set, &axes, AXES, p / 4.0,
					      labels, groups), NEAREST);
	found = nearest_judge(set, &axes, AXES, 1, labels, groups);
	printf("sound: all %d axes: %.3f; %d keep %.3f of the variance\n",
	       GENRE_INPUTS, nearest_judge(set, &axes, GENRE_INPUTS, 1,
					   labels, groups), AXES, kept / all);
	snprintf(text, sizeof text,
		 " * Mean, 1 / deviation and the first %d principal components "
		 "of the published librosa\n"
		 " * features of %zu clips of GTZAN (G. Tzanetakis, P. Cook, "
		 "2002): %.3f of the variance.\n"
		 " * Of the %d nearest clips of other artists %.3f are of the "
		 "same genre (by chance 0.1).\n",
		 AXES, set->rows, kept / all, NEAREST, found);
	out = model_create(to, "sound_model.inc", text);
	array_print(out, "sound_mean", set->mean, GENRE_INPUTS);
	array_print(out, "sound_scale", set->scale, GENRE_INPUTS);
	fprintf(out, "static const float sound_axes[%d][%d] = {\n", AXES,
		GENRE_INPUTS);
	for (size_t n = 0; n < AXES; n++) {
		fprintf(out, "{ /* deviation %.2f */", sqrt(axes.values[n]));
		numbers_print(out, axes.vectors[n], GENRE_INPUTS);
		fputs("},\n", out);
	}
	fputs("};\n", out);
	fclose(out);
}

static void
genre_train(const char *folder, const char *to)
{
	static struct set set;
	static struct genre_model model;
	static int labels[ROWS_MAX], groups[ROWS_MAX];
	struct table *table = table_read(folder, "gtzan_features_artist_"
						 "tempo_key.csv");
	struct score score = { 0 };

	genre_rows(table, &set, labels, groups);
	for (int n = 0; n < SHUFFLES; n++) {
		folds_by_group(&set, groups, labels);
		for (int fold = 0; fold < FOLDS; fold++) {
			standardise(&set, fold);
			genre_fit(&set, labels, fold, &model);
			genre_judge(&model, &set, labels, fold, &score);
		}
	}
	genre_tell(&set, &score);
	standardise(&set, -1);
	genre_fit(&set, labels, -1, &model);
	genre_write(to, &set, &model, &score);
	sound_train(&set, labels, groups, to);
}

/* ---- mood ---- */

static const char *const mood_inputs[] = {
	"energy", "spectral_centroid", "spectral_rolloff",
	"zero_crossing_rate", "chroma_mean_0",
};
#define MOOD_INPUTS ARRAY_LENGTH(mood_inputs)

static const struct {
	const char *column, *name;
} moods[] = { { "valence_mean", "valence" }, { "arousal_mean", "energy" } };

/* Solves a * x = b by Gauss; a is symmetric and positive. */
static void
solve(double a[MOOD_INPUTS][MOOD_INPUTS], double *b, double *x)
{
	for (size_t i = 0; i < MOOD_INPUTS; i++) {
		for (size_t r = i + 1; r < MOOD_INPUTS; r++) {
			double times = a[r][i] / a[i][i];

			for (size_t c = i; c < MOOD_INPUTS; c++)
				a[r][c] -= times * a[i][c];
			b[r] -= times * b[i];
		}
	}
	for (size_t i = MOOD_INPUTS; i-- > 0;) {
		x[i] = b[i];
		for (size_t c = i + 1; c < MOOD_INPUTS; c++)
			x[i] -= a[i][c] * x[c];
		x[i] /= a[i][i];
	}
}

static double
mood_fit(const struct set *set, const double *y, int without_fold, double *w)
{
	double a[MOOD_INPUTS][MOOD_INPUTS] = { 0 }, b[MOOD_INPUTS] = { 0 };
	double mean = 0, n = 0;

	for (size_t r = 0; r < set->rows; r++) {
		if (set->fold[r] == without_fold)
			continue;
		mean += y[r];
		n++;
	}
	mean /= n;
	for (size_t r = 0; r < set->rows; r++) {
		const double *x = set->x[r];

		if (set->fold[r] == without_fold)
			continue;
		for (size_t i = 0; i < MOOD_INPUTS; i++) {
			b[i] += x[i] * (y[r] - mean);
			for (size_t k = 0; k < MOOD_INPUTS; k++)
				a[i][k] += x[i] * x[k];
		}
	}
	for (size_t i = 0; i < MOOD_INPUTS; i++)
		a[i][i] += MOOD_PENALTY;
	solve(a, b, w);
	return mean;
}

static double
mood_guess(const double *x, const double *w, double bias)
{
	for (size_t i = 0; i < MOOD_INPUTS; i++)
		bias += x[i] * w[i];
	return bias;
}

/* The share of the variance that guesses on unseen songs explain. */
static double
mood_judge(struct set *set, const double *y)
{
	double off = 0, all = 0, mean = 0;

	for (size_t r = 0; r < set->rows; r++)
		mean += y[r] / (double)set->rows;
	for (int fold = 0; fold < FOLDS; fold++) {
		double w[MOOD_INPUTS], bias;

		standardise(set, fold);
		bias = mood_fit(set, y, fold, w);
		for (size_t r = 0; r < set->rows; r++) {
			double miss;

			if (set->fold[r] != fold)
				continue;
			miss = y[r] - mood_guess(set->x[r], w, bias);
			off += miss * miss;
			all += (y[r] - mean) * (y[r] - mean);
		}
	}
	return 1 - off / all;
}

static void
mood_rows(const struct table *table, struct set *set,
	  double y[][ROWS_MAX])
{
	set->inputs = MOOD_INPUTS;
	for (size_t r = 0; r < table->rows && r < MOOD_EXCERPTS; r++) {
		double *raw = set->raw[set->rows];

		for (size_t i = 0; i < MOOD_INPUTS; i++)
			raw[i] = number(table, r, mood_inputs[i]);
		raw[0] = log(fmax(raw[0] / MOOD_SAMPLES, 1e-9));
		for (size_t i = 1; i < MOOD_INPUTS; i++)
			raw[i] = log(fmax(raw[i], 1e-4));
		for (size_t m = 0; m < ARRAY_LENGTH(moods); m++) /* 1 to 9 */
			y[m][set->rows] =
				(number(table, r, moods[m].column) - 1) / 8;
		set->fold[set->rows++] = (int)dice(FOLDS);
	}
}

static void
mood_train(const char *folder, const char *to)
{
	static struct set set;
	static double y[ARRAY_LENGTH(moods)][ROWS_MAX];
	struct table *table = table_read(folder, "deam_features.csv");
	double weights[ARRAY_LENGTH(moods)][MOOD_INPUTS], r2[2];
	double bias[ARRAY_LENGTH(moods)];
	char text[1024];
	FILE *out;

	mood_rows(table, &set, y);
	for (size_t m = 0; m < ARRAY_LENGTH(moods); m++) {
		r2[m] = mood_judge(&set, y[m]);
		printf("%s: %zu songs, R2 %.3f\n", moods[m].name, set.rows,
		       r2[m]);
	}
	standardise(&set, -1);
	for (size_t m = 0; m < ARRAY_LENGTH(moods); m++)
		bias[m] = mood_fit(&set, y[m], -1, weights[m]);
	snprintf(text, sizeof text,
		 " * Trained on published features and listeners' averages of "
		 "%zu excerpts of DEAM\n"
		 " * (A. Aljanaki, Y.-H. Yang, M. Soleymani, 2017). Five folds: "
		 "R2 of valence %.3f,\n * of energy (arousal) %.3f.\n",
		 set.rows, r2[0], r2[1]);
	out = model_create(to, "mood_model.inc", text);
	array_print(out, "mood_mean", set.mean, MOOD_INPUTS);
	array_print(out, "mood_scale", set.scale, MOOD_INPUTS);
	for (size_t m = 0; m < ARRAY_LENGTH(moods); m++) {
		fprintf(out, "static const float %s_bias = %#.7gf;\n",
			moods[m].name, bias[m]);
		snprintf(text, sizeof text, "%s_weights", moods[m].name);
		array_print(out, text, weights[m], MOOD_INPUTS);
	}
	fclose(out);
}

int
main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("usage: train FOLDER OUT\n", stderr);
		return 2;
	}
	genre_train(argv[1], argv[2]);
	mood_train(argv[1], argv[2]);
	return 0;
}
