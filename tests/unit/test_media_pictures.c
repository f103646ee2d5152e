/* test_media_pictures.c - thumbnails: sizes, turns, colours, bombs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <png.h>
#include <stdio.h>
#include <turbojpeg.h>
#include <webp/decode.h>

#include "media/read/picture.h"
#include "tests/support/media_files.h"

static struct media_pool *pool;
static struct arena arena;

/* Pixels of a thumbnail. */
struct small {
	struct media_thumbnail thumbnail;
	uint8_t *rgb; /* in the arena */
};

static enum status
make(struct span picture, uint32_t size, enum media_picture_format format,
     struct small *out, struct fault *fault)
{
	struct media_thumbnail *t = &out->thumbnail;
	enum status status = media_thumbnail(pool, picture, size, format,
					     &arena, t, fault);
	int width = 0, height = 0, subsampling;
	uint8_t *pixels;

	if (status != STATUS_OK)
		return status;
	out->rgb = arena_alloc(&arena, (size_t)t->width * t->height * 3);
	if (format == MEDIA_WEBP) {
		pixels = WebPDecodeRGB((const uint8_t *)t->bytes.at,
				       t->bytes.length, &width, &height);
		assert_non_null(pixels);
		memcpy(out->rgb, pixels, (size_t)width * (size_t)height * 3);
		WebPFree(pixels);
	} else {
		tjhandle handle = tjInitDecompress();
		uint8_t *jpeg = (uint8_t *)(uintptr_t)t->bytes.at;

		assert_int_equal(tjDecompressHeader2(handle, jpeg,
						     t->bytes.length, &width,
						     &height, &subsampling),
				 0);
		assert_int_equal(tjDecompress2(handle, jpeg, t->bytes.length,
					       out->rgb, width, 0, height,
					       TJPF_RGB, 0),
				 0);
		tjDestroy(handle);
	}
	assert_int_equal(width, t->width);
	assert_int_equal(height, t->height);
	return STATUS_OK;
}

static struct span
picture(const char *name)
{
	struct buffer bytes;
	struct span span;

	media_read(media_path(name), &bytes);
	span.at = arena_copy_bytes(&arena, bytes.bytes, bytes.length);
	span.length = bytes.length;
	buffer_release(&bytes);
	return span;
}

static void
make_well(struct span from, uint32_t size, enum media_picture_format format,
	  struct small *out)
{
	struct fault fault = { 0 };

