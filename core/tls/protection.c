/* SPDX-License-Identifier: MIT */
#include "protection.h"

#include "bytes.h"

enum { IV_LEN = 12, SALT_LEN = 4, EXPLICIT_LEN = 8, TAG_LEN = 16, SHORT_TAG_LEN = 8 };
enum { BLOCK_LEN = 16, KEY_BLOCK_MAX = 192, HASH_MAX = 64 };

#define AES_128     GCRY_CIPHER_AES128, GCRY_MD_SHA256
#define AES_256     GCRY_CIPHER_AES256, GCRY_MD_SHA256
#define AES_256_384 GCRY_CIPHER_AES256, GCRY_MD_SHA384
#define CHACHA      GCRY_CIPHER_CHACHA20, GCRY_MD_SHA256

/* The numbers are IANA's (TLS Cipher Suites). How keys are agreed does not matter here. */
static const struct suite suites[] = {
    {0x1301, TLS_1_3, SUITE_GCM, 16, AES_128, 0}, /* RFC 8446 B.4 */
    {0x1302, TLS_1_3, SUITE_GCM, 32, AES_256_384, 0},
    {0x1303, TLS_1_3, SUITE_CHACHA, 32, CHACHA, 0},
    {0x1304, TLS_1_3, SUITE_CCM, 16, AES_128, 0},
    {0x1305, TLS_1_3, SUITE_CCM_8, 16, AES_128, 0},
    {0xc02b, TLS_1_2, SUITE_GCM, 16, AES_128, 0}, /* RFC 5289 3.2 */
    {0xc02c, TLS_1_2, SUITE_GCM, 32, AES_256_384, 0},
    {0xc02f, TLS_1_2, SUITE_GCM, 16, AES_128, 0},
    {0xc030, TLS_1_2, SUITE_GCM, 32, AES_256_384, 0},
    {0x009c, TLS_1_2, SUITE_GCM, 16, AES_128, 0}, /* RFC 5288 3 */
    {0x009d, TLS_1_2, SUITE_GCM, 32, AES_256_384, 0},
    {0x009e, TLS_1_2, SUITE_GCM, 16, AES_128, 0},
    {0x009f, TLS_1_2, SUITE_GCM, 32, AES_256_384, 0},
    {0xcca8, TLS_1_2, SUITE_CHACHA, 32, CHACHA, 0}, /* RFC 7905 2 */
    {0xcca9, TLS_1_2, SUITE_CHACHA, 32, CHACHA, 0},
    {0xccaa, TLS_1_2, SUITE_CHACHA, 32, CHACHA, 0},
    {0xc09c, TLS_1_2, SUITE_CCM, 16, AES_128, 0}, /* RFC 6655 3 */
    {0xc09d, TLS_1_2, SUITE_CCM, 32, AES_256, 0},
    {0xc0ac, TLS_1_2, SUITE_CCM, 16, AES_128, 0}, /* RFC 7251 2 */
    {0xc0ad, TLS_1_2, SUITE_CCM, 32, AES_256, 0},
    {0xc0ae, TLS_1_2, SUITE_CCM_8, 16, AES_128, 0},
    {0xc0af, TLS_1_2, SUITE_CCM_8, 32, AES_256, 0},
    {0xc009, TLS_1_2, SUITE_CBC, 16, AES_128, GCRY_MD_SHA1}, /* RFC 8422 6 */
    {0xc00a, TLS_1_2, SUITE_CBC, 32, AES_256, GCRY_MD_SHA1},
    {0xc013, TLS_1_2, SUITE_CBC, 16, AES_128, GCRY_MD_SHA1},
    {0xc014, TLS_1_2, SUITE_CBC, 32, AES_256, GCRY_MD_SHA1},
    {0xc023, TLS_1_2, SUITE_CBC, 16, AES_128, GCRY_MD_SHA256}, /* RFC 5289 3.1 */
    {0xc024, TLS_1_2, SUITE_CBC, 32, AES_256_384, GCRY_MD_SHA384},
    {0xc027, TLS_1_2, SUITE_CBC, 16, AES_128, GCRY_MD_SHA256},
    {0xc028, TLS_1_2, SUITE_CBC, 32, AES_256_384, GCRY_MD_SHA384},
    {0x002f, TLS_1_2, SUITE_CBC, 16, AES_128, GCRY_MD_SHA1}, /* RFC 5246 A.5 */
    {0x0035, TLS_1_2, SUITE_CBC, 32, AES_256, GCRY_MD_SHA1},
    {0x003c, TLS_1_2, SUITE_CBC, 16, AES_128, GCRY_MD_SHA256},
    {0x003d, TLS_1_2, SUITE_CBC, 32, AES_256, GCRY_MD_SHA256},
    {0x0033, TLS_1_2, SUITE_CBC, 16, AES_128, GCRY_MD_SHA1},
    {0x0039, TLS_1_2, SUITE_CBC, 32, AES_256, GCRY_MD_SHA1},
    {0x0067, TLS_1_2, SUITE_CBC, 16, AES_128, GCRY_MD_SHA256},
    {0x006b, TLS_1_2, SUITE_CBC, 32, AES_256, GCRY_MD_SHA256},
};

