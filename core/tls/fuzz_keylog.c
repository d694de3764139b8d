/* SPDX-License-Identifier: MIT */
/* Any lines as a key log, in two pieces: an octet says how far the first one goes. */
#include "alloc.h"
#include "bytes.h"
#include "capan/tls.h"
#include "require.h"

enum { MEMORY_MAX = 4 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct capan_span input = {data, size};
    struct capan_counter counter;
    capan_counter_init(&counter, &capan_libc);
    struct capan_tls_secrets *secrets = capan_tls_secrets_new(0, 1, &counter.alloc);
    require(secrets, "memory");
    const size_t first = size ? *span_take(&input, 1).at : 0;
    const bool taken = capan_tls_secrets_add(secrets, span_take(&input, first * 4)) == CAPAN_OK &&
                       capan_tls_secrets_add(secrets, input) == CAPAN_OK;
    require(taken, "a short key log is taken");
    require(!capan_tls_secrets_opened(secrets), "nothing was opened");
    capan_tls_secrets_free(secrets);
    require(counter.held == 0, "all memory is given back");
    require(counter.peak < MEMORY_MAX, "memory is bounded");
    return 0;
}
