/* SPDX-License-Identifier: MIT */
/* One TLS connection: records, the handshake as far as it tells keys, and what the keys open. */
#include "capan/tls.h"

#include "alloc.h"
#include "bytes.h"
#include "keylog.h"
#include "protection.h"

enum content_type { CHANGE_CIPHER_SPEC = 20, HANDSHAKE = 22, APPLICATION_DATA = 23, HEARTBEAT = 24 };
enum handshake_type { CLIENT_HELLO = 1, SERVER_HELLO = 2, FINISHED = 20, KEY_UPDATE = 24 };
enum extension { ENCRYPT_THEN_MAC = 22, SUPPORTED_VERSIONS = 43 };
enum { MESSAGE_HEADER = 4, RANDOM_AT = 2, HELLO_MAX = 2048, RECORD_ROOM = RECORD_HEADER + RECORD_MAX };
enum { MEMORY_USUAL = 32 << 20 };

struct capan_tls_secrets {
    const struct capan_alloc *alloc;
    struct keylog keylog;
    uint8_t *spare; /* RECORD_ROOM octets that a record left; NULL none */
    bool opened;    /* one of them opened a record */
};

/* Which secrets a direction is protected with (RFC 8446 7.1); TLS 1.2 has the last alone. */
enum epoch { IN_CLEAR, BY_HANDSHAKE, BY_TRAFFIC };

/* The handshake message that is being read. Of a hello the beginning is kept, of others nothing. */
struct message {
    uint8_t header[MESSAGE_HEADER];
    uint8_t header_len;
    uint32_t left;
    uint16_t kept;
};

/* One direction. */
struct side {
    uint8_t *record;         /* RECORD_ROOM octets while one is being read, else NULL */
    uint32_t record_len;     /* octets of it at hand */
    uint32_t record_missing; /* octets of its body that the capture lacks */
    struct message message;
    struct protection protection;
    uint8_t secret[KEYLOG_SECRET_MAX]; /* TLS 1.3: the traffic secret in use */
    uint8_t epoch;
    bool opened; /* with these keys a record was opened already */
    bool lost;   /* where the next record begins, or its keys, are not known any more */
};

struct capan_tls {
    struct capan_tls_secrets *secrets;
    struct capan_tls_sink sink;
    struct side side[2];                /* by of_client */
    uint8_t hello[HELLO_MAX];           /* the newest ClientHello or ServerHello, as far as it is needed */
    uint8_t randoms[2 * KEYLOG_RANDOM]; /* the server's, the client's */
    bool client_known, server_known;
    bool mac_last;
    const struct suite *suite;
};

/* --- the secrets --- */

static bool crypto_is_ready(void) {
    if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P)) return true;
    if (!gcry_check_version("1.8.0")) return false;
    gcry_control(GCRYCTL_DISABLE_SECMEM, 0); /* the secrets lie in files beside the capture */
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    return true;
}

struct capan_tls_secrets *capan_tls_secrets_new(uint64_t memory, uint64_t seed, const struct capan_alloc *alloc) {
    if (!alloc) alloc = &capan_libc;
    struct capan_tls_secrets *secrets = crypto_is_ready() ? capan_new(alloc, sizeof *secrets) : NULL;
    if (!secrets) return NULL;
    secrets->alloc = alloc;
    capan_keylog_init(&secrets->keylog, memory ? memory : MEMORY_USUAL, seed, alloc);
    return secrets;
}

void capan_tls_secrets_free(struct capan_tls_secrets *secrets) {
    if (!secrets) return;
    capan_keylog_free(&secrets->keylog);
    capan_delete(secrets->alloc, secrets->spare, RECORD_ROOM);
    capan_delete(secrets->alloc, secrets, sizeof *secrets);
}

enum capan_result capan_tls_secrets_add(struct capan_tls_secrets *secrets, struct capan_span lines) {
    return capan_keylog_add(&secrets->keylog, lines);
}

bool capan_tls_secrets_any(const struct capan_tls_secrets *secrets) {
    return secrets->keylog.index.count > 0;
}

bool capan_tls_secrets_cut(const struct capan_tls_secrets *secrets) {
    return secrets->keylog.is_cut;
}

bool capan_tls_secrets_opened(const struct capan_tls_secrets *secrets) {
    return secrets->opened;
}

/* --- one connection --- */

struct capan_tls *capan_tls_new(struct capan_tls_secrets *secrets, const struct capan_tls_sink *sink) {
    struct capan_tls *tls = capan_new(secrets->alloc, sizeof *tls);
    if (!tls) return NULL;
    tls->secrets = secrets;
    tls->sink = *sink;
    return tls;
}

