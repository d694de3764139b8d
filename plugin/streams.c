/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "streams.h"

#include "h3.h"
#include "varint.h"

enum { STREAMS_MAX = 1 << 16, WAITING_MAX = 1 << 20, PIECE_COST = 64 };

/* Octets that came before others in front of them. */
struct piece {
    uint64_t offset;
    GByteArray *octets;
};

/* One direction of a stream, put in order. What was read is remembered by its end alone. */
struct lane {
    uint64_t next, end; /* end: UINT64_MAX until it is known */
    bool over;
    GSequence *early; /* struct piece, by offset; NULL none */
};

struct stream {
    struct lane lanes[2]; /* the client's, the server's */
};

struct capan_streams {
    GTree *streams;
    size_t waiting; /* octets held, with what holding them costs */
    struct capan_h3 *h3;
};

static void free_piece(gpointer data) {
    struct piece *piece = data;

    g_byte_array_free(piece->octets, TRUE);
    g_free(piece);
}

static void free_stream(gpointer data) {
    struct stream *stream = data;

    for (int i = 0; i < 2; i++)
        if (stream->lanes[i].early) g_sequence_free(stream->lanes[i].early);
    g_free(stream);
}

struct capan_streams *capan_streams_new(void) {
    struct capan_streams *streams = g_new0(struct capan_streams, 1);

    streams->streams = g_tree_new_full(compare_ids, NULL, g_free, free_stream);
    streams->h3 = capan_h3_new();
    return streams;
}

void capan_streams_free(struct capan_streams *streams) {
    g_tree_destroy(streams->streams);
    capan_h3_free(streams->h3);
    g_free(streams);
}

static struct stream *stream_of(const struct capan_streams *streams, uint64_t id) {
    struct stream *stream = g_tree_lookup(streams->streams, &id);
    if (stream || g_tree_nnodes(streams->streams) >= STREAMS_MAX) return stream;

    stream = g_new0(struct stream, 1);
    for (int i = 0; i < 2; i++) stream->lanes[i].end = UINT64_MAX;
    g_tree_insert(streams->streams, g_memdup2(&id, sizeof id), stream);
    return stream;
}

/* --- octets in order --- */

/* What is being read: a packet's plaintext. */
struct packet {
    struct capan_streams *streams;
    const struct capan_decoded *at;
    bool from_client;
};

static gint by_offset(gconstpointer a, gconstpointer b, gpointer unused _U_) {
    const struct piece *left = a, *right = b;

    return left->offset < right->offset ? -1 : left->offset > right->offset;
}

static void hold(struct capan_streams *streams, struct lane *lane, uint64_t offset, struct capan_span octets) {
    if (streams->waiting + octets.len + PIECE_COST > WAITING_MAX) return;
    struct piece *piece = g_new(struct piece, 1);

    *piece = (struct piece){offset, g_byte_array_sized_new((guint)octets.len)};
    g_byte_array_append(piece->octets, octets.at, (guint)octets.len);
    if (!lane->early) lane->early = g_sequence_new(free_piece);
    g_sequence_insert_sorted(lane->early, piece, by_offset, NULL);
    streams->waiting += octets.len + PIECE_COST;
}

/* Octets that begin at or before the next ones: what is new of them. */
static void lead(const struct packet *packet, uint64_t id, struct lane *lane, uint64_t offset,
                 struct capan_span octets) {
    cut_span(&octets, lane->next - offset);
    lane->next += octets.len;
    if (octets.len) capan_h3_read(packet->streams->h3, packet->at, id, packet->from_client, octets);
}

static void lead_early(const struct packet *packet, uint64_t id, struct lane *lane) {
    while (lane->early && !g_sequence_is_empty(lane->early)) {
        GSequenceIter *first = g_sequence_get_begin_iter(lane->early);
        const struct piece *piece = g_sequence_get(first);
        if (piece->offset > lane->next) return;
        lead(packet, id, lane, piece->offset, (struct capan_span){piece->octets->data, piece->octets->len});
        packet->streams->waiting -= piece->octets->len + PIECE_COST;
        g_sequence_remove(first);
    }
}

