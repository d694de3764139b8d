/* SPDX-License-Identifier: MIT */
#include "content.h"

#include "alloc.h"
#include "near.h"
#include "reassembly.h"

/* A capture can hold data after the ACK for it, by so much: until then an acknowledged hole is not a lost one. */
static const int64_t ACK_OVERTAKES_NS = 5000000;

struct side {
    struct capan_reassembly reassembly;
    int64_t fin_at; /* offset behind its last octet; INT64_MAX until its FIN is seen */
    int64_t acked;  /* the peer has everything before this offset */
    struct moment acked_at;
    bool ended;
};

struct content_streams {
    struct dialogue dialogue;
    struct side side[2];
};

/* Where one direction's octets go. */
struct way {
    struct dialogue *dialogue;
    enum capan_direction direction;
};

static void lead_octets(void *context, struct capan_span octets, uint32_t frame, int64_t ns) {
    const struct way *way = context;
    capan_dialogue_octets(way->dialogue, way->direction, octets, (struct moment){frame, ns});
}

static void lead_gap(void *context, uint64_t len, uint32_t frame, int64_t ns) {
    const struct way *way = context;
    capan_dialogue_gap(way->dialogue, way->direction, len, (struct moment){frame, ns});
}

static bool begin(struct content *content, const struct content_place *place) {
    struct content_streams *streams = capan_new(place->alloc, sizeof *streams);
    if (!streams) return false;
    if (!capan_dialogue_open(&streams->dialogue, place)) {
        capan_delete(place->alloc, streams, sizeof *streams);
        return false;
    }
    for (int i = 0; i < 2; i++) {
        capan_reassembly_init(&streams->side[i].reassembly, place->alloc);
        streams->side[i].fin_at = INT64_MAX;
        streams->side[i].acked = INT64_MIN;
    }
    content->streams = streams;
    return true;
}

static void give_back(struct content *content, const struct content_place *place) {
    struct content_streams *streams = content->streams;
    if (!streams) return;
    for (int i = 0; i < 2; i++) capan_reassembly_free(&streams->side[i].reassembly);
    capan_dialogue_close(&streams->dialogue);
    capan_delete(place->alloc, streams, sizeof *streams);
    content->streams = NULL;
}

/* The hole before what waits was acknowledged some time ago: it will not be filled any more. */
static void skip_acked(struct side *side, int64_t now_ns, const struct capan_reassembly_sink *sink) {
    if (side->acked <= side->reassembly.next || !side->reassembly.waiting_len) return;
    if (now_ns - side->acked_at.ns < ACK_OVERTAKES_NS) return;
    capan_reassembly_acked(&side->reassembly, side->acked, side->acked_at.frame, side->acked_at.ns, sink);
}

static void end_at_fin(struct content_streams *streams, enum capan_direction direction, struct moment at) {
    struct side *side = &streams->side[direction];
    if (side->ended || side->reassembly.next < side->fin_at) return;
    side->ended = true;
    capan_dialogue_end(&streams->dialogue, direction, CAPAN_ENDED_FIN, at);
}

/* The side's data of one segment, and what an ACK of it settles. */
static void feed(struct content_streams *streams, enum capan_direction direction, const struct capan_tcp_data *data,
                 struct moment at) {
    struct way way = {&streams->dialogue, direction};
    struct capan_reassembly_sink sink = {lead_octets, lead_gap, &way};
    struct side *side = &streams->side[direction];
    skip_acked(side, at.ns, &sink);
    if (data->octets.len)
        capan_reassembly_add(&side->reassembly, data->offset, data->octets, data->len, at.frame, at.ns,
                             CONTENT_WAITING_MAX, &sink);
    if (data->fin && side->fin_at == INT64_MAX) side->fin_at = data->offset + data->len;
    end_at_fin(streams, direction, at);
}

static void note_ack(struct content_streams *streams, enum capan_direction direction, int64_t acked, struct moment at) {
    struct side *side = &streams->side[direction];
    if (acked <= side->acked) return;
    side->acked = acked;
    side->acked_at = at;
}

/* Nothing more can be learnt: both sides ended, or neither speaks HTTP. */
static bool finished(const struct content_streams *streams) {
    return (streams->side[0].ended && streams->side[1].ended) || capan_dialogue_hopeless(&streams->dialogue);
}

static void end_streams(struct content *content, const struct content_place *place, enum capan_end how,
                        struct moment at) {
    struct content_streams *streams = content->streams;
    content->given_up = true;
    if (!streams) return;
    for (int i = 0; i < 2; i++) {
        struct way way = {&streams->dialogue, (enum capan_direction)i};
        struct capan_reassembly_sink sink = {lead_octets, lead_gap, &way};
        capan_reassembly_finish(&streams->side[i].reassembly, &sink);
        end_at_fin(streams, (enum capan_direction)i, at);
    }
    capan_dialogue_end(&streams->dialogue, CAPAN_C2S, how, at);
    give_back(content, place);
}

void capan_content_expect(const struct content *content) {
    const struct content_streams *streams = content->streams;
    if (!streams) return;
    bring_near(streams, sizeof *streams);
    capan_dialogue_expect(&streams->dialogue);
}

enum capan_result capan_content_segment(struct content *content, const struct content_place *place,
                                        enum capan_direction direction, const struct capan_tcp_data *data,
                                        struct moment at) {
    if (content->given_up) return CAPAN_OK;
    if (!content->streams && !data->octets.len) return CAPAN_OK;
    if (!content->streams && !begin(content, place)) {
        content->given_up = true;
        return CAPAN_NO_MEMORY;
    }
    enum capan_direction other = direction == CAPAN_C2S ? CAPAN_S2C : CAPAN_C2S;
    if (data->peer_acked >= 0)
        capan_dialogue_acked(&content->streams->dialogue, other, (uint64_t)data->peer_acked, at.frame,
                             data->octets.len > 0);
    feed(content->streams, direction, data, at);
    note_ack(content->streams, other, data->peer_acked, at);
    if (data->rst)
        capan_content_end(content, place, CAPAN_ENDED_RST, at);
    else if (finished(content->streams))
        end_streams(content, place, CAPAN_ENDED_CAPTURE, at);
    return CAPAN_OK;
}

enum capan_result capan_content_plain(struct content *content, const struct content_place *place,
                                      enum capan_direction direction, struct capan_span octets, struct moment at) {
    struct content_place decrypted = *place;
    decrypted.marks = NULL;
    if (!content->plain) content->plain = capan_dialogue_new(&decrypted);
    if (!content->plain) return CAPAN_NO_MEMORY;
    capan_dialogue_octets(content->plain, direction, octets, at);
    return CAPAN_OK;
}

static void end_plain(struct content *content, enum capan_end how, struct moment at) {
    if (!content->plain) return;
    capan_dialogue_end(content->plain, CAPAN_C2S, how, at);
    capan_dialogue_free(content->plain);
    content->plain = NULL;
}

void capan_content_end(struct content *content, const struct content_place *place, enum capan_end how,
                       struct moment at) {
    end_plain(content, how, at);
    end_streams(content, place, how, at);
}