static bool begin_record(struct capan_tls *tls, struct side *side) {
    struct capan_tls_secrets *secrets = tls->secrets;
    side->record = secrets->spare;
    secrets->spare = NULL;
    if (!side->record) side->record = secrets->alloc->resize(secrets->alloc->context, NULL, 0, RECORD_ROOM);
    return side->record;
}

static void drop_record(struct capan_tls *tls, struct side *side) {
    struct capan_tls_secrets *secrets = tls->secrets;
    if (side->record) {
        capan_delete(secrets->alloc, secrets->spare, RECORD_ROOM);
        secrets->spare = side->record;
    }
    side->record = NULL;
    side->record_len = side->record_missing = 0;
}

void capan_tls_free(struct capan_tls *tls) {
    if (!tls) return;
    for (int i = 0; i < 2; i++) {
        drop_record(tls, &tls->side[i]);
        capan_protection_end(&tls->side[i].protection);
    }
    capan_delete(tls->secrets->alloc, tls, sizeof *tls);
}

static bool is_client(const struct capan_tls *tls, const struct side *side) {
    return side == &tls->side[true];
}

static void lose(struct capan_tls *tls, struct side *side) {
    if (side->lost) return;
    drop_record(tls, side);
    capan_protection_end(&side->protection);
    side->lost = true;
    if (tls->sink.lost) tls->sink.lost(tls->sink.context, is_client(tls, side), 0);
}

bool capan_tls_is_closed(const struct capan_tls *tls) {
    return tls->side[0].lost && tls->side[1].lost;
}

/* --- keys --- */

static enum keylog_label label_of(bool of_client, enum epoch epoch) {
    if (epoch == BY_HANDSHAKE) return of_client ? KEYLOG_CLIENT_HANDSHAKE : KEYLOG_SERVER_HANDSHAKE;
    return of_client ? KEYLOG_CLIENT_TRAFFIC : KEYLOG_SERVER_TRAFFIC;
}

static bool is_1_3(const struct capan_tls *tls) {
    return tls->suite && tls->suite->version == TLS_1_3;
}

static bool take_traffic_secret(struct capan_tls *tls, struct side *side, const struct keylog_entry *entry,
                                enum epoch epoch) {
    struct capan_span secret = keylog_secret(entry, label_of(is_client(tls, side), epoch));
    memcpy(side->secret, secret.at, secret.len);
    return capan_protection_begin_1_3(&side->protection, tls->suite, secret);
}

/* The direction's next records are protected by these keys. Without them it is lost. */
static void protect(struct capan_tls *tls, struct side *side, enum epoch epoch) {
    const struct keylog_entry *entry = capan_keylog_find(&tls->secrets->keylog, tls->randoms + KEYLOG_RANDOM);
    bool has_keys = entry && tls->suite;
    if (has_keys && is_1_3(tls))
        has_keys = take_traffic_secret(tls, side, entry, epoch);
    else if (has_keys)
        has_keys = capan_protection_begin_1_2(&side->protection, tls->suite, keylog_secret(entry, KEYLOG_MASTER),
                                              tls->randoms, is_client(tls, side), tls->mac_last);
    side->epoch = (uint8_t)epoch;
    side->opened = false;
    if (!has_keys) lose(tls, side);
}

/* RFC 8446 4.6.3. */
static void update_keys(struct capan_tls *tls, struct side *side) {
    size_t len = gcry_md_get_algo_dlen(tls->suite->hash);
    if (side->epoch != BY_TRAFFIC || !capan_protection_update(tls->suite, side->secret, len) ||
        !capan_protection_begin_1_3(&side->protection, tls->suite, (struct capan_span){side->secret, len}))
        lose(tls, side);
}

/* --- hellos --- */

/* A ServerHello with this random asks for another ClientHello (RFC 8446 4.1.3): SHA-256 of "HelloRetryRequest". */
static const uint8_t retry_random[KEYLOG_RANDOM] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
                                                    0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
                                                    0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

/* Takes len octets off; empty when there are fewer. */
static struct capan_span take(struct capan_span *from, size_t len) {
    struct capan_span part = span_cut(*from, 0, from->len < len ? 0 : len);
    *from = span_cut(*from, from->len < len ? from->len : len, SIZE_MAX);
    return part;
}

