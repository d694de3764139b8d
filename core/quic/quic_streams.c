/* SPDX-License-Identifier: MIT */
#include "quic_streams.h"

#include "bytes.h"
#include "index.h"
#include "reassembly.h"

/* Streams that are open; those that are over and may still be repeated; octets that wait, with what that costs. */
enum { OPEN_MAX = 1024, OVER_MAX = 256, WAITING_MAX = 1 << 20 };
enum { STREAM_TYPES = 4, OF_SERVER = 1, OF_ONE_DIRECTION = 2 }; /* RFC 9000 2.1 */

/* One direction of a stream. What was read of it is remembered by its end alone. */
struct side {
    struct capan_reassembly data;
    int64_t end; /* INT64_MAX until it is known */
    bool over;
    struct moment last; /* of what was read last: what waited behind a hole must not be older */
};

struct stream {
    struct capan_indexed in;
    int64_t id;
    void *reader;
    struct side sides[2]; /* the client's, the server's */
    bool gone;            /* the caller was told */
};

/* Streams of one direction are few, and last as long as the connection: they are in no ring that is thinned out. */
struct capan_quic {
    const struct capan_alloc *alloc;
    struct capan_index streams; /* its ages: those of two directions that are open, by their last use */
    struct capan_ages one_way, over;
    size_t over_count;
    int64_t forgotten[STREAM_TYPES]; /* streams of this type below this number have been, if they are not here */
    size_t waiting;                  /* what the directions' octets take */
    /* the packet in hand */
    struct capan_span plaintext;
    struct moment at;
    bool from_client, is_last;
    struct stream *stream; /* that is being read, or goes; NULL none */
    bool is_reading;
    struct capan_reading reading;
};

/* --- coming and going --- */

struct capan_quic *capan_quic_new(uint64_t seed, const struct capan_alloc *alloc) {
    struct capan_quic *quic = capan_new(alloc, sizeof *quic);
    if (!quic) return NULL;
    quic->alloc = alloc;
    capan_index_init(&quic->streams, seed, alloc);
    capan_ages_init(&quic->one_way);
    capan_ages_init(&quic->over);
    return quic;
}

static void drop_waiting(struct capan_quic *quic, struct side *side) {
    quic->waiting -= side->data.waiting_len;
    capan_reassembly_free(&side->data);
}

static void forget(struct capan_quic *quic, struct stream *stream) {
    int64_t *forgotten = &quic->forgotten[stream->id % STREAM_TYPES];
    *forgotten = max_i64(*forgotten, stream->id + STREAM_TYPES);
    if (stream->gone) quic->over_count--;
    for (int i = 0; i < 2; i++) drop_waiting(quic, &stream->sides[i]);
    capan_index_remove(&quic->streams, &stream->in);
    capan_delete(quic->alloc, stream, sizeof *stream);
}

static struct stream *any(const struct capan_quic *quic) {
    struct capan_indexed *found = capan_index_oldest(&quic->streams);
    if (!found) found = capan_ages_oldest(&quic->one_way);
    return (struct stream *)(found ? found : capan_ages_oldest(&quic->over));
}

void capan_quic_free(struct capan_quic *quic) {
    struct stream *stream;
    if (!quic) return;
    while ((stream = any(quic))) forget(quic, stream);
    capan_index_free(&quic->streams);
    capan_delete(quic->alloc, quic, sizeof *quic);
}

/* --- streams by number --- */

static uint64_t hash_of(const struct capan_quic *quic, int64_t id) {
    return capan_hash(quic->streams.key, &id, sizeof id);
}

static struct stream *find(const struct capan_quic *quic, int64_t id) {
    struct capan_indexed *at = capan_index_first(&quic->streams, hash_of(quic, id));
    while (at && ((struct stream *)at)->id != id) at = capan_index_next(at);
    return (struct stream *)at;
}

static struct stream *add(struct capan_quic *quic, int64_t id) {
    struct stream *stream = capan_new(quic->alloc, sizeof *stream);
    if (!stream) return NULL;
    stream->id = id;
    for (int i = 0; i < 2; i++) {
        capan_reassembly_init(&stream->sides[i].data, quic->alloc);
        stream->sides[i].end = INT64_MAX;
    }
    if (id & OF_ONE_DIRECTION) stream->sides[(id & OF_SERVER) == 0].over = true;
    capan_index_add(&quic->streams, &stream->in, hash_of(quic, id));
    if (id & OF_ONE_DIRECTION) capan_ages_renew(&quic->one_way, &stream->in);
    return stream;
}

static bool is_full(const struct capan_quic *quic) {
    return quic->streams.count - quic->over_count >= OPEN_MAX;
}

/* Tells that nothing more comes of the stream. */
static bool give_gone(struct capan_quic *quic, struct stream *stream, struct capan_quic_event *event) {
    stream->gone = true;
    quic->over_count++;
    for (int i = 0; i < 2; i++) {
        stream->sides[i].over = true;
        drop_waiting(quic, &stream->sides[i]);
    }
    capan_ages_renew(&quic->over, &stream->in);
    *event = (struct capan_quic_event){
        .what = CAPAN_QUIC_GONE, .stream = stream->id, .reader = &stream->reader, .at = quic->at};
    return true;
}

/* --- octets in order --- */

