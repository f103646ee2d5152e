/* decode.c - JPEG, PNG, WebP, GIF and BMP to pixels; see pixels.h. */
#include "media/worker/pixels.h"

#include <libavcodec/avcodec.h>
#include <libswscale/swscale.h>
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <turbojpeg.h>
#include <webp/decode.h>

#include "base/memory.h"
#include "media/media.h"
#include "media/worker/libav.h"

#define WHOLE_BYTES_MAX (128u << 20) /* of a picture that cannot be reduced */

void
pixels_release(struct pixels *pixels)
{
	free(pixels->rgba);
	*pixels = (struct pixels){ 0 };
}

static enum status
too_large(struct fault *fault)
{
	return fault_set(fault, STATUS_TOO_LARGE,
			 "the picture needs more memory than is allowed");
}

static bool
pixels_make(struct pixels *out, uint32_t width, uint32_t height)
{
	out->width = width;
	out->height = height;
	out->has_alpha = false;
	out->rgba = malloc((size_t)width * height * 4);
	return out->rgba != NULL;
}

static void
alpha_look(struct pixels *pixels)
{
	size_t count = (size_t)pixels->width * pixels->height;

	for (size_t i = 0; i < count && !pixels->has_alpha; i++)
		pixels->has_alpha = pixels->rgba[4 * i + 3] < 255;
}

/* ---- JPEG ---- */

/* The smallest of libjpeg's scales that leaves twice the wanted size. */
static tjscalingfactor
jpeg_scale(int width, int height, uint32_t size_px)
{
	tjscalingfactor best = { 1, 1 };
	int count, longer = width > height ? width : height;
	const tjscalingfactor *all = tjGetScalingFactors(&count);

	for (int i = 0; all != NULL && i < count; i++) {
		bool smaller = all[i].num * best.denom <
			       best.num * all[i].denom;

		if (smaller &&
		    TJSCALED(longer, all[i]) >= 2 * (int)size_px)
			best = all[i];
	}
	return best;
}

/* In place. Adobe's programs store CMYK inverted. */
static void
cmyk_to_rgba(struct pixels *pixels, bool inverted)
{
	size_t count = (size_t)pixels->width * pixels->height;

	for (size_t i = 0; i < count; i++) {
		uint8_t *at = pixels->rgba + 4 * i;
		unsigned k = inverted ? at[3] : 255u - at[3];

		for (int c = 0; c < 3; c++) {
			unsigned ink = inverted ? at[c] : 255u - at[c];

			at[c] = (uint8_t)((ink * k + 127) / 255);
		}
		at[3] = 255;
	}
}

static enum status
jpeg_decode(struct span bytes, const struct picture_head *head,
	    uint32_t size_px, struct pixels *out, struct fault *fault)
{
	const uint8_t *at = (const uint8_t *)bytes.at;
	tjhandle handle = tjInitDecompress();
	enum status status = STATUS_OK;
	int width, height, subsampling, space;
	tjscalingfactor scale;
	bool cmyk;

	if (handle == NULL)
		return too_large(fault);
	if (tjDecompressHeader3(handle, at, bytes.length, &width, &height,
				&subsampling, &space) != 0) {
		status = fault_set(fault, STATUS_CORRUPT,
				   "the JPEG is broken: %s",
				   tjGetErrorStr2(handle));
		goto out;
	}
	if ((uint64_t)width * (uint64_t)height > MEDIA_PICTURE_PIXELS_MAX) {
		status = too_large(fault);
		goto out;
	}
	cmyk = space == TJCS_CMYK || space == TJCS_YCCK;
	scale = jpeg_scale(width, height, size_px);
	if (!pixels_make(out, (uint32_t)TJSCALED(width, scale),
			 (uint32_t)TJSCALED(height, scale))) {
		status = too_large(fault);
		goto out;
	}
	/* a cut JPEG still shows its upper part: that is a warning */
	if (tjDecompress2(handle, at, bytes.length, out->rgba,
			  (int)out->width, 0, (int)out->height,
			  cmyk ? TJPF_CMYK : TJPF_RGBA,
			  TJFLAG_LIMITSCANS) != 0 &&
	    tjGetErrorCode(handle) != TJERR_WARNING)
		status = fault_set(fault, STATUS_CORRUPT,
				   "the JPEG is broken: %s",
				   tjGetErrorStr2(handle));
	else if (cmyk)
		cmyk_to_rgba(out, head->adobe);
out:
	tjDestroy(handle);
	return status;
}

