/* seal.c - see seal.h. */
#include "base/seal.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"

#define MARK "sealed:1:"
#define KEY_BYTES 32
#define ID_BYTES 4
#define ID_LETTERS (2 * ID_BYTES)
#define NONCE_BYTES 12
#define TAG_BYTES 16

struct seal_key {
	uint8_t bytes[KEY_BYTES];
	char id[ID_LETTERS + 1];
};

struct seal {
	struct seal_key keys[SEAL_KEYS_MAX]; /* the first one seals */
	size_t count;
};

/* ---- keys ----------------------------------------------------------------- */

static enum status
key_add(struct seal *seal, struct span secret, struct fault *fault)
{
	struct seal_key *key = &seal->keys[seal->count];
	uint8_t id[SHA256_BYTES];

	if (secret.length == 0)
		return STATUS_OK;
	if (seal->count == SEAL_KEYS_MAX)
		return fault_set(fault, STATUS_INVALID,
				 "there are more than %d secrets",
				 SEAL_KEYS_MAX);
	hmac_sha256(secret, span_of("ogma seal 1"), key->bytes);
	hmac_sha256((struct span){ (const char *)key->bytes, KEY_BYTES },
		    span_of("id"), id);
	hex_print(id, ID_BYTES, key->id);
	seal->count++;
	return STATUS_OK;
}

/* Two programs that start at once agree on one: the first. */
static enum status
key_file_make(const char *path, struct fault *fault)
{
	uint8_t bytes[KEY_BYTES];
	struct buffer fresh, aside;
	enum status status;

	random_bytes(bytes, sizeof bytes);
	buffer_init(&fresh, 0);
	buffer_init(&aside, 0);
	base64url_add(&fresh, bytes, sizeof bytes);
	buffer_print(&aside, "%s.%ld", path, (long)getpid());
	status = file_write(aside.bytes,
			    (struct span){ fresh.bytes, fresh.length }, 0600,
			    fault);
	if (status == STATUS_OK && link(aside.bytes, path) != 0 &&
	    errno != EEXIST)
		status = fault_errno(fault, errno, "cannot make %s", path);
	unlink(aside.bytes);
	OPENSSL_cleanse(bytes, sizeof bytes);
	OPENSSL_cleanse(fresh.bytes, fresh.length);
	buffer_release(&fresh);
	buffer_release(&aside);
	return status;
}

static enum status
key_file_add(struct seal *seal, const char *path, struct fault *fault)
{
	struct buffer kept;
	enum status status;

	buffer_init(&kept, 0);
	status = file_read(path, SEAL_SECRET_BYTES_MAX, &kept, fault);
	if (status == STATUS_NOT_FOUND && seal->count > 0) {
		status = STATUS_OK; /* and none is needed */
	} else if (status == STATUS_NOT_FOUND) {
		status = key_file_make(path, fault);
		buffer_clear(&kept);
		if (status == STATUS_OK)
			status = file_read(path, SEAL_SECRET_BYTES_MAX, &kept,
					   fault);
	}
	if (status == STATUS_OK)
		status = key_add(seal,
				 (struct span){ kept.bytes, kept.length },
				 fault);
	if (kept.length > 0)
		OPENSSL_cleanse(kept.bytes, kept.length);
	buffer_release(&kept);
	return status;
}

enum status
seal_open(const struct seal_args *args, struct seal **out,
	  struct fault *fault)
{
	struct seal *seal = mem_new(1, sizeof *seal);
	struct span rest = { NULL, 0 }, secret;
	enum status status = STATUS_OK;

	if (args->secret != NULL)
		status = key_add(seal, span_of(args->secret), fault);
	if (status == STATUS_OK && args->key_path != NULL)
		status = key_file_add(seal, args->key_path, fault);
	/* Without a key of today nothing is sealed by one of yesterday. */
	if (args->old_secrets != NULL && seal->count > 0)
		rest = span_of(args->old_secrets);
	while (status == STATUS_OK && span_next(&rest, ',', &secret))
		status = key_add(seal, span_trim(secret), fault);
	if (status == STATUS_OK)
		*out = seal;
	else
		seal_close(seal);
	return status;
}

void
seal_close(struct seal *seal)
{
	if (seal == NULL)
		return;
	OPENSSL_cleanse(seal, sizeof *seal);
	free(seal);
}

/* ---- sealing -------------------------------------------------------------- */

