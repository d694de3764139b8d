/* SPDX-License-Identifier: MIT */
/* shorten FILE...: every frame of the captures, cut after each of its octets, in a block of just that size, so that the
 * address sanitizer sees any octet read beyond it. A shorter snaplen turns facts into unknowns and nothing else: what
 * still comes out is the beginning of what came out before. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "link.h"
#include "savefile.h"

/* The first segment or message of a frame. */
struct seen {
    struct capan_packet packet;
    size_t count;
};

static void see(void *context, const struct capan_packet *packet) {
    struct seen *seen = context;
    if (seen->count++ == 0) seen->packet = *packet;
}

static bool same_facts(const struct capan_packet *a, const struct capan_packet *b) {
    return a->wire_len == b->wire_len && a->path == b->path && a->ttl == b->ttl && a->ip_id == b->ip_id &&
           memcmp(&a->src, &b->src, sizeof a->src) == 0 && memcmp(&a->dst, &b->dst, sizeof a->dst) == 0 &&
           a->ip_header_len == b->ip_header_len && a->link_header_len == b->link_header_len;
}

/* A frame by itself, so that fragments stay fragments. */
static void decode(const struct capan_record *record, struct capan_span octets, struct seen *seen) {
    const struct capan_capture_sink sink = {.tcp = see, .icmp = see, .context = seen};
    struct capan_capture_totals totals = {0};
    struct capan_frame frame = {.time_ns = record->time_ns,
                                .number = 1,
                                .link_type = record->link_type,
                                .wire_len = record->wire_len,
                                .octets = octets,
                                .interface = record->interface};
    struct capan_decoder *decoder = capan_decoder_new(&capan_libc);
    *seen = (struct seen){.count = 0};
    if (!decoder) abort();
    capan_link_decode(decoder, &frame, &sink, &totals);
    capan_decoder_free(decoder);
}

static size_t check_frame(const struct capan_record *record) {
    struct seen whole, cut;
    size_t wrong = 0;
    decode(record, record->octets, &whole);
    for (size_t len = 0; len < record->octets.len; len++) {
        uint8_t *copy = malloc(len + !len);
        if (!copy) abort();
        memcpy(copy, record->octets.at, len);
        decode(record, (struct capan_span){copy, len}, &cut);
        if (whole.count && cut.count) {
            size_t left = cut.packet.octets.len;
            wrong += cut.count > whole.count || left > whole.packet.octets.len ||
                     !same_facts(&cut.packet, &whole.packet) ||
                     memcmp(cut.packet.octets.at, whole.packet.octets.at, left) != 0;
        }
        free(copy);
    }
    return wrong;
}

static size_t check_file(const char *path) {
    struct capan_input input;
    struct capan_savefile file;
    struct capan_record record;
    char message[CAPAN_MESSAGE];
    size_t wrong = 0;
    if (capan_input_open(&input, path, -1, &capan_libc, message) != CAPAN_OK) return 1;
    if (capan_savefile_open(&file, &input) != CAPAN_OK)
        wrong = 1;
    else
        while (capan_savefile_next(&file, &record) == CAPAN_OK) wrong += check_frame(&record);
    capan_savefile_close(&file);
    capan_input_close(&input);
    if (wrong) printf("%s: %zu\n", path, wrong);
    return wrong;
}

int main(int count, char **paths) {
    size_t wrong = 0;
    for (int i = 1; i < count; i++) wrong += check_file(paths[i]);
    printf("%d captures, %zu wrong\n", count - 1, wrong);
    return wrong != 0;
}
