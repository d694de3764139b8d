/* SPDX-License-Identifier: MIT */
/* What a frame is, what flags it has, which states it leads to, and who ended a connection. */
#include "kinds.h"
#include "quantity.h"

static const struct fact_frame *tcp_frame(const struct reader *reader, size_t at) {
    const struct fact_frame *frame = capan_facts_frame(reader->facts, reader_token(reader, at)->value);
    return frame && frame->tcp ? frame : NULL;
}

static void judge(struct reader *reader, enum capan_claim_what what, size_t from, size_t to, bool right,
                  const char *value, uint32_t frame) {
    struct judged judged = {.verdict = right ? CAPAN_CLAIM_CONFIRMED : CAPAN_CLAIM_REFUTED};
    capan_judged_frame(&judged, frame);
    if (!right) {
        struct sentence own = sentence_in(judged.right, sizeof judged.right),
                        why = sentence_in(judged.why, sizeof judged.why);
        sentence_text(&own, value);
        if (frame) capan_say(&why, "#%u: ", frame);
        sentence_text(&why, value);
    }
    capan_claim(reader, what, from, to, &judged);
}

/* --- kinds ------------------------------------------------------------------------------------------------------ */

/* The frame is what is caught; the first row that fits says what it would be. */
static const struct {
    const char *pattern;
    is_kind *is;
} kinds[] = {
    {"{f} is|was|are ?a|an|the ?tcp fast ?- retransmission|retransmit", capan_is_fast},
    {"{f} is|was|are ?a|an|the ?tcp retransmission|retransmit|retransmitted", capan_is_resent},
    {"{f} retransmits|resends", capan_is_resent},
    {"{f} is|was|are ?a|an|the duplicate|dup ack|acks|acknowledgement", capan_is_duplicate_ack},
    {"{f} is|was|are ?a|an|the ?tcp keepalive", capan_is_keepalive},
    {"{f} is|was|are ?a|an|the ?tcp keep - alive", capan_is_keepalive},
    {"{f} is|was|are ?a|an|the window ?- probe", capan_is_window_probe},
    {"{f} is|was|are ?a|an|the zero ?- window ?- probe", capan_is_window_probe},
    {"{f} is|was|are ?a|an|the window ?- update", capan_is_window_update},
    {"{f} announces|advertises|has|offers ?a|the zero ?- window", capan_is_zero_window},
    {"zero ?- window in|with {f}", capan_is_zero_window},
    {"{f} is|was|are ?a|an|the reset|rst", capan_is_reset},
    {"{f} is|was|are ?a|an|the syn ,|-|+|/ ack", capan_is_syn_ack},
    {"{f} is|was|are ?a|an|the ?first syn", capan_is_syn},
    {"{f} is|was|are ?a|an|the ?first fin", capan_is_fin},
    {"acknowledgment|acknowledgement|confirmation message|packet|segment ( {f} )", capan_is_bare_ack},
    {"{f} is|was|are ?a|an ?pure|bare ack|acknowledgement|acknowledgment", capan_is_bare_ack},
};

static size_t frame_of(const struct reader *reader, const struct match *match) {
    for (size_t i = 0; i < match->count; i++)
        if (reader_token(reader, match->caught[i])->type == TOKEN_FRAME) return match->caught[i];
    return 0;
}

static void read_kinds(struct reader *reader) {
    struct match match;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        for (size_t at = reader->begin; at < reader->end; at = match.from + 1) {
            if (!capan_pattern_find(kinds[i].pattern, reader->tokens.at, at, reader->end, &match)) break;
            const size_t place = frame_of(reader, &match);
            const struct fact_frame *frame = tcp_frame(reader, place);
            if (!frame || reader_token(reader, place)->taken) continue;
            judge(reader, CAPAN_CLAIM_KIND, match.from, match.to, kinds[i].is(frame),
                  capan_tcp_kinds[frame->segment.kind].token, frame->number);
        }
}

/* --- messages in frames ----------------------------------------------------------------------------------------- */