static void read_client_hello(struct capan_tls *tls, struct capan_span hello) {
    if (hello.len < RANDOM_AT + KEYLOG_RANDOM) return;
    memcpy(tls->randoms + KEYLOG_RANDOM, hello.at + RANDOM_AT, KEYLOG_RANDOM);
    tls->client_known = true;
}

/* The version that the server chose: as supported_versions says, else as the message does (RFC 8446 4.2.1). */
static uint16_t read_extensions(struct capan_tls *tls, struct capan_span extensions, uint16_t version) {
    while (extensions.len >= 4) {
        struct capan_span header = take(&extensions, 4), value = take(&extensions, read_be16(header.at + 2));
        uint16_t type = read_be16(header.at);
        if (type == SUPPORTED_VERSIONS && value.len == 2) version = read_be16(value.at);
        tls->mac_last |= type == ENCRYPT_THEN_MAC;
    }
    return version;
}

/* RFC 5246 7.4.1.3: version, random, session_id, cipher_suite, compression_method, extensions. */
static void read_server_hello(struct capan_tls *tls, struct capan_span hello) {
    struct capan_span start = take(&hello, RANDOM_AT + KEYLOG_RANDOM), id_len = take(&hello, 1);
    if (!start.len || !id_len.len || memcmp(start.at + RANDOM_AT, retry_random, KEYLOG_RANDOM) == 0) return;
    take(&hello, id_len.at[0]);
    struct capan_span suite = take(&hello, 2), compression = take(&hello, 1);
    if (!compression.len) return;
    take(&hello, 2);
    memcpy(tls->randoms, start.at + RANDOM_AT, KEYLOG_RANDOM);
    uint16_t version = read_extensions(tls, hello, read_be16(start.at));
    tls->suite = capan_suite_of(read_be16(suite.at));
    if (tls->suite && (tls->suite->version != version || compression.at[0])) tls->suite = NULL;
    tls->server_known = true;
    if (!tls->suite || !tls->client_known) {
        lose(tls, &tls->side[true]);
        lose(tls, &tls->side[false]);
    } else if (is_1_3(tls)) {
        protect(tls, &tls->side[true], BY_HANDSHAKE);
        protect(tls, &tls->side[false], BY_HANDSHAKE);
    }
}

/* --- handshake messages --- */

static bool is_hello(const struct side *side) {
    return side->epoch == IN_CLEAR &&
           (side->message.header[0] == CLIENT_HELLO || side->message.header[0] == SERVER_HELLO);
}

/* A message is complete. After its Finished a direction has other keys in TLS 1.3 (RFC 8446 4.4.4). */
static void end_message(struct capan_tls *tls, struct side *side) {
    struct message *message = &side->message;
    struct capan_span hello = {tls->hello, message->kept};
    bool hello_fits = is_hello(side);
    message->header_len = 0;
    message->kept = 0;
    if (hello_fits && message->header[0] == CLIENT_HELLO && is_client(tls, side))
        read_client_hello(tls, hello);
    else if (hello_fits && message->header[0] == SERVER_HELLO && !is_client(tls, side))
        read_server_hello(tls, hello);
    else if (message->header[0] == FINISHED && is_1_3(tls) && side->epoch == BY_HANDSHAKE)
        protect(tls, side, BY_TRAFFIC);
    else if (message->header[0] == KEY_UPDATE && is_1_3(tls))
        update_keys(tls, side);
}

static void keep_hello(struct capan_tls *tls, struct message *message, struct capan_span part) {
    size_t room = sizeof tls->hello - message->kept, len = part.len < room ? part.len : room;
    memcpy(tls->hello + message->kept, part.at, len);
    message->kept += (uint16_t)len;
}

/* Messages may lie together in a record, and across records (RFC 8446 5.1). */
static void read_handshake(struct capan_tls *tls, struct side *side, struct capan_span octets) {
    struct message *message = &side->message;
    while (octets.len && !side->lost) {
        if (message->header_len < MESSAGE_HEADER) {
            message->header[message->header_len++] = take(&octets, 1).at[0];
            if (message->header_len == MESSAGE_HEADER) message->left = read_be24(message->header + 1);
            if (message->header_len < MESSAGE_HEADER) continue;
        }
        struct capan_span part = take(&octets, octets.len < message->left ? octets.len : message->left);
        message->left -= (uint32_t)part.len;
        if (part.len && is_hello(side)) keep_hello(tls, message, part);
        if (!message->left) end_message(tls, side);
    }
}

/* --- records --- */