	if (make(from, size, format, out, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
}

static void
assert_colour(const struct small *small, uint32_t x, uint32_t y, int r, int g,
	      int b, int slack)
{
	const uint8_t *at = small->rgb +
			    3 * ((size_t)y * small->thumbnail.width + x);

	if (abs(at[0] - r) > slack || abs(at[1] - g) > slack ||
	    abs(at[2] - b) > slack)
		fail_msg("at %u,%u: %d %d %d, not %d %d %d", x, y, at[0],
			 at[1], at[2], r, g, b);
}

/* Left half red, right half blue, 600 x 400. */
static void
every_kind_of_picture_becomes_small(void **state)
{
	static const char *const names[] = {
		"two.jpg", "two.png", "two.webp", "two.gif", "two.bmp",
		"progressive.jpg", "gray16.png", "interlaced.png",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		struct span from = picture(names[i]);

		for (int f = MEDIA_WEBP; f <= MEDIA_JPEG; f++) {
			struct small small;

			make_well(from, 300, (enum media_picture_format)f,
				  &small);
			assert_int_equal(small.thumbnail.width, 300);
			assert_int_equal(small.thumbnail.height, 200);
			if (strcmp(names[i], "gray16.png") == 0)
				continue;
			assert_colour(&small, 50, 100, 254, 0, 0, 12);
			assert_colour(&small, 250, 100, 0, 0, 254, 12);
		}
	}
}

static void
a_picture_never_grows(void **state)
{
	struct small small;

	(void)state;
	make_well(picture("two.png"), 1200, MEDIA_WEBP, &small);
	assert_int_equal(small.thumbnail.width, 600);
	assert_int_equal(small.thumbnail.height, 400);
	make_well(picture("tall.png"), 64, MEDIA_WEBP, &small);
	assert_int_equal(small.thumbnail.width, 1);
	assert_int_equal(small.thumbnail.height, 64);
}

/* Lines of one pixel: a bad filter makes bands of them, a good one grey. */
static void
fine_lines_become_grey_and_not_bands(void **state)
{
	struct small small;

	(void)state;
	make_well(picture("lines.png"), 70, MEDIA_WEBP, &small);
	for (uint32_t y = 8; y < 60; y += 4) {
		for (uint32_t x = 8; x < 60; x += 4)
			assert_colour(&small, x, y, 128, 128, 128, 16);
	}
}

/* "Exif", TIFF header, one entry: orientation. */
static struct span
with_turn(struct span jpeg, int turn)
{
	struct buffer out;
	struct span span;

	buffer_init(&out, 0);
	buffer_add(&out, jpeg.at, 2);
	buffer_add(&out, "\xFF\xE1\0\x22" "Exif\0\0II*\0\x08\0\0\0\1\0"
			 "\x12\1\3\0\1\0\0\0", 28);
	buffer_add_char(&out, (char)turn);
	buffer_add(&out, "\0\0\0\0\0\0\0", 7);
	buffer_add(&out, jpeg.at + 2, jpeg.length - 2);
	span.at = arena_copy_bytes(&arena, out.bytes, out.length);
	span.length = out.length;
	buffer_release(&out);
	return span;
}

static void
exif_turns_are_undone(void **state)
{
	/* where red (left, stored) is in the upright picture, by turn */
	static const struct {
		uint32_t width, height, x, y;
	} want[9] = {
		[1] = { 150, 100, 20, 50 },  [2] = { 150, 100, 130, 50 },
		[3] = { 150, 100, 130, 50 }, [4] = { 150, 100, 20, 50 },
		[5] = { 100, 150, 50, 20 },  [6] = { 100, 150, 50, 20 },
		[7] = { 100, 150, 50, 130 }, [8] = { 100, 150, 50, 130 },
	};

	(void)state;
	for (int turn = 1; turn <= 8; turn++) {
		struct span jpeg = with_turn(picture("two.jpg"), turn);
		struct picture_head head;
		struct small small;

		assert_true(picture_measure(jpeg, &head));
		assert_int_equal(head.turn, turn);
		make_well(jpeg, 150, MEDIA_JPEG, &small);
		assert_int_equal(small.thumbnail.width, want[turn].width);
		assert_int_equal(small.thumbnail.height, want[turn].height);
		assert_colour(&small, want[turn].x, want[turn].y, 254, 0, 0,
			      12);
	}
}

static void
the_colour_is_the_liveliest_common_one(void **state)
{
	struct small small;
	unsigned r, g, b;

	(void)state;
	make_well(picture("mostly.png"), 64, MEDIA_WEBP, &small);
	assert_int_equal(sscanf(small.thumbnail.colour, "#%02x%02x%02x", &r,
				&g, &b),
			 3);
	assert_true(g > 150 && r < 80 && b < 80);
}

static void
transparency_stays_in_webp_and_is_white_in_jpeg(void **state)
{
	struct small small;
	WebPBitstreamFeatures features;

	(void)state;
	make_well(picture("glass.png"), 100, MEDIA_WEBP, &small);
	assert_int_equal(WebPGetFeatures((const uint8_t *)
						 small.thumbnail.bytes.at,
					 small.thumbnail.bytes.length,
					 &features),
			 VP8_STATUS_OK);
	assert_true(features.has_alpha);
	make_well(picture("glass.png"), 100, MEDIA_JPEG, &small);
	assert_colour(&small, 10, 10, 255, 255, 255, 4);
}

/* libjpeg writes CMYK as it is; Adobe's marker says that it is inverted. */
static void
cmyk_is_shown_in_its_colours(void **state)
{
	uint8_t *ink = arena_alloc(&arena, 200 * 200 * 4);
	tjhandle handle = tjInitCompress();
	unsigned char *jpeg = NULL;
	unsigned long length = 0;
	struct small small;

	(void)state;
	/* inverted: no cyan, full magenta and yellow: red */
	for (size_t i = 0; i < 200 * 200; i++) {
		ink[4 * i] = 255;
		ink[4 * i + 3] = 255;
	}
	assert_int_equal(tjCompress2(handle, ink, 200, 0, 200, TJPF_CMYK,
				     &jpeg, &length, TJSAMP_444, 95, 0),
			 0);
	make_well((struct span){ (const char *)jpeg, length }, 100, MEDIA_WEBP,
		  &small);
	assert_colour(&small, 50, 50, 254, 0, 0, 16);
	tjFree(jpeg);
	tjDestroy(handle);
}

static void
bombs_are_refused_before_they_are_decoded(void **state)
{
	struct buffer png;
	struct small small;
	struct fault fault = { 0 };

	(void)state;
	buffer_init(&png, 0);
	buffer_add(&png, "\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16);
	add_be32(&png, 60000);
	add_be32(&png, 60000);
	buffer_add(&png, "\x08\x02\0\0\0", 5);
	add_be32(&png, 0);
	assert_int_equal(make((struct span){ png.bytes, png.length }, 300,
			      MEDIA_WEBP, &small, &fault),
			 STATUS_TOO_LARGE);
	assert_non_null(strstr(fault.message, "60000"));
	buffer_release(&png);
}

static void
a_large_png_is_made_small_in_little_memory(void **state)
{
	struct small small;

	(void)state;
	make_well(picture("large.png"), 300, MEDIA_WEBP, &small);
	assert_int_equal(small.thumbnail.width, 300);
	assert_colour(&small, 100, 100, 0, 128, 0, 12);
}

static void
broken_pictures_are_refused_or_shown_in_part(void **state)
{
	static const char *const names[] = { "two.jpg", "two.png", "two.webp",
					     "two.gif", "two.bmp" };
	uint32_t seed = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		struct span whole = picture(names[i]);

		for (int n = 0; n < 20; n++) {
			char *copy = arena_copy_bytes(&arena, whole.at,
						      whole.length);
			struct span bytes = { copy, whole.length };
			struct fault fault = { 0 };
			struct small small;
			enum status status;

			seed = seed * 1664525u + 1013904223u;
			if (n % 2 == 0)
				bytes.length = (seed >> 8) % whole.length;
			else
				for (int k = 0; k < 8; k++) {
					seed = seed * 1664525u + 1013904223u;
					copy[(seed >> 8) % whole.length] =
						(char)seed;
				}
			status = make(bytes, 100, MEDIA_WEBP, &small, &fault);
			assert_true(status == STATUS_OK ||
				    status == STATUS_CORRUPT ||
				    status == STATUS_UNSUPPORTED ||
				    status == STATUS_TOO_LARGE);
		}
	}
}

static void
what_is_no_picture_is_said_to_be_none(void **state)
{
	struct small small;
	struct fault fault = { 0 };

	(void)state;
	assert_int_equal(make(SPAN("<svg></svg>"), 100, MEDIA_WEBP, &small,
			      &fault),
			 STATUS_UNSUPPORTED);
	assert_int_equal(make(SPAN(""), 100, MEDIA_WEBP, &small, &fault),
			 STATUS_UNSUPPORTED);
}

static void
no_picture_crashed_a_process(void **state)
{
	struct media_pool_state now;

	(void)state;
	media_pool_look(pool, &now);
	assert_int_equal(now.crashed, 0);
	assert_int_equal(now.timed_out, 0);
}

#define TWO "-f lavfi -i 'color=red:s=300x400,format=rgb24[a];" \
	    "color=blue:s=300x400,format=rgb24[b];[a][b]hstack' -frames:v 1 "

static int
begin(void **state)
{
	static const char *const commands[] = {
		TWO "-pix_fmt rgb24 two.png",
		"-i two.png -pix_fmt yuvj444p -q:v 2 two.jpg "
		"-lossless 1 two.webp two.gif two.bmp "
		"-pix_fmt gray16be gray16.png",
		"-f lavfi -i color=red:s=8x2000:d=0.04 "
		"-f lavfi -i 'nullsrc=s=700x700:d=0.04,format=gray,geq=255*mod(X+Y\\,"
		"2)' "
		"-f lavfi -i 'color=white:s=200x200:d=0.04,format=rgb24,drawbox="
		"0:0:200:90:0x10d020:fill,drawbox=0:190:200:10:black:fill' "
		"-f lavfi -i 'color=red@0.0:s=200x200:d=0.04,format=rgba' "
		"-f lavfi -i color=0x008000:s=7000x7000:d=0.04 "
		"-map 0 -frames:v 1 tall.png -map 1 -frames:v 1 lines.png "
		"-map 2 -frames:v 1 mostly.png -map 3 -frames:v 1 glass.png "
		"-map 4 -frames:v 1 -pix_fmt rgb24 large.png",
	};
	(void)state;
	arena_init(&arena);
	media_files_begin();
	pool = media_pool_make(1);
	for (size_t i = 0; i < ARRAY_LENGTH(commands); i++)
		media_ffmpeg(commands[i]);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	media_pool_close(pool);
	media_files_end();
	arena_release(&arena);
	return 0;
}

static void
write_interlaced_png(const char *path, uint8_t *rgb, uint32_t width,
		     uint32_t height)
{
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL,
						  NULL, NULL);
	png_infop info = png_create_info_struct(png);
	png_bytepp rows = arena_alloc_array(&arena, height, sizeof *rows);
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	for (uint32_t y = 0; y < height; y++)
		rows[y] = rgb + (size_t)y * width * 3;
	png_init_io(png, file);
	png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_RGB,
		     PNG_INTERLACE_ADAM7, PNG_COMPRESSION_TYPE_DEFAULT,
		     PNG_FILTER_TYPE_DEFAULT);
	png_set_rows(png, info, rows);
	png_write_png(png, info, PNG_TRANSFORM_IDENTITY, NULL);
	png_destroy_write_struct(&png, &info);
	fclose(file);
}

