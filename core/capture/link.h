/* SPDX-License-Identifier: MIT */
/* Decodes one frame: hands the TCP segments and ICMP messages in it to a sink. Reading files and decoding headers meet
 * here and nowhere else. */
#ifndef LINK_H
#define LINK_H

#include "capan/capture.h"

struct capan_decoder;

struct capan_frame {
    int64_t time_ns;
    uint32_t number;    /* in the capture, from 1 */
    uint32_t file;      /* of its files, from 0 */
    uint32_t link_type; /* LINKTYPE_... as capture files have it */
    uint32_t wire_len;  /* at least octets.len */
    struct capan_span octets;
    const char *interface; /* as in struct capan_packet */
    bool sliced;           /* of a split capture, in which notices tell of what was lost */
};

/* Holds the IP fragments that wait for their datagram. NULL without memory. */
struct capan_decoder *capan_decoder_new(const struct capan_alloc *alloc);
void capan_decoder_free(struct capan_decoder *decoder);

/* Adds to tcp, icmp, fragments_lost and undecoded of *totals. */
void capan_link_decode(struct capan_decoder *decoder, const struct capan_frame *frame,
                       const struct capan_capture_sink *sink, struct capan_capture_totals *totals);

/* Fragments were lost for memory that was refused. */
bool capan_link_refused(const struct capan_decoder *decoder);
/* The capture has ended: datagrams that are not whole are counted as lost. */
void capan_link_finish(struct capan_decoder *decoder, struct capan_capture_totals *totals);

/* False for a link type without a decoder. */
bool capan_link_known(uint32_t link_type);

#endif
