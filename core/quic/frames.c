/* SPDX-License-Identifier: MIT */
#include "frames.h"

#include "varint.h"

enum frame_type { ACK = 0x02, ACK_ECN = 0x03, RESET_STREAM = 0x04, STREAM = 0x08, STREAM_LAST = 0x0f };

/* What frames consist of behind their type. v: an integer; d: an integer and so many octets; 1: an octet and so many
 * octets; t: a stateless reset token; p: what a path is asked or answers; r: all that is left of the packet. */
static const char *const layouts[] = {
    [0x00] = "",     /* PADDING, RFC 9000 19.1 */
    [0x01] = "",     /* PING, 19.2 */
    [0x05] = "vv",   /* STOP_SENDING, 19.5 */
    [0x06] = "vd",   /* CRYPTO, 19.6 */
    [0x07] = "d",    /* NEW_TOKEN, 19.7 */
    [0x10] = "v",    /* MAX_DATA, 19.9 */
    [0x11] = "vv",   /* MAX_STREAM_DATA, 19.10 */
    [0x12] = "v",    /* MAX_STREAMS, 19.11 */
    [0x13] = "v",    /* likewise */
    [0x14] = "v",    /* DATA_BLOCKED, 19.12 */
    [0x15] = "vv",   /* STREAM_DATA_BLOCKED, 19.13 */
    [0x16] = "v",    /* STREAMS_BLOCKED, 19.14 */
    [0x17] = "v",    /* likewise */
    [0x18] = "vv1t", /* NEW_CONNECTION_ID, 19.15 */
    [0x19] = "v",    /* RETIRE_CONNECTION_ID, 19.16 */
    [0x1a] = "p",    /* PATH_CHALLENGE, 19.17 */
    [0x1b] = "p",    /* PATH_RESPONSE, 19.18 */
    [0x1c] = "vvd",  /* CONNECTION_CLOSE of QUIC, 19.19 */
    [0x1d] = "vd",   /* of what is above, 19.19 */
    [0x1e] = "",     /* HANDSHAKE_DONE, 19.20 */
    [0x30] = "r",    /* DATAGRAM, RFC 9221 4 */
    [0x31] = "d",    /* with a length, RFC 9221 4 */
};

static const char *layout_of(uint64_t type) {
    return type < sizeof layouts / sizeof *layouts ? layouts[type] : NULL;
}

static bool skip_octets(struct capan_span *octets, uint64_t len) {
    return len <= octets->len && span_take(octets, len).len == len;
}

static bool skip_part(struct capan_span *octets, char part) {
    enum { TOKEN_LEN = 16, PATH_LEN = 8 };
    uint64_t value = 0;
    switch (part) {
    case 'v': return take_varint(octets, &value);
    case 'd': return take_varint(octets, &value) && skip_octets(octets, value);
    case '1': return octets->len && skip_octets(octets, 1 + (uint64_t)octets->at[0]);
    case 't': return skip_octets(octets, TOKEN_LEN);
    case 'p': return skip_octets(octets, PATH_LEN);
    default: return skip_octets(octets, octets->len);
    }
}

static bool skip_parts(struct capan_span *octets, const char *layout) {
    for (; layout && *layout; layout++)
        if (!skip_part(octets, *layout)) return false;
    return layout != NULL;
}

/* RFC 9000 19.3. */
static bool skip_ack(struct capan_span *octets, bool with_ecn) {
    uint64_t ranges = 0;
    if (!skip_parts(octets, "vv") || !take_varint(octets, &ranges) || !skip_parts(octets, "v")) return false;
    for (; ranges; ranges--)
        if (!skip_parts(octets, "vv")) return false;
    return !with_ecn || skip_parts(octets, "vvv");
}

/* RFC 9000 19.8: a stream's offsets stay below 2^62. */
static bool take_stream(struct capan_span *octets, uint64_t type, struct capan_quic_frame *frame) {
    enum { FIN = 1, LEN = 2, OFF = 4 };
    static const uint64_t OFFSETS = UINT64_C(1) << 62;
    uint64_t id = 0, offset = 0, len = 0;
    if (!take_varint(octets, &id)) return false;
    if (type & OFF && !take_varint(octets, &offset)) return false;
    if (type & LEN && !take_varint(octets, &len)) return false;
    if (!(type & LEN)) len = octets->len;
    if (len > octets->len || offset + len >= OFFSETS) return false;
    *frame =
        (struct capan_quic_frame){CAPAN_QUIC_STREAM, (int64_t)id, (int64_t)offset, span_take(octets, len), type & FIN};
    return true;
}

/* RFC 9000 19.4. */
static bool take_reset(struct capan_span *octets, struct capan_quic_frame *frame) {
    uint64_t id = 0;
    bool whole = take_varint(octets, &id) && skip_parts(octets, "vv");
    *frame = (struct capan_quic_frame){.kind = CAPAN_QUIC_RESET_STREAM, .stream = (int64_t)id};
    return whole;
}

bool capan_quic_frame_take(struct capan_span *plaintext, struct capan_quic_frame *frame) {
    uint64_t type = 0;
    *frame = (struct capan_quic_frame){.kind = CAPAN_QUIC_OTHER};
    if (!take_varint(plaintext, &type)) return false;
    if (type >= STREAM && type <= STREAM_LAST) return take_stream(plaintext, type, frame);
    if (type == ACK || type == ACK_ECN) return skip_ack(plaintext, type == ACK_ECN);
    if (type == RESET_STREAM) return take_reset(plaintext, frame);
    return skip_parts(plaintext, layout_of(type));
}