/* ---- PNG ---- */

struct png_source {
	struct span bytes;
	char message[120];
};

static void
png_take(png_structp png, png_bytep out, size_t count)
{
	struct png_source *source = png_get_io_ptr(png);

	if (count > source->bytes.length)
		png_error(png, "it is cut short");
	memcpy(out, source->bytes.at, count);
	source->bytes.at += count;
	source->bytes.length -= count;
}

static void
png_failed(png_structp png, png_const_charp message)
{
	struct png_source *source = png_get_error_ptr(png);

	snprintf(source->message, sizeof source->message, "%s", message);
	png_longjmp(png, 1);
}

static void
png_warned(png_structp png, png_const_charp message)
{
	(void)png;
	(void)message;
}

/* Whatever the file has, rows come out as RGBA of 8 bits. */
static void
png_want_rgba(png_structp png)
{
	png_set_expand(png);
	png_set_scale_16(png);
	png_set_gray_to_rgb(png);
	png_set_add_alpha(png, 255, PNG_FILLER_AFTER);
}

/* Sums of a block of factor x factor pixels, premultiplied, for one row of the
 * result. */
static void
png_row_add(uint32_t *sums, const uint8_t *row, uint32_t width,
	    uint32_t factor)
{
	for (uint32_t x = 0; x < width * factor; x++) {
		const uint8_t *from = row + 4 * (size_t)x;
		uint32_t *to = sums + 4 * (size_t)(x / factor);
		uint32_t alpha = from[3];

		for (int c = 0; c < 3; c++)
			to[c] += from[c] * alpha / 255;
		to[3] += alpha;
	}
}

static void
png_row_finish(uint32_t *sums, uint8_t *out, uint32_t width, uint32_t factor)
{
	for (size_t i = 0; i < 4 * (size_t)width; i += 4) {
		uint32_t alpha = sums[i + 3];

		for (size_t c = 0; c < 3; c++)
			out[i + c] = alpha == 0 ?
					     0 :
					     (uint8_t)(sums[i + c] * 255ull /
						       alpha > 255 ?
							       255 :
							       sums[i + c] *
								       255ull /
								       alpha);
		out[i + 3] = (uint8_t)(alpha / (factor * factor));
	}
	memset(sums, 0, 4 * (size_t)width * sizeof *sums);
}

/* Row by row, averaging blocks on the way. */
static void
png_read_reduced(png_structp png, uint8_t *row, uint32_t *sums,
		 uint32_t factor, struct pixels *out)
{
	for (uint32_t y = 0; y < out->height * factor; y++) {
		png_read_row(png, row, NULL);
		png_row_add(sums, row, out->width, factor);
		if (y % factor == factor - 1)
			png_row_finish(sums,
				       out->rgba + 4 * (size_t)out->width *
							   (y / factor),
				       out->width, factor);
	}
}

static void
png_read_whole(png_structp png, int passes, struct pixels *out)
{
	for (int pass = 0; pass < passes; pass++) {
		for (uint32_t y = 0; y < out->height; y++)
			png_read_row(png,
				     out->rgba + 4 * (size_t)out->width * y,
				     NULL);
	}
}

/* Buffers of one PNG, volatile across longjmp by living here. */
struct png_work {
	struct png_source source;
	png_structp png;
	png_infop info;
	uint8_t *row;
	uint32_t *sums;
	enum status status;
};

