/* SPDX-License-Identifier: MIT */
/* TLS 1.2 and 1.3 read with the secrets of its endpoints (RFC 5246, RFC 8446): application data out of the octets of a
 * connection. What has no secret, or a cipher suite or version that is not read, stays closed. */
#ifndef CAPAN_TLS_H
#define CAPAN_TLS_H

#include "talk.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The secrets of a capture. One object may serve many connections, one at a time. */
struct capan_tls_secrets;

/* NULL without memory. seed is for its hash table, as in struct capan_config. memory: octets that secrets may take; 0
 * is 32 MiB. NULL alloc is libc's. */
CAPAN_API struct capan_tls_secrets *capan_tls_secrets_new(uint64_t memory, uint64_t seed,
                                                          const struct capan_alloc *alloc);
CAPAN_API void capan_tls_secrets_free(struct capan_tls_secrets *);

/* Whole lines in the NSS Key Log Format (what SSLKEYLOGFILE names, or a pcapng Decryption Secrets Block holds); those
 * of other kinds are passed over. Secrets are looked up when a connection's keys change: later ones come too late for
 * it. CAPAN_NO_MEMORY: not all were taken. */
CAPAN_API enum capan_result capan_tls_secrets_add(struct capan_tls_secrets *, struct capan_span lines);

/* Are there any? Has any of them opened anything? Were some not taken? */
CAPAN_API bool capan_tls_secrets_any(const struct capan_tls_secrets *);
CAPAN_API bool capan_tls_secrets_opened(const struct capan_tls_secrets *);
CAPAN_API bool capan_tls_secrets_cut(const struct capan_tls_secrets *);

/* For struct capan_config. The secrets must outlive the engine; while there are none, no connection is opened. */
CAPAN_API struct capan_tls_opener capan_tls_opener(struct capan_tls_secrets *secrets);

/* One connection. */
struct capan_tls;

/* NULL without memory. secrets must outlive it; sink is copied. */
CAPAN_API struct capan_tls *capan_tls_new(struct capan_tls_secrets *secrets, const struct capan_tls_sink *sink);
CAPAN_API void capan_tls_free(struct capan_tls *);

/* Octets of one direction, in order, each once. */
CAPAN_API void capan_tls_read(struct capan_tls *, bool of_client, struct capan_span octets);
/* len octets of a direction are missing; 0: it is not known how many. */
CAPAN_API void capan_tls_gap(struct capan_tls *, bool of_client, uint64_t len);
/* True when nothing more can come out of either direction. */
CAPAN_API bool capan_tls_is_closed(const struct capan_tls *);

#ifdef __cplusplus
}
#endif

#endif
