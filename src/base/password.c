/* password.c - Argon2id by libargon2, bcrypt by libxcrypt; see password.h. */
#include "base/password.h"

#include <argon2.h>
#include <crypt.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/memory.h"

#define PASSES 2
#define LANES 1
#define SALT_BYTES 16
#define HASH_BYTES 32
#define BCRYPT_COST_MAX 15 /* a dearer one would keep a thread for seconds */

static uint32_t memory_kib = PASSWORD_MEMORY_KIB;

void
password_set_memory(uint32_t kib)
{
	memory_kib = kib;
}

enum status
password_hash(const char *password, char out[PASSWORD_HASH_BYTES],
	      struct fault *fault)
{
	size_t length = strlen(password);
	unsigned char salt[SALT_BYTES];
	int code;

	if (length < PASSWORD_MIN_BYTES || length > PASSWORD_MAX_BYTES)
		return fault_field(fault, STATUS_INVALID, "password",
				   "a password has %d to %d bytes",
				   PASSWORD_MIN_BYTES, PASSWORD_MAX_BYTES);
	random_bytes(salt, sizeof salt);
	code = argon2id_hash_encoded(PASSES, memory_kib, LANES, password,
				     length, salt, sizeof salt, HASH_BYTES,
				     out, PASSWORD_HASH_BYTES);
	if (code != ARGON2_OK)
		return fault_set(fault, STATUS_FAILED,
				 "cannot hash a password: %s",
				 argon2_error_message(code));
	return STATUS_OK;
}

/* "$2b$12$" and 53 letters. */
static bool
is_bcrypt(const char *hash)
{
	return strlen(hash) == 60 && strncmp(hash, "$2", 2) == 0 &&
	       strchr("aby", hash[2]) != NULL && hash[3] == '$' &&
	       isdigit((unsigned char)hash[4]) &&
	       isdigit((unsigned char)hash[5]) && hash[6] == '$' &&
	       (hash[4] - '0') * 10 + hash[5] - '0' <= BCRYPT_COST_MAX;
}

static bool
bcrypt_matches(const char *password, const char *hash)
{
	struct crypt_data *data = mem_new(1, sizeof *data);
	/* Not crypt_r(): AddressSanitizer puts its own in the place of that. */
	const char *made = crypt_rn(password, hash, data, sizeof *data);
	bool matches = made != NULL && strlen(made) == strlen(hash) &&
		       bytes_equal_secret(made, hash, strlen(hash));

	explicit_bzero(data, sizeof *data);
	free(data);
	return matches;
}

bool
password_matches(const char *password, const char *hash)
{
	size_t length = strlen(password);

	if (length > PASSWORD_MAX_BYTES)
		return false;
	if (is_bcrypt(hash))
		return bcrypt_matches(password, hash);
	return strncmp(hash, "$argon2id$", 10) == 0 &&
	       argon2id_verify(hash, password, length) == ARGON2_OK;
}

bool
password_hash_known(const char *hash)
{
	return is_bcrypt(hash) || (strncmp(hash, "$argon2id$v=", 12) == 0 &&
				   strlen(hash) < PASSWORD_HASH_BYTES);
}

bool
password_is_outdated(const char *hash)
{
	char present[64];

	snprintf(present, sizeof present,
		 "$argon2id$v=19$m=%" PRIu32 ",t=%d,p=%d$", memory_kib, PASSES,
		 LANES);
	return strncmp(hash, present, strlen(present)) != 0;
}

void
password_pretend(const char *password)
{
	static const unsigned char salt[SALT_BYTES] = "nobody has this";
	size_t length = strlen(password);
	unsigned char out[HASH_BYTES];

	if (length <= PASSWORD_MAX_BYTES)
		argon2id_hash_raw(PASSES, memory_kib, LANES, password, length,
				  salt, sizeof salt, out, sizeof out);
}
