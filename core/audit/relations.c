/* SPDX-License-Identifier: MIT */
/* What frames are to each other: handshakes, answers, the segments of a message; and which frame is told of next. */
#include "quantity.h"

enum { LIST_NEAR = 14, ANNOUNCED_FOR = 2 /* sentences */ };

static const struct fact_frame *tcp_frame(const struct reader *reader, size_t at) {
    const struct fact_frame *frame = capan_facts_frame(reader->facts, reader_token(reader, at)->value);
    return frame && frame->tcp ? frame : NULL;
}

/* A claim about frames, right or not; frames says which it should be. */
static void judge(struct reader *reader, enum capan_claim_what what, size_t from, size_t to, bool right,
                  const char *why, const uint32_t *frames, size_t count) {
    struct judged judged = {.verdict = right ? CAPAN_CLAIM_CONFIRMED : CAPAN_CLAIM_REFUTED};
    struct sentence value = sentence_in(judged.right, sizeof judged.right),
                    words = sentence_in(judged.why, sizeof judged.why);
    for (size_t i = 0; i < count; i++) capan_judged_frame(&judged, frames[i]);
    for (size_t i = 0; !right && i < count; i++) capan_say(&value, "%s#%u", i ? ", " : "", frames[i]);
    if (!right) sentence_text(&words, why);
    capan_claim(reader, what, from, to, &judged);
}

/* --- handshakes ------------------------------------------------------------------------------------------------- */

/* The connection with the most of these handshake frames. */
static const struct capan_connection *shaken(const struct reader *reader, const struct match *match, unsigned *same) {
    const struct capan_connection *best = NULL;
    *same = 0;
    for (size_t i = 0; i < match->count; i++) {
        const struct fact_frame *frame = tcp_frame(reader, match->caught[i]);
        const struct capan_connection *own =
            frame ? capan_facts_connection(reader->facts, frame->segment.stream) : NULL;
        unsigned count = 0;
        for (size_t j = 0; own && j < 3; j++)
            count += own->tcp.handshake_frames[j] == reader_token(reader, match->caught[j])->value;
        if (count >= *same) best = own, *same = count;
    }
    return best;
}

static void read_handshakes(struct reader *reader) {
    static const char *const patterns[] = {"{f} -|, {f} -|,|and ?and {f} *8 handshake",
                                           "handshake *10 {f} ,|- {f} ,|-|and ?and {f}"};
    struct match match;
    unsigned same;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        if (!capan_pattern_find(patterns[i], reader->tokens.at, reader->begin, reader->end, &match)) continue;
        const struct capan_connection *connection = shaken(reader, &match, &same);
        if (!connection) continue;
        judge(reader, CAPAN_CLAIM_HANDSHAKE, match.caught[0], match.caught[2] + 1, same == 3,
              "these are the handshake's", connection->tcp.handshake_frames, 3);
        return;
    }
}

/* --- answers ---------------------------------------------------------------------------------------------------- */

/* Where the list of frames begins that stands last before the token, at most so many tokens before it. */
static size_t list_before(const struct reader *reader, size_t before) {
    size_t at = before, gap = 0;
    while (at > reader->begin && reader_token(reader, at - 1)->type != TOKEN_FRAME && gap++ < LIST_NEAR) at--;
    while (at > reader->begin &&
           (reader_token(reader, at - 1)->type == TOKEN_FRAME || token_is_sign(reader_token(reader, at - 1), ',') ||
            token_is_word(reader_token(reader, at - 1), "and")))
        at--;
    return at;
}

/* The frames named before the token acknowledge exactly the asked one, from the other side. */
static void judge_answers(struct reader *reader, size_t before, const struct fact_frame *asked) {
    for (size_t at = list_before(reader, before); at < before; at++) {
        if (reader_token(reader, at)->type != TOKEN_FRAME || reader_token(reader, at)->taken) continue;
        if (reader_token(reader, at)->value == asked->number) continue;
        const struct fact_frame *frame = tcp_frame(reader, at);
        const bool right = frame && frame->segment.stream == asked->segment.stream &&
                           frame->segment.direction != asked->segment.direction &&
                           frame->segment.ack == fact_next(asked);
        char why[96];
        struct sentence sentence = sentence_in(why, sizeof why);
        capan_say(&sentence, "it does not answer #%u, which ends with %lld", asked->number,
                  (long long)fact_next(asked) - 1);
        judge(reader, CAPAN_CLAIM_ANSWER, at, at + 1, right, why, &asked->number, 1);
    }
}

