/* SPDX-License-Identifier: MIT */
/* What the whole capture came to, in JSON. */
#include <inttypes.h>

#include "capan/report.h"

#define MEMBER(name, member, divisor)                                                                                  \
    { name, offsetof(struct capan_totals, member), divisor }
static const struct member {
    const char *name;
    size_t offset;
    uint64_t divisor; /* what the sum is divided by, and rounded */
} members[] = {
    MEMBER("segments", segments, 1),
    MEMBER("connections", connections, 1),
    MEMBER("exchanges", exchanges, 1),
    MEMBER("saved", saved, 1),
    MEMBER("wasted", wasted, 1),
    MEMBER("round_trips", round_trips_x100, 100),
    MEMBER("handshakes", handshakes, 1),
    MEMBER("evicted_connections", evicted_connections, 1),
    MEMBER("evicted_responses", evicted_responses, 1),
};

static void put_member(FILE *out, const struct capan_totals *totals, const struct member *member) {
    uint64_t sum = *(const uint64_t *)(const void *)((const uint8_t *)totals + member->offset);
    fprintf(out, "  \"%s\": %" PRIu64 ",\n", member->name, (sum + member->divisor / 2) / member->divisor);
}

bool capan_report_totals(FILE *out, const struct capan_totals *totals, const struct capan_finding *findings,
                         size_t count) {
    fputs("{\n", out);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) put_member(out, totals, &members[i]);
    fputs("  \"findings\": ", out);
    struct capan_report *report = capan_report_new(out, CAPAN_JSON, CAPAN_ROWS_FINDINGS, false);
    if (!report) return false;
    for (size_t i = 0; i < count; i++) capan_report_finding(report, &findings[i]);
    return capan_report_close(report) && fputs("}\n", out) >= 0 && !ferror(out);
}