/* What ffmpeg cannot write: a progressive JPEG and an interlaced PNG. */
static void
pictures_that_ffmpeg_cannot_write_are_made_here(void **state)
{
	struct span jpeg = picture("two.jpg");
	uint8_t *rgb = arena_alloc(&arena, 600 * 400 * 3);
	tjhandle in = tjInitDecompress(), out = tjInitCompress();
	unsigned char *bytes = NULL;
	unsigned long length = 0;
	struct buffer file;

	(void)state;
	assert_int_equal(tjDecompress2(in, (const uint8_t *)jpeg.at,
				       jpeg.length, rgb, 600, 0, 400,
				       TJPF_RGB, 0),
			 0);
	assert_int_equal(tjCompress2(out, rgb, 600, 0, 400, TJPF_RGB, &bytes,
				     &length, TJSAMP_444, 95,
				     TJFLAG_PROGRESSIVE),
			 0);
	buffer_init(&file, 0);
	buffer_add(&file, bytes, length);
	media_write("progressive.jpg", &file);
	buffer_release(&file);
	tjFree(bytes);
	tjDestroy(in);
	tjDestroy(out);
	write_interlaced_png(media_path("interlaced.png"), rgb, 600, 400);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			pictures_that_ffmpeg_cannot_write_are_made_here),
		cmocka_unit_test(every_kind_of_picture_becomes_small),
		cmocka_unit_test(a_picture_never_grows),
		cmocka_unit_test(fine_lines_become_grey_and_not_bands),
		cmocka_unit_test(exif_turns_are_undone),
		cmocka_unit_test(the_colour_is_the_liveliest_common_one),
		cmocka_unit_test(
			transparency_stays_in_webp_and_is_white_in_jpeg),
		cmocka_unit_test(cmyk_is_shown_in_its_colours),
		cmocka_unit_test(bombs_are_refused_before_they_are_decoded),
		cmocka_unit_test(a_large_png_is_made_small_in_little_memory),
		cmocka_unit_test(
			broken_pictures_are_refused_or_shown_in_part),
		cmocka_unit_test(what_is_no_picture_is_said_to_be_none),
		cmocka_unit_test(no_picture_crashed_a_process),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