/* "(their ack=802)" behind it: the number behind the frame that is answered. */
static void judge_their_ack(struct reader *reader, size_t at, const struct fact_frame *asked) {
    struct match match;
    if (!capan_pattern_at("{f} *3 ack|acks|acknowledgement =|is|are {n}", reader->tokens.at, at, reader->end, &match))
        return;
    const struct token *number = reader_token(reader, match.caught[1]);
    const int64_t right = fact_next(asked);
    struct judged judged = {.verdict = CAPAN_CLAIM_CONFIRMED};
    capan_judged_frame(&judged, asked->number);
    if (number->value != (uint64_t)right) {
        judged.verdict = CAPAN_CLAIM_REFUTED;
        struct sentence value = sentence_in(judged.right, sizeof judged.right),
                        why = sentence_in(judged.why, sizeof judged.why);
        capan_say(&value, "%lld", (long long)right);
        capan_say(&why, "what answers #%u acknowledges %lld", asked->number, (long long)right);
    }
    capan_claim(reader, CAPAN_CLAIM_ACK, match.caught[1], match.to, &judged);
}

static void read_answers(struct reader *reader) {
    struct match match;
    const char *pattern = "response|responses|answer|answers|reply|replies ?segments to {f}";
    for (size_t at = reader->begin; at < reader->end; at = match.to) {
        if (!capan_pattern_find(pattern, reader->tokens.at, at, reader->end, &match)) return;
        const struct fact_frame *asked = tcp_frame(reader, match.caught[0]);
        if (!asked) continue;
        judge_their_ack(reader, match.caught[0], asked);
        judge_answers(reader, match.from, asked);
    }
}

/* "the ACK of #6, #7 and #9 is 364": of each of them. */
static void read_common_acks(struct reader *reader) {
    struct match match;
    if (!capan_pattern_find("ack|acks for|of|in {f} *14 are|is ?all {n}", reader->tokens.at, reader->begin, reader->end,
                            &match))
        return;
    const size_t number = match.caught[1];
    for (size_t at = match.from; at < number; at++) {
        const struct fact_frame *frame = reader_token(reader, at)->type == TOKEN_FRAME ? tcp_frame(reader, at) : NULL;
        if (!frame) continue;
        const struct asked asked = {
            .what = CAPAN_CLAIM_ACK, .from = number, .to = number + 1, .number = number, .frame = frame->number};
        capan_judge_number(reader, &asked);
    }
}

/* The frame ends a response: what acknowledges it confirms the receipt of all of it. */
static void read_receipts(struct reader *reader) {
    struct match match;
    const char *pattern = "{f} confirms|acknowledges ?the receipt|reception of";
    if (!capan_pattern_find(pattern, reader->tokens.at, reader->begin, reader->end, &match)) return;
    const struct fact_frame *frame = tcp_frame(reader, match.caught[0]), *last = NULL;
    if (!frame) return;
    for (size_t i = 0; i < reader->facts->exchange_count && !last; i++) {
        const struct capan_exchange *exchange = reader->facts->exchanges[i];
        const struct fact_frame *end = capan_facts_frame(reader->facts, exchange->response.last_frame);
        if (exchange->stream == frame->segment.stream && end && end->tcp && fact_next(end) == frame->segment.ack)
            last = end;
    }
    const bool right = last && frame->segment.direction != last->segment.direction && !frame->segment.len;
    judge(reader, CAPAN_CLAIM_ANSWER, match.caught[0], match.caught[0] + 1, right,
          "it does not acknowledge the end of a response", NULL, 0);
}

/* --- the segments of a message ---------------------------------------------------------------------------------- */

static void judge_part(struct reader *reader, size_t frame_at, size_t number_at) {
    const uint32_t frame = (uint32_t)reader_token(reader, frame_at)->value;
    const struct asked asked = {
        .what = CAPAN_CLAIM_PAYLOAD, .from = frame_at, .to = number_at + 1, .number = number_at, .frame = frame};
    capan_judge_number(reader, &asked);
}

