/* SPDX-License-Identifier: MIT */
/* Any packets of QUIC's plaintext on two connections, through HTTP/3 with its field compression, into exchanges' rows.
 * The input is packets: an octet whose top bit says who sends, the next on which connection, the others and one more
 * octet how long. */
#define _POSIX_C_SOURCE 200809L
#include "bytes.h"
#include "capan/capan.h"
#include "documents.h"
#include "require.h"

enum { FROM_SERVER = 0x80, ANOTHER = 0x40, LENGTH = 0x3f };

static void hear(void *context, const struct capan_exchange *exchange) {
    capan_report_exchange(context, exchange);
}

static void send(struct capan_analysis *analysis, uint8_t what, struct capan_span octets, uint32_t frame) {
    const struct capan_quic_packet packet = {.connection = !!(what & ANOTHER),
                                             .client = {{4, {192, 0, 2, 1}}, 40000},
                                             .server = {{4, {192, 0, 2, 2}}, 443},
                                             .from_client = !(what & FROM_SERVER),
                                             .plaintext = octets,
                                             .frame = frame,
                                             .time_ns = (int64_t)frame * 1000000};
    capan_analysis_quic(analysis, &packet);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct capan_span input = {data, size};
    char *text = NULL;
    size_t len;
    uint32_t frame = 0;
    FILE *out = open_memstream(&text, &len);
    struct capan_report *report = out ? capan_report_new(out, CAPAN_NDJSON, CAPAN_ROWS_EXCHANGES, NULL) : NULL;
    require(report, "memory");
    const struct capan_sink sink = {.exchange = hear, .context = report};
    const struct capan_config config = {.memory = 1 << 20, .window_segments = 16, .seed = 1, .qpack = capan_qpack};
    struct capan_analysis *analysis = capan_analysis_new(&config, &sink, NULL);
    require(analysis, "memory");
    while (input.len >= 2) {
        const struct capan_span what = span_take(&input, 2);
        const size_t wanted = (size_t)(what.at[0] & LENGTH) << 8 | what.at[1];
        send(analysis, what.at[0], span_take(&input, wanted), ++frame);
    }
    capan_analysis_finish(analysis);
    capan_analysis_free(analysis);
    require(capan_report_close(report), "rows are written");
    fclose(out);
    document_ndjson((struct capan_span){(const uint8_t *)text, len});
    free(text);
    return 0;
}
