/* SPDX-License-Identifier: MIT */
/* TLS connections as the engine asks for them. */
#include "capan/tls.h"

static bool is_ready(void *context) {
    return capan_tls_secrets_any(context);
}

static void *open_tls(void *context, const struct capan_tls_sink *sink) {
    return capan_tls_new(context, sink);
}
static void close_tls(void *tls) {
    capan_tls_free(tls);
}
static void read_tls(void *tls, bool of_client, struct capan_span octets) {
    capan_tls_read(tls, of_client, octets);
}
static void skip(void *tls, bool of_client, uint64_t len) {
    capan_tls_gap(tls, of_client, len);
}
static bool is_closed(const void *tls) {
    return capan_tls_is_closed(tls);
}

struct capan_tls_opener capan_tls_opener(struct capan_tls_secrets *secrets) {
    return (struct capan_tls_opener){is_ready, open_tls, close_tls, read_tls, skip, is_closed, secrets};
}