static void drop_early(struct capan_streams *streams, struct lane *lane) {
    if (!lane->early) return;
    for (GSequenceIter *at = g_sequence_get_begin_iter(lane->early); !g_sequence_iter_is_end(at);
         at = g_sequence_iter_next(at)) {
        const struct piece *piece = g_sequence_get(at);
        streams->waiting -= piece->octets->len + PIECE_COST;
    }
    g_sequence_free(lane->early);
    lane->early = NULL;
}

static void end_lane(const struct packet *packet, uint64_t id, struct lane *lane, bool reset) {
    if (lane->over) return;
    lane->over = true;
    drop_early(packet->streams, lane);
    capan_h3_end(packet->streams->h3, packet->at, id, packet->from_client, reset);
}

static void take_octets(const struct packet *packet, uint64_t id, uint64_t offset, struct capan_span octets, bool fin) {
    struct stream *stream = stream_of(packet->streams, id);
    if (!stream) return;
    struct lane *lane = &stream->lanes[!packet->from_client];
    if (lane->over) return;

    if (fin) lane->end = offset + octets.len;
    if (offset > lane->next)
        hold(packet->streams, lane, offset, octets);
    else
        lead(packet, id, lane, offset, octets);
    lead_early(packet, id, lane);
    if (lane->next >= lane->end) end_lane(packet, id, lane, false);
}

static void take_reset(const struct packet *packet, uint64_t id) {
    struct stream *stream = stream_of(packet->streams, id);

    if (stream) end_lane(packet, id, &stream->lanes[!packet->from_client], true);
}

/* --- frames --- */

enum frame_type { RESET_STREAM = 0x04, STREAM = 0x08, STREAM_LAST = 0x0f };

/* RFC 9000 19, RFC 9221 4: what a frame consists of. v: an integer; d: a length and so many octets; 1: one octet of
 * length and so many octets; t: a stateless reset token; p: the data of a path challenge; r: all that is left. NULL:
 * others. */
static const char *layout_of(uint64_t type) {
    static const char *const layouts[] = {
        [0x00] = "",    [0x01] = "",   [0x04] = "vvv",  [0x05] = "vv", [0x06] = "vd", [0x07] = "d",
        [0x10] = "v",   [0x11] = "vv", [0x12] = "v",    [0x13] = "v",  [0x14] = "v",  [0x15] = "vv",
        [0x16] = "v",   [0x17] = "v",  [0x18] = "vv1t", [0x19] = "v",  [0x1a] = "p",  [0x1b] = "p",
        [0x1c] = "vvd", [0x1d] = "vd", [0x1e] = "",     [0x30] = "r",  [0x31] = "d",
    };

    return type < G_N_ELEMENTS(layouts) ? layouts[type] : NULL;
}

static bool skip_octets(struct capan_span *octets, uint64_t len) {
    return len <= octets->len && cut_span(octets, len).len == len;
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

/* RFC 9000 19.8. */
static bool take_stream(const struct packet *packet, struct capan_span *octets, uint64_t type) {
    enum { FIN = 1, LEN = 2, OFF = 4 };
    uint64_t id = 0, offset = 0, len = 0;

    if (!take_varint(octets, &id)) return false;
    if (type & OFF && !take_varint(octets, &offset)) return false;
    if (type & LEN ? !take_varint(octets, &len) || len > octets->len : false) return false;
    take_octets(packet, id, offset, cut_span(octets, type & LEN ? len : octets->len), type & FIN);
    return true;
}

/* RFC 9000 19.4. */
static bool take_reset_stream(const struct packet *packet, struct capan_span *octets) {
    uint64_t id = 0;

    if (!take_varint(octets, &id) || !skip_parts(octets, "vv")) return false;
    take_reset(packet, id);
    return true;
}

static bool take_frame(const struct packet *packet, struct capan_span *octets) {
    enum { ACK = 0x02, ACK_ECN = 0x03 };
    uint64_t type = 0;

    if (!take_varint(octets, &type)) return false;
    if (type >= STREAM && type <= STREAM_LAST) return take_stream(packet, octets, type);
    if (type == ACK || type == ACK_ECN) return skip_ack(octets, type == ACK_ECN);
    if (type == RESET_STREAM) return take_reset_stream(packet, octets);
    return skip_parts(octets, layout_of(type));
}

void capan_streams_read(struct capan_streams *streams, const struct capan_decoded *at, bool from_client,
                        struct capan_span plaintext) {
    const struct packet packet = {streams, at, from_client};

    while (plaintext.len && take_frame(&packet, &plaintext)) continue;
}
