/* digest.c - hashes, random bytes, hex and base64url; see digest.h. */
#include "base/digest.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>

/* Found among the providers once: EVP_sha256() has each use look for it again,
 * which costs more than a short text's digest. */
static EVP_MD *sha256_found;

/* Without it nothing can be signed or named: no reason to go on. */
static void
sha256_find(void)
{
	sha256_found = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (sha256_found == NULL)
		abort();
}

static const EVP_MD *
sha256_kind(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, sha256_find);
	return sha256_found;
}

/* The EVP context is the digest; the name keeps OpenSSL out of our headers. */
static EVP_MD_CTX *
context_of(struct digest *digest)
{
	return (EVP_MD_CTX *)(void *)digest;
}

static struct digest *
digest_new_of(const EVP_MD *kind)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	int ok = context != NULL && EVP_DigestInit_ex(context, kind, NULL);

	assert(ok);
	(void)ok;
	return (struct digest *)(void *)context;
}

struct digest *
digest_new(void)
{
	return digest_new_of(sha256_kind());
}

struct digest *
digest_new_sha1(void)
{
	return digest_new_of(EVP_sha1());
}

void
digest_add(struct digest *digest, const void *bytes, size_t count)
{
	EVP_DigestUpdate(context_of(digest), bytes, count);
}

void
digest_finish(struct digest *digest, uint8_t out[SHA256_BYTES])
{
	EVP_DigestFinal_ex(context_of(digest), out, NULL);
	digest_free(digest);
}

void
digest_free(struct digest *digest)
{
	EVP_MD_CTX_free(context_of(digest));
}

void
sha256(const void *bytes, size_t count, uint8_t out[SHA256_BYTES])
{
	EVP_Digest(bytes, count, out, NULL, sha256_kind(), NULL);
}

void
hmac_sha256(struct span key, struct span message, uint8_t out[SHA256_BYTES])
{
	unsigned length = 0;

	HMAC(sha256_kind(), key.at != NULL ? key.at : "", (int)key.length,
	     (const unsigned char *)message.at, message.length, out, &length);
	assert(length == SHA256_BYTES);
}

bool
bytes_equal_secret(const void *a, const void *b, size_t count)
{
	return CRYPTO_memcmp(a, b, count) == 0;
}

void
random_bytes(void *out, size_t count)
{
	char *at = out;

	while (count > 0) {
		ssize_t got = getrandom(at, count, 0);

		if (got > 0) {
			at += got;
			count -= (size_t)got;
		}
	}
}

void
hex_print(const void *bytes, size_t count, char *out)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *from = bytes;

	for (size_t i = 0; i < count; i++) {
		out[2 * i] = digits[from[i] >> 4];
		out[2 * i + 1] = digits[from[i] & 15];
	}
	out[2 * count] = '\0';
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
hex_parse(struct span text, uint8_t *out, size_t count)
{
	if (text.length != count * 2)
		return false;
	for (size_t i = 0; i < count; i++) {
		int high = hex_digit(text.at[2 * i]);
		int low = hex_digit(text.at[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static const char base64url_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "abcdefghijklmnopqrstuvwxyz"
				       "0123456789-_";

void
base64_add(struct buffer *out, const void *bytes, size_t count)
{
	char *at = buffer_reserve(out, (count + 2) / 3 * 4 + 1);

	if (at != NULL)
		out->length += (size_t)EVP_EncodeBlock((unsigned char *)at,
						       bytes, (int)count);
}

void
base64url_add(struct buffer *out, const void *bytes, size_t count)
{
	const unsigned char *from = bytes;

	for (size_t i = 0; i < count; i += 3) {
		size_t have = count - i < 3 ? count - i : 3;
		uint32_t bits = (uint32_t)from[i] << 16;

		if (have > 1)
			bits |= (uint32_t)from[i + 1] << 8;
		if (have > 2)
			bits |= from[i + 2];
		for (size_t k = 0; k < have + 1; k++)
			buffer_add_char(out,
					base64url_digits[bits >> (18 - 6 * k) &
							 63]);
	}
}

bool
base64url_parse(struct span text, struct buffer *out)
{
	uint32_t bits = 0;
	unsigned held = 0;

	if (text.length % 4 == 1)
		return false;
	for (size_t i = 0; i < text.length; i++) {
		const char *digit =
			text.at[i] == '\0' ?
				NULL :
				strchr(base64url_digits, text.at[i]);

		if (digit == NULL)
			return false;
		bits = (bits << 6 | (uint32_t)(digit - base64url_digits)) &
		       0xFFFF;
		held += 6;
		if (held >= 8) {
			held -= 8;
			buffer_add_char(out, (char)(bits >> held & 0xFF));
		}
	}
	/* Left-over bits must be zero, or two texts would mean one value. */
	return (bits & ((1u << held) - 1)) == 0;
}

bool
base64_parse(struct span text, struct buffer *out)
{
	struct buffer url;
	bool good = true;

	buffer_init(&url, 0);
	for (int i = 0; i < 2 && text.length > 0 &&
			text.at[text.length - 1] == '=';
	     i++)
		text.length--;
	for (size_t i = 0; i < text.length; i++) {
		good = good && text.at[i] != '-' && text.at[i] != '_';
		buffer_add_char(&url, text.at[i] == '+' ? '-' :
				      text.at[i] == '/' ? '_' :
							  text.at[i]);
	}
	good = good && !url.full &&
	       base64url_parse((struct span){ url.bytes, url.length }, out);
	buffer_release(&url);
	return good;
}
