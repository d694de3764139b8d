/* SPDX-License-Identifier: MIT */
/* Any rows of proofs over any capture: the rows' length in two octets, the rows, then feed.h's steps. */
#include <string.h>

#include "capan/capan.h"
#include "feed.h"
#include "scan.h"

static void take_packet(void *context, const struct capan_packet *packet, bool lost) {
    if (!lost) capan_prover_packet(context, packet);
}

static void check(struct capan_prover *prover, struct capan_span row) {
    struct capan_proved proved;
    if (capan_prover_check(prover, row, &proved) != CAPAN_OK) return;
    require(memchr(proved.wrong, 0, sizeof proved.wrong) && memchr(proved.why, 0, sizeof proved.why) &&
                memchr(proved.unread_names, 0, sizeof proved.unread_names),
            "words end");
    require(!proved.holds || !proved.wrong[0], "what holds has no part that does not");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct capan_prover *prover = capan_prover_new(1 << 20, 1, &capan_libc);
    struct feed feed = {.input = {data, size}, .take = take_packet, .context = prover};
    require(prover, "memory");
    struct capan_span rows = feed_span(&feed);
    while (feed_step(&feed)) continue;
    while (rows.len) {
        check(prover, scan_until(&rows, "\n"));
        span_take(&rows, 1);
    }
    capan_prover_free(prover);
    return 0;
}
