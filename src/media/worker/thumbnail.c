/* thumbnail.c - a picture in, a small one out; see worker.h. */
#include "media/worker/worker.h"

#include <stdlib.h>
#include <turbojpeg.h>
#include <webp/encode.h>

#include "media/worker/pixels.h"

#define WEBP_QUALITY 80
#define WEBP_METHOD 4
#define JPEG_QUALITY 87
#define JPEG_FINE_PX 160 /* smaller ones keep full colour */

static enum status
webp_encode(const struct pixels *pixels, struct arena *arena,
	    struct span *out, struct fault *fault)
{
	WebPMemoryWriter writer;
	WebPConfig config;
	WebPPicture picture;
	bool fine;

	fine = WebPConfigPreset(&config, WEBP_PRESET_PHOTO, WEBP_QUALITY) &&
	       WebPPictureInit(&picture);
	if (!fine)
		return fault_set(fault, STATUS_FAILED, "libwebp is unsound");
	WebPMemoryWriterInit(&writer);
	config.method = WEBP_METHOD;
	picture.use_argb = 0;
	picture.width = (int)pixels->width;
	picture.height = (int)pixels->height;
	picture.writer = WebPMemoryWrite;
	picture.custom_ptr = &writer;
	fine = (pixels->has_alpha ?
			WebPPictureImportRGBA(&picture, pixels->rgba,
					      picture.width * 4) :
			WebPPictureImportRGBX(&picture, pixels->rgba,
					      picture.width * 4)) &&
	       WebPEncode(&config, &picture);
	if (fine)
		*out = (struct span){ arena_copy_bytes(arena, writer.mem,
						       writer.size),
				      writer.size };
	WebPPictureFree(&picture);
	WebPMemoryWriterClear(&writer);
	return fine ? STATUS_OK :
		      fault_set(fault, STATUS_TOO_LARGE,
				"the thumbnail could not be encoded");
}

static enum status
jpeg_encode(struct pixels *pixels, struct arena *arena, struct span *out,
	    struct fault *fault)
{
	tjhandle handle = tjInitCompress();
	unsigned char *bytes = NULL;
	unsigned long length = 0;
	enum status status = STATUS_OK;
	bool small = pixels->width <= JPEG_FINE_PX;

	pixels_flatten(pixels);
	if (handle == NULL ||
	    tjCompress2(handle, pixels->rgba, (int)pixels->width, 0,
			(int)pixels->height, TJPF_RGBX, &bytes, &length,
			small ? TJSAMP_444 : TJSAMP_420, JPEG_QUALITY,
			TJFLAG_PROGRESSIVE) != 0)
		status = fault_set(fault, STATUS_TOO_LARGE,
				   "the thumbnail could not be encoded");
	else
		*out = (struct span){ arena_copy_bytes(arena, bytes, length),
				      length };
	tjFree(bytes);
	if (handle != NULL)
		tjDestroy(handle);
	return status;
}

/* The sides of the result: the longer one is at most size_px. */
static void
sides(const struct pixels *pixels, uint32_t size_px, uint32_t *width,
      uint32_t *height)
{
	uint32_t longer = pixels->width > pixels->height ? pixels->width :
							   pixels->height;

	*width = pixels->width;
	*height = pixels->height;
	if (longer <= size_px)
		return;
	*width = (uint32_t)(((uint64_t)pixels->width * size_px + longer / 2) /
			    longer);
	*height = (uint32_t)(((uint64_t)pixels->height * size_px +
			      longer / 2) / longer);
	*width = *width > 0 ? *width : 1;
	*height = *height > 0 ? *height : 1;
}

enum status
thumbnail_make(const struct wire_thumbnail *ask, struct arena *arena,
	       struct media_thumbnail *out, struct fault *fault)
{
	struct pixels whole = { 0 }, small = { 0 };
	struct picture_head head;
	uint32_t width, height;
	enum status status;

	if (!picture_measure(ask->picture, &head))
		return fault_set(fault, STATUS_UNSUPPORTED,
				 "this is no picture that we read");
	if ((uint64_t)head.width * head.height > MEDIA_PICTURE_PIXELS_MAX)
		return fault_set(fault, STATUS_TOO_LARGE,
				 "the picture has %u x %u pixels, more than "
				 "is allowed", head.width, head.height);
	status = pixels_decode(ask->picture, &head, ask->size_px, &whole,
			       fault);
	if (status != STATUS_OK)
		return status;
	sides(&whole, ask->size_px, &width, &height);
	if (width == whole.width && height == whole.height) {
		small = whole;
		whole.rgba = NULL;
	} else {
		pixels_scale(&whole, width, height, &small);
	}
	pixels_turn(&small, head.turn);
	pixels_colour(&small, out->colour);
	out->width = small.width;
	out->height = small.height;
	status = ask->format == MEDIA_WEBP ?
			 webp_encode(&small, arena, &out->bytes, fault) :
			 jpeg_encode(&small, arena, &out->bytes, fault);
	pixels_release(&whole);
	pixels_release(&small);
	return status;
}