/* More than may wait, of all directions together: the first hole of this one is given up. */
static void begin_reading(struct capan_quic *quic, struct side *side, const struct capan_quic_frame *frame) {
    const struct capan_reassembly_segment segment = {frame->offset, frame->octets, (uint32_t)frame->octets.len,
                                                     quic->at};
    quic->waiting -= side->data.waiting_len;
    size_t limit = quic->waiting < WAITING_MAX ? WAITING_MAX - quic->waiting : 0;
    if (frame->is_last && side->end == INT64_MAX) side->end = frame->offset + (int64_t)frame->octets.len;
    capan_reading_begin(&quic->reading, &side->data);
    capan_reading_segment(&quic->reading, &segment, limit);
    quic->is_reading = true;
}

static struct side *side_of(const struct capan_quic *quic, struct stream *stream) {
    return &stream->sides[!quic->from_client];
}

static void begin_frame(struct capan_quic *quic, struct stream *stream, const struct capan_quic_frame *frame) {
    struct side *side = side_of(quic, stream);
    if (side->over) return;
    quic->stream = stream;
    if (!(stream->id & OF_ONE_DIRECTION)) capan_index_renew(&quic->streams, &stream->in);
    if (frame->kind == CAPAN_QUIC_STREAM) begin_reading(quic, side, frame);
}

static struct capan_quic_event event_of(struct capan_quic *quic, enum capan_quic_what what) {
    return (struct capan_quic_event){.what = what,
                                     .stream = quic->stream->id,
                                     .reader = &quic->stream->reader,
                                     .from_client = quic->from_client,
                                     .at = quic->at};
}

static bool give_octets(struct capan_quic *quic, struct capan_quic_event *event) {
    struct capan_piece piece;
    struct side *side = side_of(quic, quic->stream);
    if (!quic->is_reading) return false;
    quic->is_reading = capan_reading_next(&quic->reading, &piece);
    if (!quic->is_reading) {
        quic->waiting += side->data.waiting_len;
        return false;
    }
    if (piece.at.frame > side->last.frame) side->last = piece.at;
    *event = event_of(quic, CAPAN_QUIC_OCTETS);
    event->octets = piece.octets;
    event->missing = piece.missing;
    event->at = side->last;
    return true;
}

static bool give_end(struct capan_quic *quic, enum capan_quic_what what, struct capan_quic_event *event) {
    struct side *side = side_of(quic, quic->stream);
    side->over = true;
    drop_waiting(quic, side);
    *event = event_of(quic, what);
    return true;
}

/* What is left to tell of the stream of the frame read last. */
static bool give_rest(struct capan_quic *quic, struct capan_quic_event *event) {
    struct stream *stream = quic->stream;
    if (!stream) return false;
    if (give_octets(quic, event)) return true;
    const struct side *side = side_of(quic, stream);
    if (!side->over && side->data.next >= side->end) return give_end(quic, CAPAN_QUIC_END, event);
    quic->stream = NULL;
    return stream->sides[0].over && stream->sides[1].over && !stream->gone && give_gone(quic, stream, event);
}

/* --- the packet --- */

/* Streams that were open, and are repeated. */
static bool has_been(const struct capan_quic *quic, int64_t id) {
    return id < quic->forgotten[id % STREAM_TYPES];
}

/* Makes room where there is none. False: it may be looked for again once the event was told. */
static bool make_room(struct capan_quic *quic, struct capan_quic_event *event) {
    struct capan_indexed *oldest = capan_index_oldest(&quic->streams);
    while (quic->over_count > OVER_MAX) forget(quic, (struct stream *)capan_ages_oldest(&quic->over));
    if (!is_full(quic) || !oldest) return true;
    return !give_gone(quic, (struct stream *)oldest, event);
}

/* Reads frames up to one that has something to tell, or until one cannot be read. */
static bool read_frames(struct capan_quic *quic, struct capan_quic_event *event) {
    struct capan_quic_frame frame;
    while (quic->plaintext.len) {
        struct capan_span before = quic->plaintext;
        if (!capan_quic_frame_take(&quic->plaintext, &frame)) break;
        if (frame.kind == CAPAN_QUIC_OTHER) continue;
        struct stream *stream = find(quic, frame.stream);
        if (!stream && has_been(quic, frame.stream)) continue;
        if (!stream && !make_room(quic, event)) {
            quic->plaintext = before;
            return true;
        }
        if (!stream && !is_full(quic)) stream = add(quic, frame.stream);
        if (stream) begin_frame(quic, stream, &frame);
        if (!quic->stream) continue;
        if (frame.kind == CAPAN_QUIC_RESET_STREAM) return give_end(quic, CAPAN_QUIC_RESET, event);
        if (give_rest(quic, event)) return true;
    }
    quic->plaintext.len = 0;
    return false;
}

void capan_quic_packet(struct capan_quic *quic, bool from_client, struct capan_span plaintext, struct moment at) {
    quic->from_client = from_client;
    quic->plaintext = plaintext;
    quic->at = at;
}

void capan_quic_last(struct capan_quic *quic) {
    quic->is_last = true;
}

static bool give_last(struct capan_quic *quic, struct capan_quic_event *event) {
    struct stream *stream = any(quic);
    return quic->is_last && stream && !stream->gone && give_gone(quic, stream, event);
}

bool capan_quic_next(struct capan_quic *quic, struct capan_quic_event *event) {
    return give_rest(quic, event) || read_frames(quic, event) || give_last(quic, event);
}