static void
encrypt(const struct seal_key *key, const char *purpose, struct span text,
	const uint8_t nonce[NONCE_BYTES], uint8_t *out, uint8_t *tag)
{
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	int length = 0;

	if (cipher == NULL ||
	    EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key->bytes,
			       nonce) != 1 ||
	    EVP_EncryptUpdate(cipher, NULL, &length, (const uint8_t *)purpose,
			      (int)strlen(purpose)) != 1 ||
	    EVP_EncryptUpdate(cipher, out, &length, (const uint8_t *)text.at,
			      (int)text.length) != 1 ||
	    EVP_EncryptFinal_ex(cipher, out + length, &length) != 1 ||
	    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG_BYTES,
				tag) != 1)
		abort(); /* no memory, or no such cipher */
	EVP_CIPHER_CTX_free(cipher);
}

/* False: another text, purpose or key. */
static bool
decrypt(const struct seal_key *key, const char *purpose, struct span sealed,
	uint8_t *out)
{
	const uint8_t *bytes = (const uint8_t *)sealed.at;
	size_t count = sealed.length - NONCE_BYTES - TAG_BYTES;
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	uint8_t tag[TAG_BYTES];
	int length = 0;
	bool opened;

	memcpy(tag, bytes + NONCE_BYTES + count, TAG_BYTES);
	opened = cipher != NULL &&
		 EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL,
				    key->bytes, bytes) == 1 &&
		 EVP_DecryptUpdate(cipher, NULL, &length,
				   (const uint8_t *)purpose,
				   (int)strlen(purpose)) == 1 &&
		 EVP_DecryptUpdate(cipher, out, &length, bytes + NONCE_BYTES,
				   (int)count) == 1 &&
		 EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, TAG_BYTES,
				     tag) == 1 &&
		 EVP_DecryptFinal_ex(cipher, out + length, &length) == 1;
	EVP_CIPHER_CTX_free(cipher);
	return opened;
}

const char *
seal_text(const struct seal *seal, const char *purpose, const char *text,
	  struct arena *arena)
{
	struct span plain;
	struct buffer out;
	uint8_t *bytes;
	size_t count;

	if (text == NULL || seal == NULL || seal->count == 0)
		return text == NULL ? NULL : arena_copy_text(arena, text);
	plain = span_of(text);
	count = NONCE_BYTES + plain.length + TAG_BYTES;
	bytes = mem_new(count, 1);
	random_bytes(bytes, NONCE_BYTES);
	encrypt(&seal->keys[0], purpose, plain, bytes, bytes + NONCE_BYTES,
		bytes + NONCE_BYTES + plain.length);
	buffer_init(&out, 0);
	buffer_print(&out, MARK "%s:", seal->keys[0].id);
	base64url_add(&out, bytes, count);
	text = arena_copy_text(arena, out.bytes);
	buffer_release(&out);
	free(bytes);
	return text;
}

bool
seal_is_current(const struct seal *seal, const char *text)
{
	size_t mark = strlen(MARK);

	if (seal == NULL || seal->count == 0)
		return true;
	return strncmp(text, MARK, mark) == 0 &&
	       strncmp(text + mark, seal->keys[0].id, ID_LETTERS) == 0 &&
	       text[mark + ID_LETTERS] == ':';
}

/* ---- reading -------------------------------------------------------------- */

static const struct seal_key *
key_find(const struct seal *seal, const char *id)
{
	for (size_t i = 0; seal != NULL && i < seal->count; i++) {
		if (strncmp(seal->keys[i].id, id, ID_LETTERS) == 0 &&
		    id[ID_LETTERS] == ':')
			return &seal->keys[i];
	}
	return NULL;
}

enum status
seal_read(const struct seal *seal, const char *purpose, const char *text,
	  struct arena *arena, const char **out, struct fault *fault)
{
	const char *id = text == NULL ? NULL : text + strlen(MARK);
	const struct seal_key *key;
	struct buffer sealed;
	char *plain = NULL;

	if (text == NULL || strncmp(text, MARK, strlen(MARK)) != 0) {
		*out = text == NULL ? NULL : arena_copy_text(arena, text);
		return STATUS_OK;
	}
	key = key_find(seal, id);
	if (key == NULL)
		return fault_field(fault, STATUS_UNAVAILABLE, "secret",
				   "the secret was sealed by another "
				   "SECRET_KEY or key file: give it anew");
	buffer_init(&sealed, 0);
	if (base64url_parse(span_of(id + ID_LETTERS + 1), &sealed) &&
	    sealed.length >= NONCE_BYTES + TAG_BYTES) {
		size_t count = sealed.length - NONCE_BYTES - TAG_BYTES;

		plain = arena_alloc(arena, count + 1);
		plain[count] = '\0';
		if (!decrypt(key, purpose,
			     (struct span){ sealed.bytes, sealed.length },
			     (uint8_t *)plain))
			plain = NULL;
	}
	buffer_release(&sealed);
	if (plain == NULL)
		return fault_field(fault, STATUS_UNAVAILABLE, "secret",
				   "the secret was changed in the store: give "
				   "it anew");
	*out = plain;
	return STATUS_OK;
}
