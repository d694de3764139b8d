/* SPDX-License-Identifier: MIT */
/* Any octets as frames of any link type: two octets of link type, then frames of two octets of length, one of how much
 * more there was on the wire, one of time that has passed. */
#include <string.h>

#include "bytes.h"
#include "link.h"
#include "require.h"

static void see(void *context, const struct capan_packet *packet) {
    uint64_t *sum = context;
    for (size_t i = 0; i < packet->octets.len; i++) *sum += packet->octets.at[i];
    require(packet->octets.len >= 4, "a segment has its ports, a message its type");
    require(packet->wire_len >= packet->octets.len, "no more was captured than was sent");
    require(packet->src.version == packet->dst.version && packet->src.version != 0, "a segment has its ends");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct capan_span input = {data, size};
    struct capan_capture_totals totals = {0};
    uint64_t sum = 0;
    const struct capan_capture_sink sink = {.tcp = see, .icmp = see, .context = &sum};
    struct capan_decoder *decoder = capan_decoder_new(&capan_libc);
    if (!decoder || size < 2) {
        capan_decoder_free(decoder);
        return 0;
    }
    struct capan_frame frame = {.link_type = read_be16(data)};
    for (input = span_cut(input, 2, SIZE_MAX); input.len >= 4; input = span_cut(input, frame.octets.len, SIZE_MAX)) {
        uint16_t len = read_be16(input.at);
        uint8_t cut = input.at[2], passed = input.at[3];
        input = span_cut(input, 4, SIZE_MAX);
        frame.octets = span_cut(input, 0, len);
        frame.wire_len = (uint32_t)frame.octets.len + cut;
        frame.time_ns += (int64_t)passed * 1000000000;
        frame.number++;
        capan_link_decode(decoder, &frame, &sink, &totals);
    }
    capan_link_finish(decoder, &totals);
    capan_decoder_free(decoder);
    return 0;
}
