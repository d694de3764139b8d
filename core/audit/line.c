/* SPDX-License-Identifier: MIT */
/* Lines as Wireshark and tshark list packets: number, time, ends, protocol, length, what it says. */
#include "quantity.h"

size_t capan_line_end(const struct reader *reader, size_t at) {
    const uint32_t line = reader_token(reader, at)->line;
    while (at < reader->tokens.count && reader_token(reader, at)->line == line &&
           (reader_token(reader, at)->type != TOKEN_STOP || reader_token(reader, at)->text.len))
        at++;
    return at;
}

/* --- flags ------------------------------------------------------------------------------------------------------ */

static const struct {
    const char *word;
    uint8_t flag;
} flag_words[] = {{"syn", CAPAN_TH_SYN}, {"ack", CAPAN_TH_ACK}, {"fin", CAPAN_TH_FIN}, {"rst", CAPAN_TH_RST},
                  {"psh", CAPAN_TH_PSH}, {"urg", CAPAN_TH_URG}, {"ece", CAPAN_TH_ECE}, {"cwr", CAPAN_TH_CWR}};

uint8_t capan_flag_named(const struct token *token) {
    for (size_t i = 0; i < sizeof flag_words / sizeof *flag_words; i++)
        if (token_is_word(token, flag_words[i].word)) return flag_words[i].flag;
    return 0;
}

void capan_flags_text(uint8_t flags, char text[64]) {
    struct sentence sentence = sentence_in(text, 64);
    for (size_t i = 0; i < sizeof flag_words / sizeof *flag_words; i++) {
        if (!(flags & flag_words[i].flag)) continue;
        capan_say(&sentence, "%s%s", sentence.len ? ", " : "", flag_words[i].word);
    }
    for (size_t i = 0; i < sentence.len; i++)
        if (text[i] >= 'a') text[i] = (char)(text[i] - ('a' - 'A'));
}

static void judge_flags(struct reader *reader, size_t from, size_t to, uint8_t flags, uint32_t number) {
    const struct fact_frame *frame = capan_facts_frame(reader->facts, number);
    if (!frame || !frame->tcp) return;
    struct judged judged = {.verdict = CAPAN_CLAIM_CONFIRMED};
    capan_judged_frame(&judged, number);
    if (frame->segment.header_flags != flags) {
        judged.verdict = CAPAN_CLAIM_REFUTED;
        capan_flags_text(frame->segment.header_flags, judged.right);
        struct sentence why = sentence_in(judged.why, sizeof judged.why);
        capan_say(&why, "#%u has %s", number, judged.right);
    }
    capan_claim(reader, CAPAN_CLAIM_FLAGS, from, to, &judged);
}

size_t capan_read_flags(struct reader *reader, size_t at, size_t to, uint32_t frame) {
    size_t i = at + 1;
    uint8_t flags = 0, flag;
    if (!token_is_sign(reader_token(reader, at), '[')) return at;
    for (; i < to && (flag = capan_flag_named(reader_token(reader, i))) != 0; i++) {
        flags |= flag;
        if (i + 1 < to && token_is_sign(reader_token(reader, i + 1), ',')) i++;
    }
    if (!flags || i >= to || !token_is_sign(reader_token(reader, i), ']')) return at;
    judge_flags(reader, at, i + 1, flags, frame);
    return i + 1;
}

/* --- ends ------------------------------------------------------------------------------------------------------- */

static bool is_address(struct capan_span text, const struct capan_address *address) {
    char own[CAPAN_ENDPOINT_TEXT];
    const struct capan_endpoint endpoint = {*address, 0};
    const size_t len = capan_endpoint_text(&endpoint, false, own);
    if (len != text.len) return false;
    for (size_t i = 0; i < len; i++)
        if (token_lower(text.at[i]) != own[i]) return false;
    return true;
}

