/* SPDX-License-Identifier: MIT */
/* TLS secrets in the NSS Key Log Format (draft-ietf-tls-keylogfile), as SSLKEYLOGFILE and a pcapng Decryption Secrets
 * Block have them: lines of a label, the client's random and a secret, both in hexadecimal. */
#ifndef KEYLOG_H
#define KEYLOG_H

#include "capan/base.h"
#include "index.h"

enum { KEYLOG_RANDOM = 32, KEYLOG_SECRET_MAX = 64 };

/* Whose secret, by the words of the lines (keylog.c). */
enum keylog_label {
    KEYLOG_MASTER, /* TLS 1.2; the others are TLS 1.3's (RFC 8446 7.1) */
    KEYLOG_CLIENT_HANDSHAKE,
    KEYLOG_SERVER_HANDSHAKE,
    KEYLOG_CLIENT_TRAFFIC,
    KEYLOG_SERVER_TRAFFIC,
    KEYLOG_LABEL_COUNT
};

/* The secrets of one connection. */
struct keylog_entry {
    struct capan_indexed in;
    uint8_t random[KEYLOG_RANDOM];
    uint8_t len[KEYLOG_LABEL_COUNT]; /* 0: not there */
    uint8_t secret[KEYLOG_LABEL_COUNT][KEYLOG_SECRET_MAX];
};

/* Owned by the caller: init, then free. Must stay where it is. */
struct keylog {
    struct capan_index index;
    uint64_t most; /* entries that there is room for */
    bool is_cut;   /* more were to be taken */
};

void capan_keylog_init(struct keylog *keylog, uint64_t memory, uint64_t seed, const struct capan_alloc *alloc);
void capan_keylog_free(struct keylog *keylog);

/* Whole lines; other labels and what cannot be read are passed over. CAPAN_NO_MEMORY: not all lines were taken. */
enum capan_result capan_keylog_add(struct keylog *keylog, struct capan_span lines);

/* NULL when there are none of that connection. Valid until the next capan_keylog_add. */
const struct keylog_entry *capan_keylog_find(const struct keylog *keylog, const uint8_t random[KEYLOG_RANDOM]);

static inline struct capan_span keylog_secret(const struct keylog_entry *entry, enum keylog_label label) {
    return (struct capan_span){entry->secret[label], entry->len[label]};
}

#endif