/* "GET request packet (#4)", "response header message (#6)" */
static void read_carried(struct reader *reader) {
    struct match match;
    bool response = false;
    const char *request = "get|post|put|head|delete ?request packet|message|request|segment ( {f} )",
               *header = "response header|headers message|packet|segment ( {f} )";
    if (capan_pattern_find(request, reader->tokens.at, reader->begin, reader->end, &match)) {
        const struct fact_frame *frame = tcp_frame(reader, match.caught[0]);
        const struct capan_exchange *exchange = frame ? capan_facts_exchange(reader->facts, frame, &response) : NULL;
        const struct capan_span method = reader_token(reader, match.from)->text;
        bool same = exchange && !response && exchange->method.len == method.len;
        for (size_t i = 0; same && i < method.len; i++)
            same = token_lower(method.at[i]) == token_lower(exchange->method.at[i]);
        if (frame) judge(reader, CAPAN_CLAIM_REQUEST, match.from, match.to, same, "no such request", frame->number);
    }
    if (!capan_pattern_find(header, reader->tokens.at, reader->begin, reader->end, &match)) return;
    const struct fact_frame *frame = tcp_frame(reader, match.caught[0]);
    const struct capan_exchange *exchange = frame ? capan_facts_exchange(reader->facts, frame, &response) : NULL;
    const bool begins = exchange && response && exchange->response.first_frame == frame->number;
    if (frame)
        judge(reader, CAPAN_CLAIM_STATUS, match.from, match.to, begins, "no response begins in it", frame->number);
}

/* --- flags ------------------------------------------------------------------------------------------------------ */

/* Flags that follow one another: "ACK and SYN". Returns the token behind. */
static size_t flags_at(const struct reader *reader, size_t at, uint8_t *flags) {
    for (uint8_t flag; at < reader->end; at++) {
        const struct token *token = reader_token(reader, at);
        if ((flag = capan_flag_named(token)) != 0)
            *flags |= flag;
        else if (!token_is_sign(token, ',') && !token_is_sign(token, '+') && !token_is_sign(token, '-') &&
                 !token_is_sign(token, '/') && !token_is_word(token, "and"))
            break;
    }
    return at;
}

static void read_flags(struct reader *reader) {
    static const char *const patterns[] = {"{f} *6 sends|sent|send|carries|sets ?a|an|the", "{f} *7 ["};
    struct match match;
    char own[64];
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        for (size_t at = reader->begin; at < reader->end; at = match.from + 1) {
            uint8_t flags = 0;
            if (!capan_pattern_find(patterns[i], reader->tokens.at, at, reader->end, &match)) break;
            const struct fact_frame *frame = tcp_frame(reader, match.caught[0]);
            const size_t behind = flags_at(reader, match.to, &flags);
            if (!frame || !flags || reader_token(reader, match.to)->taken) continue;
            if (behind < reader->end && token_is_sign(reader_token(reader, behind), '=')) continue;
            capan_flags_text(frame->segment.header_flags, own);
            judge(reader, CAPAN_CLAIM_FLAGS, match.to, behind, (frame->segment.header_flags & flags) == flags, own,
                  frame->number);
        }
}

/* --- states ----------------------------------------------------------------------------------------------------- */

static const struct {
    const char *words;
    uint8_t state;
} states[] = {
    {"syn -|_ sent", CAPAN_TCP_SYN_SENT},         {"syn -|_ received|rcvd", CAPAN_TCP_SYN_RECEIVED},
    {"established", CAPAN_TCP_ESTABLISHED},       {"fin -|_ wait -|_ 1", CAPAN_TCP_FIN_WAIT_1},
    {"fin -|_ wait -|_ 2", CAPAN_TCP_FIN_WAIT_2}, {"close -|_ wait", CAPAN_TCP_CLOSE_WAIT},
    {"last -|_ ack", CAPAN_TCP_LAST_ACK},         {"time -|_ wait", CAPAN_TCP_TIME_WAIT},
};

/* "After frame 38 the client is in CLOSE-WAIT": right after that frame, and of the end that is named. */
static void read_states(struct reader *reader) {
    static const char lead[] = "client|server *3 is|in|enters|enter|goes|moves|reaches ?now ?in|into|to ?the";
    struct match match, state;
    for (size_t at = reader->begin; at < reader->end; at = match.from + 1) {
        if (!capan_pattern_find(lead, reader->tokens.at, at, reader->end, &match)) return;
        const bool client = token_is_word(reader_token(reader, match.from), "client");
        struct subjects subjects;
        capan_subjects(reader, match.from, &subjects);
        const struct fact_frame *frame = subjects.count ? capan_facts_frame(reader->facts, subjects.frames[0]) : NULL;
        for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
            if (!capan_pattern_at(states[i].words, reader->tokens.at, match.to, reader->end, &state)) continue;
            if (!frame || !frame->tcp || subjects.binding < BOUND_AFTER || subjects.count > 1) continue;
            const uint8_t own = client ? frame->segment.client_state : frame->segment.server_state;
            judge(reader, CAPAN_CLAIM_STATE, match.from, state.to, own == states[i].state, capan_tcp_states[own].token,
                  frame->number);
        }
    }
}