static void
png_run(struct png_work *work, const struct picture_head *head,
	uint32_t size_px, struct pixels *out)
{
	uint32_t longer = head->width > head->height ? head->width :
						       head->height;
	uint32_t factor = longer / (2 * size_px);
	int passes;

	if (setjmp(png_jmpbuf(work->png))) {
		work->status = STATUS_CORRUPT;
		return;
	}
	png_set_user_limits(work->png, 1u << 20, 1u << 20);
	png_set_read_fn(work->png, &work->source, png_take);
	png_read_info(work->png, work->info);
	if (png_get_image_width(work->png, work->info) != head->width ||
	    png_get_image_height(work->png, work->info) != head->height)
		png_error(work->png, "it has two sizes");
	png_want_rgba(work->png);
	passes = png_set_interlace_handling(work->png);
	png_read_update_info(work->png, work->info);
	if (factor < 1 || passes > 1)
		factor = 1;
	if (factor > head->width || factor > head->height)
		factor = 1;
	work->status = STATUS_TOO_LARGE;
	if ((factor == 1 && (uint64_t)head->width * head->height * 4 >
				    WHOLE_BYTES_MAX) ||
	    !pixels_make(out, head->width / factor, head->height / factor))
		return;
	if (factor == 1) {
		png_read_whole(work->png, passes, out);
	} else {
		work->row = malloc((size_t)head->width * 4);
		work->sums = calloc((size_t)out->width * 4, sizeof(uint32_t));
		if (work->row == NULL || work->sums == NULL)
			return;
		png_read_reduced(work->png, work->row, work->sums, factor,
				 out);
	}
	work->status = STATUS_OK;
}

static enum status
png_decode(struct span bytes, const struct picture_head *head,
	   uint32_t size_px, struct pixels *out, struct fault *fault)
{
	struct png_work *work = mem_new(1, sizeof *work);
	enum status status;

	work->source.bytes = bytes;
	work->status = STATUS_TOO_LARGE;
	work->png = png_create_read_struct(PNG_LIBPNG_VER_STRING,
					   &work->source, png_failed,
					   png_warned);
	if (work->png != NULL)
		work->info = png_create_info_struct(work->png);
	if (work->info != NULL)
		png_run(work, head, size_px, out);
	status = work->status;
	if (status == STATUS_TOO_LARGE)
		too_large(fault);
	else if (status != STATUS_OK)
		fault_set(fault, status, "the PNG is broken: %s",
			  work->source.message);
	else
		alpha_look(out);
	png_destroy_read_struct(&work->png, &work->info, NULL);
	free(work->row);
	free(work->sums);
	free(work);
	return status;
}

/* ---- WebP ---- */

static enum status
webp_decode(struct span bytes, const struct picture_head *head,
	    uint32_t size_px, struct pixels *out, struct fault *fault)
{
	const uint8_t *at = (const uint8_t *)bytes.at;
	uint32_t width, height, longer;
	WebPDecoderConfig config;
	VP8StatusCode code;

	if (!WebPInitDecoderConfig(&config) ||
	    WebPGetFeatures(at, bytes.length, &config.input) !=
		    VP8_STATUS_OK ||
	    (uint32_t)config.input.width != head->width ||
	    (uint32_t)config.input.height != head->height)
		return fault_set(fault, STATUS_CORRUPT,
				 "the WebP is broken");
	width = head->width;
	height = head->height;
	longer = width > height ? width : height;
	if (longer > 2 * size_px) {
		width = (uint32_t)((uint64_t)width * 2 * size_px / longer);
		height = (uint32_t)((uint64_t)height * 2 * size_px / longer);
		width = width > 0 ? width : 1;
		height = height > 0 ? height : 1;
		config.options.use_scaling = 1;
		config.options.scaled_width = (int)width;
		config.options.scaled_height = (int)height;
	}
	if (!pixels_make(out, width, height))
		return too_large(fault);
	config.output.colorspace = MODE_RGBA;
	config.output.is_external_memory = 1;
	config.output.u.RGBA.rgba = out->rgba;
	config.output.u.RGBA.stride = (int)width * 4;
	config.output.u.RGBA.size = (size_t)width * height * 4;
	code = WebPDecode(at, bytes.length, &config);
	WebPFreeDecBuffer(&config.output);
	if (code == VP8_STATUS_OUT_OF_MEMORY)
		return too_large(fault);
	if (code != VP8_STATUS_OK)
		return fault_set(fault, STATUS_CORRUPT,
				 "the WebP is broken");
	alpha_look(out);
	return STATUS_OK;
}