const struct suite *capan_suite_of(uint16_t number) {
    for (size_t i = 0; i < sizeof suites / sizeof *suites; i++)
        if (suites[i].number == number) return &suites[i];
    return NULL;
}

/* --- keys --- */

static int mac_of(int hash) {
    if (hash == GCRY_MD_SHA1) return GCRY_MAC_HMAC_SHA1;
    return hash == GCRY_MD_SHA256 ? GCRY_MAC_HMAC_SHA256 : GCRY_MAC_HMAC_SHA384;
}

static bool start_hmac(gcry_mac_hd_t *mac, int hash, struct capan_span key) {
    if (gcry_mac_open(mac, mac_of(hash), 0, NULL) != 0) return false;
    if (gcry_mac_setkey(*mac, key.at, key.len) == 0) return true;
    gcry_mac_close(*mac);
    return false;
}

/* HMAC(key, a then b); out gets the hash's length. */
static bool hmac(int hash, struct capan_span key, struct capan_span a, struct capan_span b, uint8_t *out) {
    gcry_mac_hd_t mac;
    size_t len = gcry_md_get_algo_dlen(hash);
    if (!start_hmac(&mac, hash, key)) return false;
    bool done = gcry_mac_write(mac, a.at, a.len) == 0 && (!b.len || gcry_mac_write(mac, b.at, b.len) == 0) &&
                gcry_mac_read(mac, out, &len) == 0;
    gcry_mac_close(mac);
    return done;
}

/* RFC 8446 7.1, HKDF-Expand-Label without a context, of no more octets than the hash has (RFC 5869 2.3). */
static bool expand_label(int hash, struct capan_span secret, const char *label, uint8_t *out, size_t len) {
    uint8_t info[32] = {0, (uint8_t)len}, block[HASH_MAX];
    size_t label_len = strlen(label), at = 3;
    static const char prefix[] = "tls13 ";
    info[2] = (uint8_t)(sizeof prefix - 1 + label_len);
    memcpy(info + at, prefix, sizeof prefix - 1);
    at += sizeof prefix - 1;
    memcpy(info + at, label, label_len);
    at += label_len + 1; /* an empty context's length */
    info[at++] = 1;      /* the number of the first block */
    if (!hmac(hash, secret, (struct capan_span){info, at}, (struct capan_span){0}, block)) return false;
    memcpy(out, block, len);
    return true;
}

/* RFC 5246 5: P_hash with the label and the seed. */
static bool expand_master(int hash, struct capan_span master, const uint8_t randoms[64], uint8_t *out, size_t len) {
    static const char label[] = "key expansion";
    uint8_t seed[sizeof label - 1 + 64], a[HASH_MAX], block[HASH_MAX];
    size_t hash_len = gcry_md_get_algo_dlen(hash);
    memcpy(seed, label, sizeof label - 1);
    memcpy(seed + sizeof label - 1, randoms, 64);
    struct capan_span whole_seed = {seed, sizeof seed}, chain = whole_seed;
    for (size_t at = 0; at < len; at += hash_len) {
        if (!hmac(hash, master, chain, (struct capan_span){0}, a)) return false;
        chain = (struct capan_span){a, hash_len};
        if (!hmac(hash, master, chain, whole_seed, block)) return false;
        memcpy(out + at, block, len - at < hash_len ? len - at : hash_len);
    }
    return true;
}

static int mode_of(const struct suite *suite) {
    switch (suite->kind) {
    case SUITE_GCM: return GCRY_CIPHER_MODE_GCM;
    case SUITE_CHACHA: return GCRY_CIPHER_MODE_POLY1305;
    case SUITE_CBC: return GCRY_CIPHER_MODE_CBC;
    default: return GCRY_CIPHER_MODE_CCM;
    }
}