/* A number that every other part has, left out. */
static void judge_left_out(struct reader *reader, size_t at, const struct fact_frame *frame) {
    struct judged judged = {.verdict = CAPAN_CLAIM_REFUTED};
    struct sentence value = sentence_in(judged.right, sizeof judged.right),
                    why = sentence_in(judged.why, sizeof judged.why);
    capan_say(&value, "its number");
    capan_say(&why, "the number is left out: #%u has %u octets", frame->number, frame->segment.len);
    sentence_text(&(struct sentence){judged.said, 0, sizeof judged.said}, "left out");
    capan_judged_frame(&judged, frame->number);
    capan_claim(reader, CAPAN_CLAIM_PAYLOAD, at, at + 1, &judged);
}

/* "#6 (411), #7 (1420), #9 (719)" from token at on. Returns the token behind. */
static size_t read_parts(struct reader *reader, size_t at) {
    struct match match;
    reader->part_count = 0;
    while (at < reader->end && reader_token(reader, at)->type == TOKEN_FRAME) {
        const struct fact_frame *frame = tcp_frame(reader, at);
        if (reader->part_count < PARTS_MAX)
            reader->parts[reader->part_count++] = (uint32_t)reader_token(reader, at)->value;
        if (capan_pattern_at("{f} ( {n} ?bytes ) ?,", reader->tokens.at, at, reader->end, &match)) {
            judge_part(reader, at, match.caught[1]);
        } else {
            if (!capan_pattern_at("{f} ( ?bytes ?) ?,", reader->tokens.at, at, reader->end, &match)) return at;
            if (frame) judge_left_out(reader, at, frame);
        }
        at = match.to;
    }
    return at;
}

/* All the segments' octets come to the number. */
static void judge_total(struct reader *reader, size_t at) {
    struct judged judged = {.verdict = CAPAN_CLAIM_CONFIRMED};
    struct sentence why = sentence_in(judged.why, sizeof judged.why),
                    value = sentence_in(judged.right, sizeof judged.right);
    uint64_t sum = 0;
    for (size_t i = 0; i < reader->part_count; i++) {
        const struct fact_frame *frame = capan_facts_frame(reader->facts, reader->parts[i]);
        if (!frame || !frame->tcp) return;
        sum += frame->segment.len;
        capan_say(&why, "%s%u in #%u", i ? " + " : "", frame->segment.len, frame->number);
        capan_judged_frame(&judged, frame->number);
    }
    capan_say(&why, " = %llu octets", (unsigned long long)sum);
    if (!reader->part_count) return;
    if (sum == reader_token(reader, at)->value)
        judged.why[0] = 0;
    else
        judged.verdict = CAPAN_CLAIM_REFUTED, capan_say(&value, "%llu", (unsigned long long)sum);
    capan_claim(reader, CAPAN_CLAIM_REASSEMBLY, at, at + 1, &judged);
}

/* "[3 Reassembled TCP Segments": as many as are listed. */
static void judge_count(struct reader *reader, size_t at) {
    struct judged judged = {.verdict = CAPAN_CLAIM_CONFIRMED};
    if (reader_token(reader, at)->value != reader->part_count) {
        judged.verdict = CAPAN_CLAIM_REFUTED;
        struct sentence value = sentence_in(judged.right, sizeof judged.right);
        capan_say(&value, "%zu", reader->part_count);
        strcpy(judged.why, "so many are listed");
    }
    capan_claim(reader, CAPAN_CLAIM_COUNT, at, at + 1, &judged);
}

/* The message was announced to be put together in a frame: in the last one of its list. */
static void judge_completes(struct reader *reader) {
    const uint32_t last = reader->part_count ? reader->parts[reader->part_count - 1] : 0;
    if (!reader->completes || !last) return;
    char why[96];
    struct sentence sentence = sentence_in(why, sizeof why);
    capan_say(&sentence, "the message is complete with #%u", last);
    judge(reader, CAPAN_CLAIM_FRAME, reader->completes_at, reader->completes_at + 1, reader->completes == last, why,
          &last, 1);
    reader->completes = 0;
}

