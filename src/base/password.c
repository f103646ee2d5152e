/* password.c - Argon2id by libargon2; see password.h. */
#include "base/password.h"

#include <argon2.h>
#include <string.h>

#include "base/digest.h"

/* OWASP's second choice for Argon2id: 19 MiB, two passes, one lane. */
#define MEMORY_KIB 19456
#define PASSES 2
#define LANES 1
#define SALT_BYTES 16
#define HASH_BYTES 32

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
	code = argon2id_hash_encoded(PASSES, MEMORY_KIB, LANES, password,
				     length, salt, sizeof salt, HASH_BYTES,
				     out, PASSWORD_HASH_BYTES);
	if (code != ARGON2_OK)
		return fault_set(fault, STATUS_FAILED,
				 "cannot hash a password: %s",
				 argon2_error_message(code));
	return STATUS_OK;
}

bool
password_matches(const char *password, const char *hash)
{
	size_t length = strlen(password);

	return length <= PASSWORD_MAX_BYTES &&
	       strncmp(hash, "$argon2id$", 10) == 0 &&
	       argon2id_verify(hash, password, length) == ARGON2_OK;
}