static void judge_end(struct reader *reader, size_t at, const struct capan_endpoint *end, uint32_t frame) {
    const struct token *token = reader_token(reader, at);
    struct judged judged = {.verdict = CAPAN_CLAIM_CONFIRMED};
    capan_judged_frame(&judged, frame);
    if (!is_address(token->text, &end->address) || (token->port >= 0 && token->port != end->port)) {
        judged.verdict = CAPAN_CLAIM_REFUTED;
        capan_endpoint_text(end, token->port >= 0, judged.right);
        struct sentence why = sentence_in(judged.why, sizeof judged.why);
        capan_say(&why, "#%u: %s", frame, judged.right);
    }
    capan_claim(reader, CAPAN_CLAIM_ADDRESS, at, at + 1, &judged);
}

/* A service's name for a port that was chosen for one connection says nothing about what is spoken on it. */
static void judge_name(struct reader *reader, size_t at, const struct capan_endpoint *end, bool client,
                       uint32_t frame) {
    struct judged judged = {.verdict = CAPAN_CLAIM_REFUTED, .source = "RFC 6335 6"};
    if (!client) return;
    struct sentence right = sentence_in(judged.right, sizeof judged.right),
                    why = sentence_in(judged.why, sizeof judged.why);
    capan_say(&right, "%u", end->port);
    capan_say(&why, "%u is a port that the client took for this connection; the service of that name is not spoken",
              end->port);
    capan_judged_frame(&judged, frame);
    capan_claim(reader, CAPAN_CLAIM_NAME, at, at + 1, &judged);
}

static void judge_port(struct reader *reader, size_t at, const struct fact_frame *frame, bool sender) {
    const struct token *token = reader_token(reader, at);
    const struct capan_endpoint end = capan_facts_end(reader->facts, frame, sender);
    const bool client = (frame->segment.direction == CAPAN_C2S) == sender;
    if (token->type == TOKEN_WORD)
        judge_name(reader, at, &end, client, frame->number);
    else if (token->value == end.port)
        capan_claim_confirmed(reader, CAPAN_CLAIM_PORT, at, at + 1, frame->number);
    else {
        const struct asked asked = {
            .what = CAPAN_CLAIM_PORT, .from = at, .to = at + 1, .number = at, .frame = frame->number};
        capan_judge_number(reader, &asked);
    }
}

/* "5672 > 80 [SYN]" or "amqp > http [SYN]". Returns the token behind. */
static size_t read_ports(struct reader *reader, size_t at, size_t to, const struct fact_frame *frame) {
    const bool fits = at + 3 < to && token_is_sign(reader_token(reader, at + 1), '>') &&
                      token_is_sign(reader_token(reader, at + 3), '[');
    for (size_t i = at; fits && i <= at + 2; i += 2) {
        const uint8_t type = reader_token(reader, i)->type;
        if (type != TOKEN_WORD && type != TOKEN_NUMBER) return at;
    }
    if (!fits) return at;
    judge_port(reader, at, frame, true);
    judge_port(reader, at + 2, frame, false);
    return at + 3;
}

/* --- the line --------------------------------------------------------------------------------------------------- */

struct line {
    size_t number, time, source, target, length, rest, end; /* tokens; time and length 0: there is none */
};

static bool shape_of(const struct reader *reader, size_t at, struct line *line) {
    *line = (struct line){.number = at, .end = capan_line_end(reader, at)};
    size_t i = at + 1;
    const struct token *tokens = reader->tokens.at;
    if (tokens[at].type != TOKEN_FRAME && (tokens[at].type != TOKEN_NUMBER || tokens[at].decimals)) return false;
    if (i < line->end && tokens[i].type == TOKEN_NUMBER) line->time = i++;
    if (i + 2 >= line->end || tokens[i].type != TOKEN_ADDRESS || !token_is_sign(&tokens[i + 1], '>') ||
        tokens[i + 2].type != TOKEN_ADDRESS)
        return false;
    line->source = i;
    line->target = i + 2;
    i += 3;
    if (i < line->end && tokens[i].type == TOKEN_WORD) i++;
    if (i < line->end && tokens[i].type == TOKEN_NUMBER) line->length = i++;
    line->rest = i;
    return true;
}