static void judge_offset(struct reader *reader, size_t at, int64_t right, uint32_t frame) {
    struct judged judged = {.verdict = CAPAN_CLAIM_CONFIRMED};
    capan_judged_frame(&judged, frame);
    if ((int64_t)reader_token(reader, at)->value != right) {
        judged.verdict = CAPAN_CLAIM_REFUTED;
        struct sentence value = sentence_in(judged.right, sizeof judged.right),
                        why = sentence_in(judged.why, sizeof judged.why);
        capan_say(&value, "%lld", (long long)right);
        capan_say(&why, "counted from the message's first octet, it is %lld", (long long)right);
    }
    capan_claim(reader, CAPAN_CLAIM_OFFSET, at, at + 1, &judged);
}

/* "[Frame: 6, payload: 0-410 (411 bytes)]" */
static size_t read_extent(struct reader *reader, size_t at) {
    struct match match;
    const struct fact_frame *frame,
        *first = capan_facts_frame(reader->facts, reader->part_count ? reader->parts[0] : 0);
    if (!capan_pattern_at("{f} , payload : {n} - {n} (", reader->tokens.at, at, reader->end, &match)) return at + 1;
    frame = tcp_frame(reader, at);
    if (!frame || !first || !first->tcp) return match.to;
    const int64_t start = frame->segment.seq - first->segment.seq;
    judge_offset(reader, match.caught[1], start, frame->number);
    judge_offset(reader, match.caught[2], start + frame->segment.len - 1, frame->number);
    const size_t behind = match.to;
    if (capan_pattern_at("{n} bytes )", reader->tokens.at, behind, reader->end, &match))
        judge_part(reader, at, behind);
    else if (capan_pattern_at("bytes )", reader->tokens.at, behind, reader->end, &match))
        judge_left_out(reader, behind, frame);
    return behind;
}

void capan_read_reassembly(struct reader *reader) {
    struct match match;
    size_t at = reader->begin;
    const bool counted = capan_pattern_find("[ {n} reassembled", reader->tokens.at, at, reader->end, &match);
    const size_t count_at = counted ? match.caught[0] : 0;
    if (capan_pattern_find("reassembled *4 ( {n} bytes ) : {f}", reader->tokens.at, at, reader->end, &match)) {
        at = read_parts(reader, match.caught[1]);
        judge_total(reader, match.caught[0]);
        if (counted) judge_count(reader, count_at);
        judge_completes(reader);
    }
    while (at < reader->end) at = reader_token(reader, at)->type == TOKEN_FRAME ? read_extent(reader, at) : at + 1;
}

/* --- what comes next -------------------------------------------------------------------------------------------- */

/* "(Packet 4)" is the only frame of the sentence, whose line follows. */
static void read_promise(struct reader *reader) {
    struct match match;
    size_t frames = 0;
    for (size_t i = reader->begin; i < reader->end; i++) frames += reader_token(reader, i)->type == TOKEN_FRAME;
    reader->promised = 0;
    if (frames != 1 || !capan_pattern_find("( {f} )", reader->tokens.at, reader->begin, reader->end, &match)) return;
    reader->promised_at = match.caught[0];
    reader->promised = (uint32_t)min_u64(reader_token(reader, match.caught[0])->value, UINT32_MAX);
}

static void read_announced(struct reader *reader) {
    struct match match;
    if (!reader->completes_left || !--reader->completes_left) reader->completes = 0;
    if (!capan_pattern_find("reassemble|reassembled|reassembly *8 in *3 {f}", reader->tokens.at, reader->begin,
                            reader->end, &match) &&
        !capan_pattern_find("together|complete|whole *3 in {f}", reader->tokens.at, reader->begin, reader->end, &match))
        return;
    reader->completes_left = ANNOUNCED_FOR;
    reader->completes_at = match.caught[0];
    reader->completes = (uint32_t)min_u64(reader_token(reader, match.caught[0])->value, UINT32_MAX);
}

void capan_read_relations(struct reader *reader) {
    read_handshakes(reader);
    read_answers(reader);
    read_common_acks(reader);
    read_receipts(reader);
    read_announced(reader);
    read_promise(reader);
}
