/* SPDX-License-Identifier: MIT */
/* dump FILE [FILTER]: a line for each TCP segment and ICMP message with all that the capture says of it, then a line on
 * the file, as the tests' scripts read them. */
#include <inttypes.h>
#include <stdio.h>

#include "capan/capture.h"

static void dump(const char *kind, const struct capan_packet *packet) {
    char src[CAPAN_ENDPOINT_TEXT], dst[CAPAN_ENDPOINT_TEXT];
    struct capan_endpoint ends[] = {{packet->src, 0}, {packet->dst, 0}};
    capan_endpoint_text(&ends[0], false, src);
    capan_endpoint_text(&ends[1], false, dst);
    printf("%s frame=%" PRIu32 " time=%" PRId64 " src=%s dst=%s path=%" PRIu32 " wire=%" PRIu32, kind, packet->frame,
           packet->time_ns, src, dst, packet->path, packet->wire_len);
    printf(" ip_header=%" PRIu32 " link_header=%" PRIu32 " padding=%u frame_len=%" PRIu32 " ethernet=%d",
           packet->ip_header_len, packet->link_header_len, packet->padding, packet->frame_len, packet->ethernet);
    printf(" ttl=%u ecn=%u id=%d df=%d checksum=%u octets=", packet->ttl, packet->ecn,
           packet->has_ip_id ? packet->ip_id : -1, packet->dont_fragment, packet->checksum);
    for (size_t i = 0; i < packet->octets.len; i++) printf("%02x", packet->octets.at[i]);
    putchar('\n');
}

static void print_tcp(void *context, const struct capan_packet *packet) {
    (void)context;
    dump("tcp", packet);
}

static void print_icmp(void *context, const struct capan_packet *packet) {
    (void)context;
    dump("icmp", packet);
}

int main(int count, char **arguments) {
    static const struct capan_capture_sink sink = {.tcp = print_tcp, .icmp = print_icmp};
    struct capan_capture_totals totals;
    struct capan_capture *capture;
    char message[256];
    if (count < 2) return 2;
    const struct capan_capture_config config = {.filter = count > 2 ? arguments[2] : NULL, .stop = -1};
    enum capan_result result = capan_capture_open(&capture, arguments[1], &config, message);
    if (result != CAPAN_OK) {
        printf("refused result=%d message=%s\n", result, message);
        return 0;
    }
    do result = capan_capture_next(capture, &sink);
    while (result == CAPAN_OK);
    capan_capture_count(capture, &totals);
    printf("end result=%d link=%s frames=%" PRIu64 " octets=%" PRIu64 " tcp=%" PRIu64 " icmp=%" PRIu64
           " snapped=%" PRIu64,
           result, capan_capture_link(capture), totals.frames, totals.octets, totals.tcp, totals.icmp, totals.snapped);
    printf(" lost=%" PRIu64 " undecoded=%" PRIu64 " dropped=%" PRIu64 " message=%s\n", totals.fragments_lost,
           totals.undecoded, totals.dropped, result == CAPAN_END ? "" : capan_capture_message(capture));
    capan_capture_close(capture);
    return 0;
}
