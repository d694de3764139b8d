/* SPDX-License-Identifier: MIT */
/* Any key log and any octets of a connection. The input: the key log's length in two octets, the key log, then parts of
 * a header (bit 0: the client's; bit 1: a hole of this length, not octets), two octets of length, and the octets. */

#include "bytes.h"
#include "capan/tls.h"
#include "require.h"

struct ear {
    bool all_lost[2];
};

static void hear(void *context, bool of_client, struct capan_span octets) {
    const struct ear *ear = context;
    require(octets.len > 0 && octets.len <= (1 << 14) + 2048, "no more comes out than a record holds");
    require(!ear->all_lost[of_client], "nothing comes behind what is lost for good");
}

static void hear_loss(void *context, bool of_client, uint64_t len) {
    struct ear *ear = context;
    require(!ear->all_lost[of_client], "it is lost for good once");
    ear->all_lost[of_client] |= !len;
}

static void read_parts(struct capan_tls *tls, struct capan_span parts) {
    enum { FROM_CLIENT = 1, IS_HOLE = 2, HEADER = 3 };
    while (parts.len >= HEADER) {
        uint8_t flags = parts.at[0];
        size_t len = read_be16(parts.at + 1);
        parts = span_cut(parts, HEADER, SIZE_MAX);
        if (flags & IS_HOLE) {
            capan_tls_gap(tls, flags & FROM_CLIENT, len);
            continue;
        }
        capan_tls_read(tls, flags & FROM_CLIENT, span_cut(parts, 0, len));
        parts = span_cut(parts, len, SIZE_MAX);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) return 0;
    struct capan_span input = {data + 2, size - 2};
    size_t lines = read_be16(data);
    struct ear ear = {{false}};
    struct capan_tls_secrets *secrets = capan_tls_secrets_new(0, 1, NULL);
    if (!secrets) return 0;
    capan_tls_secrets_add(secrets, span_cut(input, 0, lines));
    struct capan_tls *tls = capan_tls_new(secrets, &(struct capan_tls_sink){hear, hear_loss, &ear});
    if (tls) read_parts(tls, span_cut(input, lines, SIZE_MAX));
    if (tls) require(capan_tls_is_closed(tls) == (ear.all_lost[0] && ear.all_lost[1]), "closed is lost both ways");
    capan_tls_free(tls);
    capan_tls_secrets_free(secrets);
    return 0;
}