static bool take_key(struct protection *protection, const struct suite *suite, const uint8_t *key) {
    capan_protection_end(protection);
    if (gcry_cipher_open(&protection->cipher, suite->cipher, mode_of(suite), 0) != 0) return false;
    protection->suite = suite;
    return gcry_cipher_setkey(protection->cipher, key, suite->key_len) == 0;
}

bool capan_protection_begin_1_3(struct protection *protection, const struct suite *suite, struct capan_span secret) {
    uint8_t key[32];
    if (secret.len != gcry_md_get_algo_dlen(suite->hash)) return false;
    return expand_label(suite->hash, secret, "key", key, suite->key_len) && take_key(protection, suite, key) &&
           expand_label(suite->hash, secret, "iv", protection->iv, IV_LEN);
}

bool capan_protection_update(const struct suite *suite, uint8_t *secret, size_t len) {
    return expand_label(suite->hash, (struct capan_span){secret, len}, "traffic upd", secret, len);
}

static size_t fixed_iv_len(const struct suite *suite) {
    return suite->kind == SUITE_CBC ? 0 : suite->kind == SUITE_CHACHA ? IV_LEN : SALT_LEN;
}

/* The key block: both MAC keys, both keys, both fixed IVs, the client's first. */
bool capan_protection_begin_1_2(struct protection *protection, const struct suite *suite, struct capan_span master,
                                const uint8_t randoms[64], bool of_client, bool mac_last) {
    uint8_t block[KEY_BLOCK_MAX];
    size_t mac_len = suite->mac ? gcry_md_get_algo_dlen(suite->mac) : 0, iv_len = fixed_iv_len(suite);
    const uint8_t *macs = block, *keys = block + 2 * mac_len, *ivs = keys + 2 * (size_t)suite->key_len;
    size_t which = of_client ? 0 : 1;
    if (!expand_master(suite->hash, master, randoms, block, 2 * (mac_len + suite->key_len + iv_len))) return false;
    if (!take_key(protection, suite, keys + which * suite->key_len)) return false;
    memcpy(protection->iv, ivs + which * iv_len, iv_len);
    protection->mac_last = mac_last;
    return !mac_len || start_hmac(&protection->mac, suite->mac, (struct capan_span){macs + which * mac_len, mac_len});
}

void capan_protection_end(struct protection *protection) {
    if (protection->cipher) gcry_cipher_close(protection->cipher);
    if (protection->mac) gcry_mac_close(protection->mac);
    *protection = (struct protection){0};
}

/* --- records --- */

static void write_be64(uint8_t *to, uint64_t number) {
    for (int i = 7; i >= 0; i--, number >>= 8) to[i] = (uint8_t)number;
}

static size_t tag_len(const struct suite *suite) {
    return suite->kind == SUITE_CCM_8 ? SHORT_TAG_LEN : TAG_LEN;
}

/* The IV with the sequence number added to its end (RFC 8446 5.3, RFC 7905 2). */
static void mixed_nonce(const struct protection *protection, uint8_t nonce[IV_LEN]) {
    uint8_t number[8];
    memcpy(nonce, protection->iv, IV_LEN);
    write_be64(number, protection->sequence);
    for (size_t i = 0; i < sizeof number; i++) nonce[IV_LEN - sizeof number + i] ^= number[i];
}

/* Sequence number, type, version, length of the content (RFC 5246 6.2.3.3). */
static void write_1_2_header(const struct protection *protection, const uint8_t header[RECORD_HEADER], size_t len,
                             uint8_t to[13]) {
    write_be64(to, protection->sequence);
    memcpy(to + 8, header, 3);
    to[11] = (uint8_t)(len >> 8);
    to[12] = (uint8_t)len;
}

static bool set_ccm_lengths(gcry_cipher_hd_t cipher, size_t len, size_t header_len, size_t tag) {
    uint64_t lengths[3] = {len, header_len, tag};
    return gcry_cipher_ctl(cipher, GCRYCTL_SET_CCM_LENGTHS, lengths, sizeof lengths) == 0;
}

