/* jws.c - see jws.h. */
#include "service/jws.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "base/digest.h"
#include "base/json.h"

#define P256_BYTES 32

static enum status
refuse(struct fault *fault, const char *why)
{
	return fault_field(fault, STATUS_UNAUTHENTICATED, "token",
			   "the provider's token %s", why);
}

static const char *
member(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static bool
member_is(const json_t *object, const char *name, const char *expected)
{
	const char *text = member(object, name);

	return text != NULL && strcmp(text, expected) == 0;
}

/* The decoded bytes of a member; empty when it is missing or wrong. */
static void
member_bytes(const json_t *object, const char *name, struct buffer *out)
{
	const char *text = member(object, name);

	buffer_init(out, 4096);
	if (text != NULL && !base64url_parse(span_of(text), out))
		buffer_clear(out);
}

/* ---- keys ----------------------------------------------------------------- */

static EVP_PKEY *
key_from(const char *type, OSSL_PARAM_BLD *build)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *key = NULL;

	if (params == NULL || context == NULL ||
	    EVP_PKEY_fromdata_init(context) != 1 ||
	    EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(context);
	OSSL_PARAM_free(params);
	return key;
}

static BIGNUM *
number_of(const struct buffer *bytes)
{
	return BN_bin2bn((const unsigned char *)bytes->bytes,
			 (int)bytes->length, NULL);
}

static EVP_PKEY *
rsa_key(const json_t *jwk)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	struct buffer n, e;
	BIGNUM *modulus = NULL, *exponent = NULL;
	EVP_PKEY *key = NULL;

	member_bytes(jwk, "n", &n);
	member_bytes(jwk, "e", &e);
	if (build != NULL && n.length > 0 && e.length > 0 && e.length <= 8) {
		modulus = number_of(&n);
		exponent = number_of(&e);
		OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus);
		OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent);
		key = key_from("RSA", build);
	}
	if (key != NULL && EVP_PKEY_get_bits(key) < JWS_RSA_MIN_BITS) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	BN_free(modulus);
	BN_free(exponent);
	OSSL_PARAM_BLD_free(build);
	buffer_release(&n);
	buffer_release(&e);
	return key;
}

static EVP_PKEY *
p256_key(const json_t *jwk)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	unsigned char point[1 + 2 * P256_BYTES] = { 4 };
	struct buffer x, y;
	EVP_PKEY *key = NULL;

	member_bytes(jwk, "x", &x);
	member_bytes(jwk, "y", &y);
	if (build != NULL && x.length == P256_BYTES &&
	    y.length == P256_BYTES) {
		memcpy(point + 1, x.bytes, P256_BYTES);
		memcpy(point + 1 + P256_BYTES, y.bytes, P256_BYTES);
		OSSL_PARAM_BLD_push_utf8_string(
			build, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
		OSSL_PARAM_BLD_push_octet_string(
			build, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point);
		key = key_from("EC", build);
	}
	OSSL_PARAM_BLD_free(build);
	buffer_release(&x);
	buffer_release(&y);
	return key;
}

/* What a key may be used for; NULL: nothing we do. */
static const char *
algorithm_of(const json_t *jwk)
{
	if (member(jwk, "use") != NULL && !member_is(jwk, "use", "sig"))
		return NULL;
	if (member_is(jwk, "kty", "RSA"))
		return "RS256";
	if (member_is(jwk, "kty", "EC") && member_is(jwk, "crv", "P-256"))
		return "ES256";
	return NULL;
}

static bool
key_fits(const json_t *jwk, const json_t *header)
{
	const char *algorithm = algorithm_of(jwk), *id = member(header, "kid");

	return algorithm != NULL && member_is(header, "alg", algorithm) &&
	       (member(jwk, "alg") == NULL ||
		member_is(jwk, "alg", algorithm)) &&
	       (id == NULL || member_is(jwk, "kid", id));
}

/* ---- signatures ----------------------------------------------------------- */

