/* SPDX-License-Identifier: MIT */
/* Any lines of extracts, each told again to what sums them up. */
#include <stdio.h>
#include <stdlib.h>

#include "capan/extract.h"
#include "require.h"
#include "scan.h"

struct sums {
    struct capan_tally *tally;
    struct capan_summary *summary;
    struct capan_etags *etags;
    struct capan_totals totals;
    struct capan_source source;
};

static void tell(struct sums *sums, const struct capan_extract *line) {
    switch (line->of) {
    case CAPAN_EXTRACT_SEGMENT: capan_tally_segment(sums->tally, &line->segment); break;
    case CAPAN_EXTRACT_EXCHANGE:
        capan_tally_exchange(sums->tally, &line->exchange);
        capan_summary_exchange(sums->summary, &line->exchange);
        capan_etags_exchange(sums->etags, &line->exchange, line->has_digests ? &line->digests : NULL);
        break;
    case CAPAN_EXTRACT_CONNECTION: capan_summary_connection(sums->summary, &line->connection); break;
    case CAPAN_EXTRACT_HOST: capan_tally_host(sums->tally, &line->finding); break;
    case CAPAN_EXTRACT_TOTALS:
        sums->totals = line->totals;
        sums->source = line->source;
        sums->source.file = sums->source.link = sums->source.link_unread = "of the line";
        break;
    case CAPAN_EXTRACT_PAGE:
    case CAPAN_EXTRACT_COUNT: break;
    }
}

static void end(struct sums *sums) {
    const struct capan_finding *findings;
    struct capan_etag_row row;
    const size_t count = capan_tally_findings(sums->tally, &findings);
    for (uint64_t at = 0; capan_etags_next(sums->etags, &at, &row);) require(row.count > 0, "a tag has responses");
    require(capan_summary_close(sums->summary, &sums->source, &sums->totals, findings, count), "written");
    capan_tally_free(sums->tally);
    capan_etags_free(sums->etags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static FILE *nowhere;
    if (!nowhere) nowhere = fopen("/dev/null", "w");
    struct capan_extract *line = calloc(1, sizeof *line);
    struct sums sums = {.tally = capan_tally_new(NULL),
                        .summary = capan_summary_new(nowhere, NULL),
                        .etags = capan_etags_new(1 << 20, 1, NULL),
                        .source = {.file = "nothing"}};
    uint8_t *scratch = malloc(size + 1);
    struct capan_span rest = {data, size};
    require(line && scratch && sums.tally && sums.summary && sums.etags, "memory");
    while (rest.len) {
        const struct capan_span row = scan_until(&rest, "\n");
        if (capan_extract_read(line, row, scratch)) tell(&sums, line);
        span_take(&rest, 1);
    }
    end(&sums);
    free(scratch);
    free(line);
    return 0;
}
