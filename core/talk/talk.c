/* SPDX-License-Identifier: MIT */
#include "talk.h"

#include "alloc.h"
#include "near.h"
#include "streams.h"

/* A capture can hold data after the ACK for it, by so much: until then an acknowledged hole is not a lost one. */
static const int64_t ACK_OVERTAKES_NS = 5000000;

struct side {
    struct capan_reassembly reassembly;
    int64_t fin_at; /* offset behind its last octet; INT64_MAX until its FIN is seen */
    int64_t acked;  /* the peer has everything before this offset */
    struct moment acked_at;
    bool ended;
};

struct capan_talk_streams {
    struct capan_dialogue dialogue;
    struct side side[2];
};

static bool begin(struct capan_talk *talk) {
    const struct capan_alloc *alloc = talk->carrier.talks->alloc;
    struct capan_talk_streams *streams = capan_new(alloc, sizeof *streams);
    if (!streams) return false;
    if (!capan_dialogue_open(&streams->dialogue, &(struct capan_medium){.carrier = &talk->carrier})) {
        capan_delete(alloc, streams, sizeof *streams);
        return false;
    }
    for (int i = 0; i < 2; i++) {
        capan_reassembly_init(&streams->side[i].reassembly, alloc);
        streams->side[i].fin_at = INT64_MAX;
        streams->side[i].acked = INT64_MIN;
    }
    talk->streams = streams;
    return true;
}

/* What was read in another way is what counts. */
static void note_speech(struct capan_talk *talk, const struct capan_dialogue *dialogue) {
    uint64_t from[2] = {0};
    if (talk->speech == CAPAN_SPEECH_HTTP) return;
    talk->speech = (uint8_t)capan_dialogue_speech(dialogue, from);
    talk->read = from[0] + from[1];
}

bool capan_talk_is_over(const struct capan_talk *talk) {
    return talk->given_up && !talk->streams && !talk->plain && !talk->carrier.streams.count;
}

void capan_talk_free(struct capan_talk *talk) {
    capan_delete(talk->carrier.talks->alloc, talk->carrier.names, sizeof *talk->carrier.names);
}

static void give_back(struct capan_talk *talk) {
    struct capan_talk_streams *streams = talk->streams;
    note_speech(talk, &streams->dialogue);
    for (int i = 0; i < 2; i++) capan_reassembly_free(&streams->side[i].reassembly);
    capan_dialogue_close(&streams->dialogue);
    capan_delete(talk->carrier.talks->alloc, streams, sizeof *streams);
    talk->streams = NULL;
}

/* --- piece by piece --- */

enum step { DONE, SETTLE, END_OF_C2S, END_OF_S2C };

static void end_at_fin(const struct capan_listening *listening, enum capan_direction direction) {
    struct capan_talk_streams *streams = listening->talk->streams;
    struct side *side = &streams->side[direction];
    if (side->ended || side->reassembly.next < side->fin_at) return;
    side->ended = true;
    capan_dialogue_end(&streams->dialogue, direction, CAPAN_ENDED_FIN, listening->at);
}

static void note_ack(const struct capan_listening *listening) {
    struct side *side = &listening->talk->streams->side[capan_other(listening->direction)];
    if (listening->peer_acked <= side->acked) return;
    side->acked = listening->peer_acked;
    side->acked_at = listening->at;
}

/* Nothing more can be learnt: both sides ended, or neither speaks HTTP. */
static bool is_finished(const struct capan_talk_streams *streams) {
    return (streams->side[0].ended && streams->side[1].ended) || capan_dialogue_hopeless(&streams->dialogue);
}

static void read_last(struct capan_listening *listening, enum capan_direction direction, enum step step) {
    listening->direction = direction;
    listening->step = (uint8_t)step;
    capan_reading_begin(&listening->reading, &listening->talk->streams->side[direction].reassembly);
    capan_reading_last(&listening->reading);
}

static void end_plain(struct capan_talk *talk, enum capan_end how, struct moment at) {
    if (!talk->plain) return;
    capan_dialogue_end(talk->plain, CAPAN_C2S, how, at);
    note_speech(talk, talk->plain);
    capan_dialogue_free(talk->plain);
    talk->plain = NULL;
}

static void end_streams(struct capan_listening *listening, enum capan_end how) {
    listening->how = how;
    listening->step = DONE;
    listening->talk->given_up = true;
    if (listening->talk->streams) read_last(listening, CAPAN_C2S, END_OF_C2S);
}

static void settle(struct capan_listening *listening) {
    end_at_fin(listening, listening->direction);
    end_at_fin(listening, capan_other(listening->direction));
    note_ack(listening);
    listening->step = DONE;
    if (listening->rst) end_plain(listening->talk, CAPAN_ENDED_RST, listening->at);
    if (listening->rst)
        end_streams(listening, CAPAN_ENDED_RST);
    else if (is_finished(listening->talk->streams))
        end_streams(listening, CAPAN_ENDED_CAPTURE);
}