static bool decrypt_aead(struct protection *protection, const uint8_t nonce[IV_LEN], struct capan_span header,
                         uint8_t *at, size_t len) {
    gcry_cipher_hd_t cipher = protection->cipher;
    bool ccm = protection->suite->kind == SUITE_CCM || protection->suite->kind == SUITE_CCM_8;
    size_t tag = tag_len(protection->suite);
    if (gcry_cipher_reset(cipher) != 0 || gcry_cipher_setiv(cipher, nonce, IV_LEN) != 0) return false;
    if (ccm && !set_ccm_lengths(cipher, len, header.len, tag)) return false;
    return gcry_cipher_authenticate(cipher, header.at, header.len) == 0 && gcry_cipher_final(cipher) == 0 &&
           gcry_cipher_decrypt(cipher, at, len, NULL, 0) == 0 && gcry_cipher_checktag(cipher, at + len, tag) == 0;
}

/* What stands before the content (RFC 5288 3, RFC 6655 3). */
static size_t explicit_len(const struct suite *suite) {
    return suite->version == TLS_1_2 && suite->kind != SUITE_CHACHA ? EXPLICIT_LEN : 0;
}

static bool open_aead(struct protection *protection, const uint8_t header[RECORD_HEADER], uint8_t **body, size_t *len) {
    const struct suite *suite = protection->suite;
    uint8_t nonce[IV_LEN], old_header[13];
    size_t before = explicit_len(suite), tag = tag_len(suite);
    if (*len < before + tag) return false;
    mixed_nonce(protection, nonce);
    if (before) {
        memcpy(nonce, protection->iv, SALT_LEN);
        memcpy(nonce + SALT_LEN, *body, EXPLICIT_LEN);
    }
    *body += before;
    *len -= before + tag;
    write_1_2_header(protection, header, *len, old_header);
    struct capan_span with = {old_header, sizeof old_header};
    if (suite->version == TLS_1_3) with = (struct capan_span){header, RECORD_HEADER};
    return decrypt_aead(protection, nonce, with, *body, *len);
}

/* The MAC stands behind octets. */
static bool has_mac(struct protection *protection, const uint8_t header[RECORD_HEADER], struct capan_span octets) {
    uint8_t before[13];
    size_t len = gcry_md_get_algo_dlen(protection->suite->mac);
    write_1_2_header(protection, header, octets.len, before);
    return gcry_mac_reset(protection->mac) == 0 && gcry_mac_write(protection->mac, before, sizeof before) == 0 &&
           gcry_mac_write(protection->mac, octets.at, octets.len) == 0 &&
           gcry_mac_verify(protection->mac, octets.at + octets.len, len) == 0;
}

/* RFC 5246 6.2.3.2; with encrypt-then-mac the MAC is over IV and ciphertext (RFC 7366 3). */
static bool open_cbc(struct protection *protection, const uint8_t header[RECORD_HEADER], uint8_t **body, size_t *len) {
    size_t mac_len = gcry_md_get_algo_dlen(protection->suite->mac), outside = protection->mac_last ? mac_len : 0;
    if (*len < 2 * BLOCK_LEN + outside || (*len - outside) % BLOCK_LEN) return false;
    *len -= outside;
    if (outside && !has_mac(protection, header, (struct capan_span){*body, *len})) return false;
    uint8_t *at = *body + BLOCK_LEN;
    size_t left = *len - BLOCK_LEN;
    if (gcry_cipher_reset(protection->cipher) != 0 || gcry_cipher_setiv(protection->cipher, *body, BLOCK_LEN) != 0 ||
        gcry_cipher_decrypt(protection->cipher, at, left, NULL, 0) != 0)
        return false;
    size_t padding = (size_t)at[left - 1] + 1, inside = protection->mac_last ? 0 : mac_len;
    if (left < padding + inside) return false;
    *body = at;
    *len = left - padding - inside;
    return !inside || has_mac(protection, header, (struct capan_span){*body, *len});
}

bool capan_protection_open(struct protection *protection, const uint8_t header[RECORD_HEADER], uint8_t **body,
                           size_t *len) {
    bool cbc = protection->suite->kind == SUITE_CBC;
    if (cbc ? !open_cbc(protection, header, body, len) : !open_aead(protection, header, body, len)) return false;
    protection->sequence++;
    return true;
}

uint64_t capan_protection_content_len(const struct protection *protection, uint64_t body_len) {
    const struct suite *suite = protection->suite;
    size_t around = explicit_len(suite) + tag_len(suite) + (suite->version == TLS_1_3); /* the type (RFC 8446 5.2) */
    return suite->kind != SUITE_CBC && body_len > around ? body_len - around : 0;
}