/* TLS 1.3 has the type behind the content, and zeros behind it (RFC 8446 5.4). */
static enum content_type take_inner_type(uint8_t *body, size_t *len) {
    while (*len && !body[*len - 1]) --*len;
    return *len ? body[--*len] : 0;
}

static void hand_on(struct capan_tls *tls, struct side *side, enum content_type type, struct capan_span content) {
    if (type == HANDSHAKE) read_handshake(tls, side, content);
    if (type == APPLICATION_DATA && side->protection.suite && content.len)
        tls->sink.data(tls->sink.context, is_client(tls, side), content);
}

/* Early data that was refused, or for which there are no secrets, comes before the handshake's records and is passed
 * over as the server does (RFC 8446 4.2.10). */
static bool may_be_early(const struct capan_tls *tls, const struct side *side) {
    return is_1_3(tls) && is_client(tls, side) && side->epoch == BY_HANDSHAKE && !side->opened;
}

static void read_protected(struct capan_tls *tls, struct side *side, uint8_t *record, size_t len) {
    uint8_t *body = record + RECORD_HEADER;
    enum content_type type = record[0];
    if (!capan_protection_open(&side->protection, record, &body, &len)) {
        if (!may_be_early(tls, side)) lose(tls, side);
        return;
    }
    side->opened = tls->secrets->opened = true;
    if (is_1_3(tls)) type = take_inner_type(body, &len);
    hand_on(tls, side, type, (struct capan_span){body, len});
}

/* In TLS 1.2 ChangeCipherSpec begins protection; in TLS 1.3 it means nothing (RFC 8446 5). */
static void read_record(struct capan_tls *tls, struct side *side, uint8_t *record, size_t len) {
    bool changes = record[0] == CHANGE_CIPHER_SPEC;
    if (changes && tls->server_known && !is_1_3(tls))
        protect(tls, side, BY_TRAFFIC);
    else if (!changes && side->protection.suite)
        read_protected(tls, side, record, len);
    else if (!changes)
        hand_on(tls, side, record[0], (struct capan_span){record + RECORD_HEADER, len});
}

static bool is_record_header(const uint8_t *at) {
    return at[0] >= CHANGE_CIPHER_SPEC && at[0] <= HEARTBEAT && at[1] == 3 && at[2] <= 4 &&
           read_be16(at + 3) <= RECORD_MAX;
}

/* How many octets the record still needs, its header first. */
static size_t wanted(const struct side *side) {
    if (side->record_len < RECORD_HEADER) return RECORD_HEADER - side->record_len;
    return RECORD_HEADER + read_be16(side->record + 3) - side->record_len - side->record_missing;
}

/* A record that the capture has not whole cannot be opened; the next one is known by its number. */
static void skip_record(struct capan_tls *tls, struct side *side) {
    uint64_t body_len = read_be16(side->record + 3);
    if (!side->protection.suite || side->epoch != BY_TRAFFIC) {
        lose(tls, side);
        return;
    }
    uint64_t len = capan_protection_content_len(&side->protection, body_len);
    side->protection.sequence++;
    if (len && tls->sink.lost) tls->sink.lost(tls->sink.context, is_client(tls, side), len);
}

static void end_record(struct capan_tls *tls, struct side *side) {
    uint8_t *record = side->record;
    if (side->record_missing)
        skip_record(tls, side);
    else
        read_record(tls, side, record, side->record_len - RECORD_HEADER);
    drop_record(tls, side);
}

void capan_tls_read(struct capan_tls *tls, bool of_client, struct capan_span octets) {
    struct side *side = &tls->side[of_client];
    while (octets.len && !side->lost) {
        if (!side->record && !begin_record(tls, side)) {
            lose(tls, side);
            return;
        }
        size_t want = wanted(side);
        struct capan_span part = take(&octets, octets.len < want ? octets.len : want);
        memcpy(side->record + side->record_len, part.at, part.len);
        side->record_len += (uint32_t)part.len;
        bool has_header = side->record_len >= RECORD_HEADER;
        if (has_header && !is_record_header(side->record))
            lose(tls, side);
        else if (has_header && !wanted(side))
            end_record(tls, side);
    }
}

void capan_tls_gap(struct capan_tls *tls, bool of_client, uint64_t len) {
    struct side *side = &tls->side[of_client];
    if (side->lost) return;
    bool in_body = side->record && side->record_len >= RECORD_HEADER && len && len <= wanted(side);
    if (!in_body) {
        lose(tls, side);
        return;
    }
    side->record_missing += (uint32_t)len;
    if (!wanted(side)) end_record(tls, side);
}