/* --- ends of connections ---------------------------------------------------------------------------------------- */

/* The connection that is meant: of the frames named, else the only one. NULL: not clear. */
static const struct capan_connection *meant(const struct reader *reader, size_t at) {
    struct subjects subjects;
    capan_subjects(reader, at, &subjects);
    const struct fact_frame *frame =
        subjects.binding >= BOUND_AFTER ? capan_facts_frame(reader->facts, subjects.frames[0]) : NULL;
    if (frame && frame->tcp) return capan_facts_connection(reader->facts, frame->segment.stream);
    return reader->facts->connection_count == 1 ? &reader->facts->connections[0] : NULL;
}

static bool names_client(const struct reader *reader, const struct match *match) {
    return token_is_word(reader_token(reader, match->from), "client|browser") ||
           token_is_word(reader_token(reader, match->to - 1), "client|browser");
}

static void judge_close(struct reader *reader, const struct match *match, uint8_t by_client, uint8_t by_server) {
    const bool client = names_client(reader, match);
    const struct capan_connection *connection = meant(reader, match->from);
    if (!connection) return;
    const uint8_t close = connection->tcp.close;
    if (close != by_client && close != by_server) return;
    judge(reader, CAPAN_CLAIM_CLOSE, match->from, match->to, close == (client ? by_client : by_server),
          capan_tcp_closes[close].token, 0);
}

static void read_refusal(struct reader *reader) {
    struct match match;
    const char *refused = "connection|attempt is|was|got refused|rejected";
    if (!capan_pattern_find(refused, reader->tokens.at, reader->begin, reader->end, &match)) return;
    const struct capan_connection *connection = meant(reader, match.from);
    if (connection)
        judge(reader, CAPAN_CLAIM_CLOSE, match.from, match.to, connection->tcp.open == CAPAN_OPEN_REFUSED,
              capan_tcp_opens[connection->tcp.open].token, 0);
}

static void read_closes(struct reader *reader) {
    struct match match;
    const char *fin = "client|server|browser closes|closed|ends|ended|terminates|terminated *4 first",
               *passive = "closed|ended|terminated ?first by the client|server|browser",
               *reset = "client|server|browser resets|reset|aborts|aborted the connection",
               *holder = "client|server|browser *3 in|holds|keeps|enters time -|_ wait";
    if (capan_pattern_find(fin, reader->tokens.at, reader->begin, reader->end, &match))
        judge_close(reader, &match, CAPAN_CLOSE_CLIENT_FIRST_FIN, CAPAN_CLOSE_SERVER_FIRST_FIN);
    if (capan_pattern_find(passive, reader->tokens.at, reader->begin, reader->end, &match))
        judge_close(reader, &match, CAPAN_CLOSE_CLIENT_FIRST_FIN, CAPAN_CLOSE_SERVER_FIRST_FIN);
    if (capan_pattern_find(reset, reader->tokens.at, reader->begin, reader->end, &match))
        judge_close(reader, &match, CAPAN_CLOSE_CLIENT_RST, CAPAN_CLOSE_SERVER_RST);
    read_refusal(reader);
    if (!capan_pattern_find(holder, reader->tokens.at, reader->begin, reader->end, &match)) return;
    const struct capan_connection *connection = meant(reader, match.from);
    if (reader_token(reader, match.from)->taken || !connection || !connection->tcp.time_wait_holder) return;
    const bool client = token_is_word(reader_token(reader, match.from), "client|browser");
    judge(reader, CAPAN_CLAIM_CLOSE, match.from, match.to, connection->tcp.time_wait_holder & (client ? 1 : 2),
          client ? "the server holds it" : "the client holds it", 0);
}

void capan_read_events(struct reader *reader) {
    read_kinds(reader);
    read_carried(reader);
    read_flags(reader);
    read_states(reader);
    read_closes(reader);
}
