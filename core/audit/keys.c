/* SPDX-License-Identifier: MIT */
/* "seq=364", and segments as RFC 9293 3.5 draws them: "<SEQ=100><CTL=SYN>". */
#include "quantity.h"

static const struct {
    const char *words;
    enum capan_claim_what what;
} keys[] = {
    {"seq|sequence", CAPAN_CLAIM_SEQ},  {"ack|acknowledgement|acknowledgment", CAPAN_CLAIM_ACK},
    {"win|window", CAPAN_CLAIM_WINDOW}, {"len|payload", CAPAN_CLAIM_PAYLOAD},
    {"mss", CAPAN_CLAIM_MSS},           {"ws|wscale", CAPAN_CLAIM_SCALE},
    {"sack_perm", CAPAN_CLAIM_SACK},
};

static bool is_operator(const struct token *token) {
    return token_is_sign(token, '-') || token_is_sign(token, '+') || token_is_sign(token, '*') ||
           token_is_sign(token, '=');
}

/* The token of the number behind "seq =", "ack number:". 0: there is none, or it is part of a sum. */
static size_t number_behind(const struct reader *reader, size_t at, size_t to) {
    size_t i = at + 1;
    if (i < to && token_is_word(reader_token(reader, i), "number|no|nr")) i++;
    if (i + 1 >= to || !(token_is_sign(reader_token(reader, i), '=') || token_is_sign(reader_token(reader, i), ':')))
        return 0;
    i++;
    if (reader_token(reader, i)->type != TOKEN_NUMBER || reader_token(reader, i)->taken) return 0;
    return i + 1 < to && is_operator(reader_token(reader, i + 1)) ? 0 : i;
}

static void judge_sack(struct reader *reader, size_t from, size_t to, uint32_t number, uint64_t value) {
    const struct fact_frame *frame = capan_facts_frame(reader->facts, number);
    const struct capan_connection *connection =
        frame && frame->tcp ? capan_facts_connection(reader->facts, frame->segment.stream) : NULL;
    struct judged judged = {.verdict = CAPAN_CLAIM_CONFIRMED};
    if (!connection) return;
    capan_judged_frame(&judged, number);
    const bool offers = connection->tcp.side[frame->segment.direction].sack_permitted;
    if (offers != (value == 1)) {
        judged.verdict = CAPAN_CLAIM_REFUTED;
        strcpy(judged.right, offers ? "1" : "0");
        strcpy(judged.why, offers ? "its sender offers SACK" : "its sender offers no SACK");
    }
    capan_claim(reader, CAPAN_CLAIM_SACK, from, to, &judged);
}

void capan_read_keys_of(struct reader *reader, size_t from, size_t to, uint32_t frame) {
    for (size_t at = from; at < to; at++)
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
            if (!token_is_word(reader_token(reader, at), keys[i].words)) continue;
            const size_t number = number_behind(reader, at, to);
            const bool next = at > reader->begin && token_is_word(reader_token(reader, at - 1), "next");
            const struct asked asked = {.what = next && keys[i].what == CAPAN_CLAIM_SEQ ? CAPAN_CLAIM_NEXT_SEQ
                                                                                        : keys[i].what,
                                        .from = at,
                                        .to = number + 1,
                                        .number = number,
                                        .frame = frame};
            if (number && keys[i].what == CAPAN_CLAIM_SACK)
                judge_sack(reader, at, number + 1, frame, reader_token(reader, number)->value);
            else if (number)
                capan_judge_number(reader, &asked);
        }
}

void capan_read_keys(struct reader *reader) {
    capan_read_keys_of(reader, reader->begin, reader->end, 0);
}

/* --- controls --------------------------------------------------------------------------------------------------- */

/* "<seq=0><ack=1><ctl=syn,ack>" at token from, up to token to. */
struct control {
    size_t from, to;
    uint8_t flags;
};

/* One "<key=value,value>". Returns the token behind; at when it is none. */
static size_t control_part(const struct reader *reader, size_t at, struct control *control) {
    if (at + 4 >= reader->end || !token_is_sign(reader_token(reader, at), '<') ||
        !token_is_word(reader_token(reader, at + 1), "seq|ack|ctl") ||
        !token_is_sign(reader_token(reader, at + 2), '='))
        return at;
    size_t i = at + 3;
    for (; i < reader->end && !token_is_sign(reader_token(reader, i), '>'); i++)
        control->flags |= capan_flag_named(reader_token(reader, i));
    return i < reader->end ? i + 1 : at;
}