/* ---- the rest, by libavcodec ---- */

static enum status
frame_to_pixels(const AVFrame *frame, struct pixels *out,
		struct fault *fault)
{
	uint8_t *planes[4] = { NULL };
	int strides[4] = { 0 };
	struct SwsContext *scaler;

	if (!pixels_make(out, (uint32_t)frame->width,
			 (uint32_t)frame->height))
		return too_large(fault);
	scaler = sws_getContext(frame->width, frame->height, frame->format,
				frame->width, frame->height, AV_PIX_FMT_RGBA,
				SWS_POINT, NULL, NULL, NULL);
	if (scaler == NULL)
		return fault_set(fault, STATUS_UNSUPPORTED,
				 "the picture's colours are of no known kind");
	planes[0] = out->rgba;
	strides[0] = frame->width * 4;
	sws_scale(scaler, (const uint8_t *const *)frame->data,
		  frame->linesize, 0, frame->height, planes, strides);
	sws_freeContext(scaler);
	alpha_look(out);
	return STATUS_OK;
}

static enum status
libav_decode(struct span bytes, const struct picture_head *head,
	     struct pixels *out, struct fault *fault)
{
	const AVCodec *codec = avcodec_find_decoder(
		head->kind == PICTURE_GIF ? AV_CODEC_ID_GIF :
					    AV_CODEC_ID_BMP);
	AVCodecContext *context = avcodec_alloc_context3(codec);
	AVPacket *packet = av_packet_alloc();
	AVFrame *frame = av_frame_alloc();
	enum status status;
	int error = AVERROR(ENOMEM);

	if (context != NULL && packet != NULL && frame != NULL &&
	    (uint64_t)head->width * head->height * 4 <= WHOLE_BYTES_MAX) {
		context->thread_count = 1;
		context->max_pixels = MEDIA_PICTURE_PIXELS_MAX;
		error = av_new_packet(packet, (int)bytes.length);
	}
	if (error == 0) {
		memcpy(packet->data, bytes.at, bytes.length);
		error = avcodec_open2(context, codec, NULL);
	}
	if (error == 0)
		error = avcodec_send_packet(context, packet);
	if (error == 0)
		error = avcodec_receive_frame(context, frame);
	status = error == 0 ?
			 frame_to_pixels(frame, out, fault) :
			 libav_fault(fault, error, "decoding the picture");
	av_frame_free(&frame);
	av_packet_free(&packet);
	avcodec_free_context(&context);
	return status;
}

enum status
pixels_decode(struct span bytes, const struct picture_head *head,
	      uint32_t size_px, struct pixels *out, struct fault *fault)
{
	enum status status = STATUS_UNSUPPORTED;

	*out = (struct pixels){ 0 };
	switch (head->kind) {
	case PICTURE_JPEG:
		status = jpeg_decode(bytes, head, size_px, out, fault);
		break;
	case PICTURE_PNG:
		status = png_decode(bytes, head, size_px, out, fault);
		break;
	case PICTURE_WEBP:
		status = webp_decode(bytes, head, size_px, out, fault);
		break;
	case PICTURE_GIF:
	case PICTURE_BMP:
		status = libav_decode(bytes, head, out, fault);
		break;
	}
	if (status != STATUS_OK)
		pixels_release(out);
	return status;
}