/* r and s side by side become the form that OpenSSL reads. */
static int
der_of(struct span raw, unsigned char **der)
{
	ECDSA_SIG *signature = ECDSA_SIG_new();
	BIGNUM *r, *s;
	int length = -1;

	if (signature == NULL || raw.length != 2 * P256_BYTES)
		goto out;
	r = BN_bin2bn((const unsigned char *)raw.at, P256_BYTES, NULL);
	s = BN_bin2bn((const unsigned char *)raw.at + P256_BYTES, P256_BYTES,
		      NULL);
	if (ECDSA_SIG_set0(signature, r, s) == 1)
		length = i2d_ECDSA_SIG(signature, der);
out:
	ECDSA_SIG_free(signature);
	return length;
}

static bool
digest_verify(EVP_PKEY *key, struct span text, const unsigned char *signature,
	      size_t length)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool fits = context != NULL &&
		    EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL,
					 key) == 1 &&
		    EVP_DigestVerify(context, signature, length,
				     (const unsigned char *)text.at,
				     text.length) == 1;

	EVP_MD_CTX_free(context);
	return fits;
}

static bool
signature_fits(const json_t *jwk, struct span text, struct span signature)
{
	bool is_rsa = member_is(jwk, "kty", "RSA"), fits = false;
	EVP_PKEY *key = is_rsa ? rsa_key(jwk) : p256_key(jwk);
	unsigned char *der = NULL;
	int length;

	if (key == NULL)
		return false;
	if (is_rsa) {
		fits = digest_verify(key, text,
				     (const unsigned char *)signature.at,
				     signature.length);
	} else {
		length = der_of(signature, &der);
		fits = length > 0 &&
		       digest_verify(key, text, der, (size_t)length);
		OPENSSL_free(der);
	}
	EVP_PKEY_free(key);
	return fits;
}

/* ---- tokens --------------------------------------------------------------- */

static json_t *
part_parse(struct span part)
{
	struct buffer text;
	json_t *object = NULL;

	buffer_init(&text, JWS_MAX_BYTES);
	if (base64url_parse(part, &text) && !text.full)
		json_parse(text.bytes, text.length, &object, NULL);
	buffer_release(&text);
	if (json_is_object(object))
		return object;
	json_decref(object);
	return NULL;
}

/* Any of the keys that the header allows. */
static enum status
keys_try(const json_t *key_set, const json_t *header, struct span text,
	 struct span signature, struct fault *fault)
{
	const json_t *keys = json_object_get(key_set, "keys"), *jwk;
	bool found = false;
	size_t i;

	json_array_foreach(keys, i, jwk) {
		if (!key_fits(jwk, header))
			continue;
		found = true;
		if (signature_fits(jwk, text, signature))
			return STATUS_OK;
	}
	if (!found)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "no published key fits the provider's token");
	return refuse(fault, "has a wrong signature");
}

enum status
jws_verify(const json_t *key_set, struct span token, json_t **claims,
	   struct fault *fault)
{
	struct span rest = token, head, payload, tail;
	struct buffer signature;
	json_t *header;
	enum status status;

	if (token.length == 0 || token.length > JWS_MAX_BYTES ||
	    !span_next(&rest, '.', &head) || !span_next(&rest, '.', &payload) ||
	    !span_next(&rest, '.', &tail) ||
	    span_next(&rest, '.', &(struct span){ 0 }))
		return refuse(fault, "is not well-formed");
	buffer_init(&signature, 2048);
	header = part_parse(head);
	if (header == NULL || json_object_get(header, "crit") != NULL ||
	    !base64url_parse(tail, &signature) || signature.full)
		status = refuse(fault, "is not well-formed");
	else
		status = keys_try(key_set, header,
				  (struct span){ token.at,
						 head.length + 1 +
							 payload.length },
				  (struct span){ signature.bytes,
						 signature.length },
				  fault);
	json_decref(header);
	buffer_release(&signature);
	if (status != STATUS_OK)
		return status;
	*claims = part_parse(payload);
	return *claims != NULL ? STATUS_OK :
				 refuse(fault, "is not well-formed");
}