static bool control_at(const struct reader *reader, size_t at, struct control *control) {
    *control = (struct control){.from = at, .to = at};
    for (size_t next; !control->flags && (next = control_part(reader, control->to, control)) != control->to;)
        control->to = next;
    return control->flags;
}

/* Which state a token begins, and how many tokens it has; -1: none. */
static int state_at(const struct reader *reader, size_t at, size_t *len) {
    static const struct {
        const char *pattern;
        int state;
    } states[] = {
        {"syn -|_ sent", CAPAN_TCP_SYN_SENT},   {"syn -|_ received|rcvd|recv", CAPAN_TCP_SYN_RECEIVED},
        {"established", CAPAN_TCP_ESTABLISHED}, {"listen", CAPAN_TCP_LISTEN},
        {"closed", CAPAN_TCP_CLOSED},
    };
    struct match match;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (!capan_pattern_at(states[i].pattern, reader->tokens.at, at, reader->end, &match)) continue;
        *len = match.to - at;
        return states[i].state;
    }
    return -1;
}

static void judge_state(struct reader *reader, size_t at, size_t len, int state, int own, uint32_t frame) {
    struct judged judged = {.verdict = CAPAN_CLAIM_CONFIRMED};
    capan_judged_frame(&judged, frame);
    if (state != own) {
        judged.verdict = CAPAN_CLAIM_REFUTED;
        struct sentence right = sentence_in(judged.right, sizeof judged.right),
                        why = sentence_in(judged.why, sizeof judged.why);
        sentence_text(&right, capan_tcp_states[own].token);
        capan_say(&why, "with #%u it is %s", frame, capan_tcp_states[own].token);
    }
    capan_claim(reader, CAPAN_CLAIM_STATE, at, at + len, &judged);
}

/* The client's state stands left of the drawn segment, the server's right of it. */
static void judge_states(struct reader *reader, size_t from, const struct control *control,
                         const struct fact_frame *frame) {
    size_t left = 0, left_len = 0, len;
    int left_state = -1;
    for (size_t i = from; i < control->from; i++) {
        const int state = state_at(reader, i, &len);
        if (state >= 0 && !reader_token(reader, i)->taken) left = i, left_len = len, left_state = state;
    }
    if (left_state >= 0) judge_state(reader, left, left_len, left_state, frame->segment.client_state, frame->number);
    for (size_t i = control->to; i < reader->end && i < control->to + 4; i++) {
        const int state = state_at(reader, i, &len);
        if (state < 0) continue;
        judge_state(reader, i, len, state, frame->segment.server_state, frame->number);
        return;
    }
}

/* The handshake that is drawn: of the frame that was named last, else the capture's first. */
static const struct capan_connection *drawn_connection(const struct reader *reader) {
    const struct fact_frame *frame = capan_facts_frame(reader->facts, reader->current);
    if (frame && frame->tcp) return capan_facts_connection(reader->facts, frame->segment.stream);
    for (size_t i = 0; i < reader->facts->connection_count; i++)
        if (reader->facts->connections[i].tcp.open == CAPAN_OPEN_THREE_WAY) return &reader->facts->connections[i];
    return NULL;
}

void capan_read_controls(struct reader *reader) {
    static const uint8_t flags[] = {CAPAN_TH_SYN, CAPAN_TH_SYN | CAPAN_TH_ACK, CAPAN_TH_ACK};
    const struct capan_connection *connection = NULL;
    struct control control;
    size_t from = reader->begin;
    unsigned step = 0;
    for (size_t at = reader->begin; at < reader->end && step < 3; at++) {
        if (!control_at(reader, at, &control)) continue;
        if (!connection) connection = drawn_connection(reader);
        if (!connection || control.flags != flags[step]) return;
        const struct fact_frame *frame = capan_facts_frame(reader->facts, connection->tcp.handshake_frames[step++]);
        if (!frame || !frame->tcp) return;
        capan_read_keys_of(reader, control.from, control.to, frame->number);
        judge_states(reader, from, &control, frame);
        from = at = control.to;
        at--;
    }
}
