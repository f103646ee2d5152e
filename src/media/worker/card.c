/* card.c - see card.h. */
#include "media/worker/card.h"

#include <libswscale/swscale.h>
#include <stdio.h>
#include <stdlib.h>

#include "media/worker/libav.h"
#include "media/worker/pixels.h"

#define CARD_WIDTH 1280
#define CARD_HEIGHT 720
#define CARD_COVER 560 /* the cover's longer side on a card */

struct canvas {
	int width, height;
	uint8_t *rgba;
};

void
card_size(enum media_push_picture picture, int *width, int *height)
{
	*width = picture == MEDIA_PUSH_COVER ? CARD_HEIGHT : CARD_WIDTH;
	*height = CARD_HEIGHT;
}

static void
canvas_dot(struct canvas *canvas, int x, int y, const uint8_t colour[3])
{
	uint8_t *at = canvas->rgba + ((size_t)y * (size_t)canvas->width +
				      (size_t)x) * 4;

	memcpy(at, colour, 3);
	at[3] = 255;
}

/* From the colour at the top to half of it at the bottom. */
static void
canvas_fill(struct canvas *canvas, const uint8_t colour[3])
{
	for (int y = 0; y < canvas->height; y++) {
		uint8_t row[3];

		for (int i = 0; i < 3; i++)
			row[i] = (uint8_t)(colour[i] -
					   colour[i] * y / canvas->height / 2);
		for (int x = 0; x < canvas->width; x++)
			canvas_dot(canvas, x, y, row);
	}
}

/* A record, for what has no cover. */
static void
canvas_record(struct canvas *canvas)
{
	static const uint8_t black[3] = { 16, 16, 20 };
	static const uint8_t groove[3] = { 30, 30, 36 };
	static const uint8_t label[3] = { 200, 90, 60 };
	int x0 = canvas->width / 2, y0 = canvas->height / 2;

	for (int y = 0; y < canvas->height; y++) {
		for (int x = 0; x < canvas->width; x++) {
			int away = (x - x0) * (x - x0) + (y - y0) * (y - y0);

			if (away > 250 * 250)
				continue;
			canvas_dot(canvas, x, y,
				   away < 10 * 10  ? black :
				   away < 80 * 80  ? label :
				   away / 2048 % 2 ? groove :
						     black);
		}
	}
}

static void
canvas_put(struct canvas *canvas, const struct pixels *pixels)
{
	int x0 = (canvas->width - (int)pixels->width) / 2;
	int y0 = (canvas->height - (int)pixels->height) / 2;

	for (int y = 0; y < (int)pixels->height; y++)
		memcpy(canvas->rgba +
			       ((size_t)(y0 + y) * (size_t)canvas->width +
				(size_t)x0) * 4,
		       pixels->rgba + (size_t)y * pixels->width * 4,
		       (size_t)pixels->width * 4);
}

/* The colour of the picture, made dark enough to be behind it. */
static void
ground_of(const struct pixels *pixels, uint8_t out[3])
{
	char text[8];
	unsigned r = 64, g = 64, b = 64;

	pixels_colour(pixels, text);
	sscanf(text, "#%2x%2x%2x", &r, &g, &b);
	out[0] = (uint8_t)(r * 2 / 3);
	out[1] = (uint8_t)(g * 2 / 3);
	out[2] = (uint8_t)(b * 2 / 3);
}

static bool
cover_put(struct canvas *canvas, enum media_push_picture picture,
	  struct span cover)
{
	uint32_t side = picture == MEDIA_PUSH_COVER ? CARD_HEIGHT : CARD_COVER;
	struct pixels whole = { 0 }, fitted = { 0 };
	struct picture_head head;
	uint8_t ground[3];
	uint32_t longer;

	if (cover.length == 0 ||
	    !picture_measure(cover, &head) ||
	    pixels_decode(cover, &head, side, &whole, NULL) != STATUS_OK)
		return false;
	pixels_flatten(&whole);
	longer = whole.width > whole.height ? whole.width : whole.height;
	if (longer > side) {
		uint32_t width = whole.width * side / longer;
		uint32_t height = whole.height * side / longer;

		pixels_scale(&whole, width > 0 ? width : 1,
			     height > 0 ? height : 1, &fitted);
	} else {
		fitted = whole;
		whole = (struct pixels){ 0 };
	}
	ground_of(&fitted, ground);
	canvas_fill(canvas, ground);
	canvas_put(canvas, &fitted);
	pixels_release(&whole);
	pixels_release(&fitted);
	return true;
}

static enum status
canvas_convert(const struct canvas *canvas, AVFrame *frame,
	       struct fault *fault)
{
	const uint8_t *const planes[4] = { canvas->rgba };
	const int strides[4] = { canvas->width * 4 };
	struct SwsContext *scaler =
		sws_getContext(canvas->width, canvas->height, AV_PIX_FMT_RGBA,
			       canvas->width, canvas->height,
			       AV_PIX_FMT_YUV420P, SWS_BILINEAR, NULL, NULL,
			       NULL);
	int rows = scaler == NULL ? 0 :
				    sws_scale(scaler, planes, strides, 0,
					      canvas->height, frame->data,
					      frame->linesize);

	sws_freeContext(scaler);
	return rows == canvas->height ?
		       STATUS_OK :
		       libav_fault(fault, AVERROR(ENOMEM), "drawing");
}

enum status
card_draw(AVFrame *frame, enum media_push_picture picture, struct span cover,
	  struct fault *fault)
{
	static const uint8_t plain[3] = { 44, 52, 72 };
	struct canvas canvas;
	enum status status;

	card_size(picture, &canvas.width, &canvas.height);
	canvas.rgba = mem_new((size_t)canvas.width * (size_t)canvas.height, 4);
	if (!cover_put(&canvas, picture, cover)) {
		canvas_fill(&canvas, plain);
		canvas_record(&canvas);
	}
	status = canvas_convert(&canvas, frame, fault);
	free(canvas.rgba);
	return status;
}