/* No piece is left. False: nor is anything else to do. */
static bool go_on(struct capan_listening *listening) {
    switch ((enum step)listening->step) {
    case DONE: return false;
    case SETTLE: settle(listening); return true;
    case END_OF_C2S:
        end_at_fin(listening, CAPAN_C2S);
        read_last(listening, CAPAN_S2C, END_OF_S2C);
        return true;
    case END_OF_S2C:
        end_at_fin(listening, CAPAN_S2C);
        capan_dialogue_end(&listening->talk->streams->dialogue, CAPAN_C2S, listening->how, listening->at);
        give_back(listening->talk);
        listening->step = DONE;
        return true;
    }
    return false;
}

bool capan_listening_next(struct capan_listening *listening) {
    struct capan_piece piece;
    if (listening->step == DONE) return false;
    if (!capan_reading_next(&listening->reading, &piece)) return go_on(listening);
    struct capan_dialogue *dialogue = &listening->talk->streams->dialogue;
    if (piece.octets.len) capan_dialogue_octets(dialogue, listening->direction, piece.octets, piece.at);
    if (piece.missing) capan_dialogue_gap(dialogue, listening->direction, piece.missing, piece.at);
    return true;
}

/* --- what begins it --- */

void capan_talk_prefetch(const struct capan_talk *talk) {
    const struct capan_talk_streams *streams = talk->streams;
    if (!streams) return;
    bring_near(streams, sizeof *streams);
    capan_dialogue_prefetch(&streams->dialogue);
}

/* The hole before what waits was acknowledged some time ago: it will not be filled any more. */
static bool is_lost(const struct side *side, int64_t now_ns) {
    if (side->acked <= side->reassembly.next || !side->reassembly.waiting_len) return false;
    return now_ns - side->acked_at.ns >= ACK_OVERTAKES_NS;
}

static void read_segment(struct capan_listening *listening, const struct capan_tcp_data *data) {
    struct side *side = &listening->talk->streams->side[listening->direction];
    struct capan_reading *reading = &listening->reading;
    const struct capan_reassembly_segment segment = {data->offset, data->octets, data->len, listening->at};
    capan_reading_begin(reading, &side->reassembly);
    if (is_lost(side, listening->at.ns)) capan_reading_acked(reading, side->acked, side->acked_at);
    if (data->octets.len) capan_reading_segment(reading, &segment, CAPAN_TALK_WAITING_MAX);
    for (unsigned i = 0; i < 2; i++) {
        int64_t *fin_at = &listening->talk->streams->side[i].fin_at;
        if (*fin_at == INT64_MAX) *fin_at = data->fin_at[i];
    }
}

/* Nothing can be read, and nothing ends: as with half of all segments, bare ACKs. */
static bool brings_nothing(const struct side *side, const struct capan_tcp_data *data) {
    return !data->octets.len && !data->rst && data->fin_at[0] == INT64_MAX && data->fin_at[1] == INT64_MAX &&
           !side->reassembly.waiting_len;
}

enum capan_result capan_talk_segment(struct capan_talk *talk, enum capan_direction direction,
                                     const struct capan_tcp_data *data, struct moment at,
                                     struct capan_listening *listening) {
    listening->step = DONE;
    if (talk->given_up || (!talk->streams && !data->octets.len)) return CAPAN_OK;
    if (!talk->streams && !begin(talk)) {
        talk->given_up = true;
        return CAPAN_NO_MEMORY;
    }
    listening->talk = talk;
    listening->direction = direction;
    listening->at = at;
    listening->peer_acked = data->peer_acked;
    listening->rst = data->rst;
    listening->step = SETTLE;
    if (data->peer_acked >= 0)
        capan_dialogue_acked(&talk->streams->dialogue, capan_other(direction), (uint64_t)data->peer_acked, at.frame,
                             data->octets.len > 0);
    if (brings_nothing(&talk->streams->side[direction], data)) {
        note_ack(listening);
        listening->step = DONE;
    } else {
        read_segment(listening, data);
    }
    return CAPAN_OK;
}

void capan_talk_end(struct capan_talk *talk, enum capan_end how, struct moment at, struct capan_listening *listening) {
    *listening = (struct capan_listening){.talk = talk, .at = at};
    end_plain(talk, how, at);
    end_streams(listening, how);
}

enum capan_result capan_talk_decrypted(struct capan_talk *talk, enum capan_direction direction,
                                       struct capan_span octets, struct moment at) {
    const struct capan_medium medium = {.carrier = &talk->carrier, .is_decrypted = true};
    if (!talk->plain) talk->plain = capan_dialogue_new(&medium);
    if (!talk->plain) return CAPAN_NO_MEMORY;
    capan_dialogue_octets(talk->plain, direction, octets, at);
    return CAPAN_OK;
}
