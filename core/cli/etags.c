/* SPDX-License-Identifier: MIT */
#include <glib.h>
#include <string.h>

#include "exhausted.h"
#include "share.h"
#include "study.h"

/* Contents wait for their exchange as they are: Git's digest begins with the length. What is larger, or one too many,
 * has no digests. */
enum { CONTENT_MAX = 8 << 20, PART_WAITING = 4 };

struct fingerprints {
    struct study study; /* the first member: one is cast to the other */
    struct capan_etags *etags;
    GHashTable *contents;           /* number of the content: GByteArray */
    uint64_t waiting, waiting_most; /* octets of them */
};

static void free_content(gpointer content) {
    g_byte_array_free(content, TRUE);
}

static void close_fingerprints(struct study *study) {
    struct fingerprints *fingerprints = (struct fingerprints *)study;
    capan_etags_free(fingerprints->etags);
    g_hash_table_destroy(fingerprints->contents);
    g_free(fingerprints);
}

static void forget(struct fingerprints *fingerprints, uint64_t number) {
    gint64 key = (gint64)number;
    const GByteArray *content = g_hash_table_lookup(fingerprints->contents, &key);
    if (!content) return;
    fingerprints->waiting -= content->len;
    g_hash_table_remove(fingerprints->contents, &key);
}

/* Only what has no hole so far goes on. */
static void take_content(struct study *study, const struct capan_content *content) {
    struct fingerprints *fingerprints = (struct fingerprints *)study;
    gint64 key = (gint64)content->number;
    if (content->request) return;
    GByteArray *kept = g_hash_table_lookup(fingerprints->contents, &key);
    if (!kept && content->offset == 0) {
        kept = g_byte_array_new();
        g_hash_table_insert(fingerprints->contents, g_memdup2(&key, sizeof key), kept);
    }
    if (!kept) return;
    const bool fits = content->offset == kept->len && kept->len + content->octets.len <= CONTENT_MAX &&
                      fingerprints->waiting + content->octets.len <= fingerprints->waiting_most;
    if (!fits) {
        forget(fingerprints, content->number);
        return;
    }
    g_byte_array_append(kept, content->octets.at, (guint)content->octets.len);
    fingerprints->waiting += content->octets.len;
}

static void sum(GChecksumType type, const char *before, size_t before_len, const GByteArray *content, uint8_t *to,
                gsize len) {
    GChecksum *checksum = g_checksum_new(type);
    if (before_len) g_checksum_update(checksum, (const guchar *)before, (gssize)before_len);
    g_checksum_update(checksum, content->data, (gssize)content->len);
    g_checksum_get_digest(checksum, to, &len);
    g_checksum_free(checksum);
}

static void digest(struct capan_etag_digests *digests, const GByteArray *content) {
    char blob[32];
    const size_t blob_len = (size_t)g_snprintf(blob, sizeof blob, "blob %u", content->len) + 1;
    sum(G_CHECKSUM_MD5, NULL, 0, content, digests->md5, sizeof digests->md5);
    sum(G_CHECKSUM_SHA1, NULL, 0, content, digests->sha1, sizeof digests->sha1);
    sum(G_CHECKSUM_SHA256, NULL, 0, content, digests->sha256, sizeof digests->sha256);
    sum(G_CHECKSUM_SHA1, blob, blob_len, content, digests->git, sizeof digests->git);
}

static bool has_tag(const struct capan_exchange *exchange) {
    for (size_t i = 0; i < exchange->response_field_count; i++) {
        const struct capan_span name = exchange->response_fields[i].name;
        if (name.len == 4 && memcmp(name.at, "etag", 4) == 0) return true;
    }
    return false;
}

static void take_exchange(struct study *study, const struct capan_exchange *exchange) {
    struct fingerprints *fingerprints = (struct fingerprints *)study;
    gint64 key = (gint64)exchange->response_content;
    const GByteArray *content = key ? g_hash_table_lookup(fingerprints->contents, &key) : NULL;
    struct capan_etag_digests digests;
    const bool known = content && content->len == exchange->response.body_len && has_tag(exchange);
    if (known) digest(&digests, content);
    if (study->extractor)
        capan_extractor_tag(study->extractor, exchange, known ? &digests : NULL);
    else
        capan_etags_exchange(fingerprints->etags, exchange, known ? &digests : NULL);
    if (key) forget(fingerprints, exchange->response_content);
}

static bool is_wanted(const struct options *options, const struct capan_etag_row *row) {
    return options->frame < 0 || options->frame == row->first_frame || options->frame == row->last_frame;
}

void etags_tell(struct capan_etags *etags, const struct options *options, struct capan_report *report,
                const char *name) {
    struct capan_etag_row row;
    for (uint64_t at = 0; report && capan_etags_next(etags, &at, &row);)
        if (is_wanted(options, &row)) capan_report_etag(report, &row);
    const uint64_t left_out = capan_etags_left_out(etags);
    if (left_out)
        g_printerr("capan: %s: given up: %" G_GUINT64_FORMAT " responses with one entity tag too many\n", name,
                   left_out);
}

static enum exit_status write_all(struct study *study, struct capan_report *report, const char *name) {
    etags_tell(((struct fingerprints *)study)->etags, study->options, report, name);
    return EXIT_FINE;
}

static uint64_t for_contents(const struct options *options) {
    return share_of(options).keeper / PART_WAITING;
}

struct capan_etags *etags_new(const struct options *options, uint64_t seed) {
    return capan_etags_new(share_of(options).keeper - for_contents(options), seed, &exhausted_alloc);
}

struct study *etags_open(const struct options *options, uint64_t seed, enum exit_status *status) {
    struct capan_etags *etags = etags_new(options, seed);
    if (!etags) {
        *status = exhausted_tell();
        return NULL;
    }
    struct fingerprints *fingerprints = g_new0(struct fingerprints, 1);
    fingerprints->study = (struct study){.options = options,
                                         .content = take_content,
                                         .exchange = take_exchange,
                                         .end = write_all,
                                         .close = close_fingerprints};
    fingerprints->etags = etags;
    fingerprints->waiting_most = for_contents(options);
    fingerprints->contents = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_content);
    return &fingerprints->study;
}
