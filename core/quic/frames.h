/* SPDX-License-Identifier: MIT */
/* The frames of a QUIC packet (RFC 9000 12.4, 19), as far as they say something of streams. */
#ifndef FRAMES_H
#define FRAMES_H

#include "capan/base.h"

/* OTHER: nothing that is read here. */
enum capan_quic_frame_kind { CAPAN_QUIC_OTHER, CAPAN_QUIC_STREAM, CAPAN_QUIC_RESET_STREAM };

struct capan_quic_frame {
    enum capan_quic_frame_kind kind;
    int64_t stream;
    int64_t offset; /* STREAM: of its first octet in the stream; offset + octets.len < 2^62 */
    struct capan_span octets;
    bool is_last; /* FIN: they are the stream's last ones */
};

/* Takes the next frame off a packet's plaintext. False: it is none of RFC 9000 and RFC 9221, or cut short; then what
 * follows it cannot be found (RFC 9000 12.4). */
bool capan_quic_frame_take(struct capan_span *plaintext, struct capan_quic_frame *);

#endif
