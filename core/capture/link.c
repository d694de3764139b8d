/* SPDX-License-Identifier: MIT */
#include "link.h"

#include "alloc.h"
#include "decode.h"

/* Headers inside each other, more than any network has. Without a limit, a reassembled datagram of tunnels in tunnels
 * would take long. */
#define DEPTH_MAX 32

/* Numbers of https://www.tcpdump.org/linktypes.html; 12 and 14 are what some systems write for raw IP. */
static const struct link {
    uint32_t type;
    enum protocol protocol;
} links[] = {
    {1, ETHERNET},        {113, COOKED},        {276, COOKED2},    {101, RAW_IP},      {12, RAW_IP},    {14, RAW_IP},
    {228, IPV4},          {229, IPV6},          {0, LOOPBACK},     {108, LOOPBACK},    {105, WIRELESS}, {127, RADIOTAP},
    {119, PRISM},         {163, PRISM},         {192, PPI},        {9, PPP},           {50, PPP},       {51, PPPOE},
    {166, PPP_DIRECTION}, {204, PPP_DIRECTION}, {104, CISCO_HDLC}, {107, FRAME_RELAY}, {219, MPLS},     {178, JUNIPER},
    {239, NFLOG},         {117, PFLOG},         {109, IPSEC_LOG},  {258, PKTAP},       {6, TOKEN_RING}, {10, FDDI},
    {100, LLC},           {138, IP_1394},       {242, IPOIB},      {240, NETANALYZER},
};

enum protocol capan_link_type(uint32_t link_type) {
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        if (links[i].type == link_type) return links[i].protocol;
    return UNREADABLE;
}

bool capan_link_known(uint32_t link_type) {
    return capan_link_type(link_type) != UNREADABLE;
}

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

struct capan_decoder *capan_decoder_new(const struct capan_alloc *alloc) {
    struct capan_decoder *decoder = capan_new(alloc, sizeof *decoder);
    if (!decoder) return NULL;
    decoder->alloc = alloc;
    capan_fragments_init(&decoder->fragments, alloc);
    return decoder;
}

void capan_decoder_free(struct capan_decoder *decoder) {
    if (!decoder) return;
    capan_fragments_free(&decoder->fragments);
    capan_delete(decoder->alloc, decoder, sizeof *decoder);
}

static void hand_on(const struct capan_decoder *decoder, const struct capan_frame *frame,
                    const struct capan_packet *packet) {
    const struct capan_whole_frame whole = {.time_ns = frame->time_ns,
                                            .number = frame->number,
                                            .file = frame->file,
                                            .link_type = frame->link_type,
                                            .wire_len = frame->wire_len,
                                            .octets = frame->octets,
                                            .interface = frame->interface,
                                            .src = packet->src,
                                            .dst = packet->dst,
                                            .datagram = decoder->datagram,
                                            .waits = decoder->datagram && decoder->waits};
    decoder->sink->frame(decoder->sink->context, &whole);
}

void capan_link_decode(struct capan_decoder *decoder, const struct capan_frame *frame,
                       const struct capan_capture_sink *sink, struct capan_capture_totals *totals) {
    decoder->sink = sink;
    decoder->totals = totals;
    decoder->datagram = 0;
    struct walk walk = {
        .decoder = decoder,
        .at = frame->octets,
        .wire = frame->wire_len,
        .packet = {.time_ns = frame->time_ns,
                   .frame = frame->number,
                   .frame_len = frame->wire_len,
                   .ethernet = frame->link_type == 1,
                   .interface = frame->interface},
    };
    const uint64_t fragments_lost = totals->fragments_lost;
    const enum protocol link = capan_link_type(frame->link_type);
    const enum protocol ended = capan_walk_run(&walk, link);
    const bool undecoded = ended == UNREADABLE && !walk.guessed;
    totals->undecoded += undecoded;
    totals->unlinked += link == UNREADABLE;
    if (sink->frame) hand_on(decoder, frame, &walk.packet);
    if (!sink->lost || frame->sliced) return;
    if (undecoded) sink->lost(sink->context, false);
    if (totals->fragments_lost > fragments_lost) sink->lost(sink->context, true);
}

bool capan_link_refused(const struct capan_decoder *decoder) {
    return decoder->fragments.refused;
}

void capan_link_finish(struct capan_decoder *decoder, struct capan_capture_totals *totals) {
    uint64_t lost = decoder->fragments.lost;
    capan_fragments_drop(&decoder->fragments);
    totals->fragments_lost += decoder->fragments.lost - lost;
}
