/* SPDX-License-Identifier: MIT */
#include "link.h"

#include "alloc.h"
#include "decode.h"
#include "decoder.h"

/* Deeper than any network nests; each level takes octets off, but a reassembled datagram could hold itself for long. */
#define DEPTH_MAX 32

static const struct link {
    uint32_t type;                 /* LINKTYPE_ */
    enum protocol protocol;
} links[] = {
    {1, ETHERNET},
};

typedef enum protocol decode_function(struct walk *walk);
static decode_function *const decoders[PROTOCOL_COUNT] = {
#define X(name, function) [name] = function,
    CAPAN_PROTOCOLS(X)
#undef X
};

enum protocol capan_walk_run(struct walk *walk, enum protocol protocol) {
    while (protocol > UNREADABLE) protocol = walk->depth++ < DEPTH_MAX ? decoders[protocol](walk) : UNREADABLE;
    return protocol;
}

static const struct ethertype {
    uint16_t type;
    enum protocol protocol;
} ethertypes[] = {
    {0x0800, IPV4}, {0x86dd, IPV6}, {0x8100, VLAN}, {0x88a8, VLAN}, {0x9100, VLAN},
};

enum protocol capan_ethertype(struct walk *walk, uint16_t type) {
    (void)walk;
    for (size_t i = 0; i < sizeof ethertypes / sizeof *ethertypes; i++)
        if (ethertypes[i].type == type) return ethertypes[i].protocol;
    return DONE;
}

/* IEEE 802.3 3.2. */
enum protocol capan_decode_ethernet(struct walk *walk) {
    if (walk->at.len < 14) return UNREADABLE;
    uint16_t type = read_be16(walk->at.at + 12);
    walk_advance(walk, 14);
    return capan_ethertype(walk, type);
}

/* IEEE 802.1Q 9.6. VLAN 0 is a priority, no VLAN. */
enum protocol capan_decode_vlan(struct walk *walk) {
    if (walk->at.len < 4) return UNREADABLE;
    uint16_t vlan = read_be16(walk->at.at) & 0x0fff, type = read_be16(walk->at.at + 2);
    if (vlan) walk_path(walk, vlan);
    walk_advance(walk, 4);
    return capan_ethertype(walk, type);
}

static enum protocol find_link(uint32_t type) {
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        if (links[i].type == type) return links[i].protocol;
    return UNREADABLE;
}

bool capan_link_known(uint32_t link_type) { return find_link(link_type) != UNREADABLE; }

struct capan_decoder *capan_decoder_new(const struct capan_alloc *alloc) {
    struct capan_decoder *decoder = capan_new(alloc, sizeof *decoder);
    if (decoder) decoder->alloc = alloc;
    return decoder;
}

void capan_decoder_free(struct capan_decoder *decoder) {
    if (decoder) capan_delete(decoder->alloc, decoder, sizeof *decoder);
}

void capan_link_decode(struct capan_decoder *decoder, const struct capan_frame *frame, const struct capan_capture_sink *sink,
                       struct capan_capture_totals *totals) {
    decoder->sink = sink;
    decoder->totals = totals;
    struct walk walk = {
        .decoder = decoder,
        .at = frame->octets,
        .wire = frame->wire_len,
        .packet = {.time_ns = frame->time_ns, .frame = frame->number, .frame_len = frame->wire_len,
                   .ethernet = frame->link_type == 1},
    };
    if (capan_walk_run(&walk, find_link(frame->link_type)) == UNREADABLE) totals->undecoded++;
}

void capan_link_finish(struct capan_decoder *decoder, struct capan_capture_totals *totals) {
    (void)decoder;
    (void)totals;
}
