/* SPDX-License-Identifier: MIT */
/* Readers for struct capan_config: of HTTP/2 in clear, and of TLS where there are secrets, with HTTP/1 or HTTP/2 in it. */
#ifndef CAPAN_READERS_H
#define CAPAN_READERS_H

#include "analysis.h"
#include "tls.h"

/* NULL without memory. secrets may be NULL: TLS stays closed. They, and what this returns, must outlive the engine. NULL
 * alloc is libc's. */
CAPAN_API struct capan_readers *capan_readers_new(struct capan_tls_secrets *secrets, const struct capan_alloc *alloc);
CAPAN_API void capan_readers_free(struct capan_readers *);

#endif
