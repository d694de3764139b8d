/* SPDX-License-Identifier: MIT */
/* Record protection of one direction, TLS 1.2 (RFC 5246 6.2.3, RFC 5288, RFC 6655, RFC 7366, RFC 7905) and TLS 1.3
 * (RFC 8446 5.2). The ciphers are libgcrypt's. */
#ifndef PROTECTION_H
#define PROTECTION_H

#include <gcrypt.h>

#include "capan/base.h"

enum {
    RECORD_HEADER = 5,
    RECORD_MAX = (1 << 14) + 2048, /* a protected fragment: RFC 5246 6.2.3 allows 2,048 octets more, RFC 8446 5.2 256 */
    TLS_1_2 = 0x0303,
    TLS_1_3 = 0x0304
};

/* What a cipher suite means for records. */
struct suite {
    uint16_t number;
    uint16_t version; /* TLS_1_2 or TLS_1_3 */
    uint8_t kind;     /* enum suite_kind */
    uint8_t key_len;
    int cipher; /* GCRY_CIPHER_... */
    int hash;   /* GCRY_MD_... of the key derivation */
    int mac;    /* GCRY_MD_... of SUITE_CBC */
};
enum suite_kind { SUITE_GCM, SUITE_CCM, SUITE_CCM_8, SUITE_CHACHA, SUITE_CBC };

/* NULL: not one that we read. */
const struct suite *capan_suite_of(uint16_t number);

/* Owned by the caller: zeros, begin, then end. Beginning anew ends what was. */
struct protection {
    const struct suite *suite; /* NULL: there is no protection */
    gcry_cipher_hd_t cipher;
    gcry_mac_hd_t mac;
    bool mac_last; /* encrypt-then-mac (RFC 7366) */
    uint8_t iv[16];
    uint64_t sequence; /* of the next record */
};

/* Keys from a traffic secret (RFC 8446 7.3). False: the secret does not fit the suite, or there is no memory. */
bool capan_protection_begin_1_3(struct protection *, const struct suite *, struct capan_span secret);
/* Keys from the master secret (RFC 5246 6.3); randoms: the server's, then the client's. */
bool capan_protection_begin_1_2(struct protection *, const struct suite *, struct capan_span master,
                                const uint8_t randoms[64], bool of_client, bool mac_last);
void capan_protection_end(struct protection *);

/* The next traffic secret (RFC 8446 7.2), in place. */
bool capan_protection_update(const struct suite *, uint8_t *secret, size_t len);

/* Takes the protection off *body, in place: *body and *len become the content (TLS 1.3: with its type and padding).
 * A record that was not protected by these keys and this sequence number is refused; its octets are lost then. */
bool capan_protection_open(struct protection *, const uint8_t header[RECORD_HEADER], uint8_t **body, size_t *len);

/* The content of a record whose body has that length, as far as that tells: 0 where padding makes it unknown (CBC), in
 * TLS 1.3 as much as there is without padding, which nobody is known to send. */
uint64_t capan_protection_content_len(const struct protection *, uint64_t body_len);

#endif