/* The sentence before named the frame whose line would follow. */
static void keep_promise(struct reader *reader, uint32_t frame) {
    struct judged judged = {.verdict = CAPAN_CLAIM_CONFIRMED};
    if (!reader->promised) return;
    capan_judged_frame(&judged, frame);
    if (reader->promised != frame) {
        judged.verdict = CAPAN_CLAIM_REFUTED;
        struct sentence right = sentence_in(judged.right, sizeof judged.right),
                        why = sentence_in(judged.why, sizeof judged.why);
        capan_say(&right, "#%u", frame);
        capan_say(&why, "the line that follows is of #%u", frame);
    }
    capan_claim(reader, CAPAN_CLAIM_FRAME, reader->promised_at, reader->promised_at + 1, &judged);
    reader->promised = 0;
}

static void judge_time(struct reader *reader, size_t at, const struct fact_frame *frame) {
    const struct token *token = reader_token(reader, at);
    int64_t unit = 1000000000;
    for (unsigned i = 0; i < token->decimals; i++) unit /= 10;
    const int64_t time = frame->segment.time_ns - reader->facts->origin_ns, said = (int64_t)token->value * unit;
    struct judged judged = {.verdict = CAPAN_CLAIM_CONFIRMED};
    if (!token->decimals || token->decimals > 9 || token->value > INT64_MAX / 1000000000) return;
    capan_judged_frame(&judged, frame->number);
    if (time - said > unit || said - time > unit) {
        judged.verdict = CAPAN_CLAIM_REFUTED;
        struct sentence right = sentence_in(judged.right, sizeof judged.right),
                        why = sentence_in(judged.why, sizeof judged.why);
        capan_say(&right, "%.6f", (double)time / 1e9);
        capan_say(&why, "#%u came after %.6f s", frame->number, (double)time / 1e9);
    }
    capan_claim(reader, CAPAN_CLAIM_TIME, at, at + 1, &judged);
}

static void read_parts(struct reader *reader, const struct line *line, const struct fact_frame *frame) {
    const struct capan_endpoint source = capan_facts_end(reader->facts, frame, true),
                                target = capan_facts_end(reader->facts, frame, false);
    capan_claim_confirmed(reader, CAPAN_CLAIM_FRAME, line->number, line->number + 1, frame->number);
    if (line->time) judge_time(reader, line->time, frame);
    judge_end(reader, line->source, &source, frame->number);
    judge_end(reader, line->target, &target, frame->number);
    if (line->length) {
        const struct asked asked = {.what = CAPAN_CLAIM_FRAME_LENGTH,
                                    .from = line->length,
                                    .to = line->length + 1,
                                    .number = line->length,
                                    .frame = frame->number};
        capan_judge_number(reader, &asked);
        if (reader->lined_count < PARTS_MAX) reader->lined[reader->lined_count++] = frame->number;
    }
    size_t at = read_ports(reader, line->rest, line->end, frame);
    at = capan_read_flags(reader, at, line->end, frame->number);
    capan_read_keys_of(reader, at, line->end, frame->number);
    capan_read_start_lines(reader, at, line->end, frame->number);
}

bool capan_begins_line(const struct reader *reader, size_t at) {
    struct line line;
    return reader_token(reader, at)->first && shape_of(reader, at, &line);
}

size_t capan_read_line(struct reader *reader, size_t at) {
    struct line line;
    if (!reader_token(reader, at)->first || !shape_of(reader, at, &line)) return at;
    reader->begin = at;
    reader->end = line.end;
    const uint64_t number = reader_token(reader, at)->value;
    const struct fact_frame *frame = capan_facts_frame(reader->facts, number);
    keep_promise(reader, (uint32_t)min_u64(number, UINT32_MAX));
    reader->current = reader->heading = (uint32_t)min_u64(number, UINT32_MAX);
    if (frame && frame->tcp)
        read_parts(reader, &line, frame);
    else
        capan_claim_absent(reader, CAPAN_CLAIM_FRAME, at, line.end, "no such frame, or one without TCP");
    return line.end;
}
