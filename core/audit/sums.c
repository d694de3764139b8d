/* SPDX-License-Identifier: MIT */
/* Equations: "417-54=363", "2139-(1474-54) = 719". */
#include "quantity.h"

enum { DEPTH_MAX = 8 };
#define VALUE_MAX ((int64_t)1 << 50)

/* A side of an equation: tokens [from, to). */
struct side {
    size_t to;
    int64_t value;
    unsigned operations;
    bool plain; /* a number alone, which is the value */
};

static bool read_side(struct reader *reader, size_t at, unsigned depth, struct side *side);

static bool read_atom(struct reader *reader, size_t at, unsigned depth, struct side *side) {
    if (at >= reader->end) return false;
    const struct token *token = reader_token(reader, at);
    if (token_is_sign(token, '(')) {
        if (depth >= DEPTH_MAX || !read_side(reader, at + 1, depth + 1, side) || side->to >= reader->end ||
            !token_is_sign(reader_token(reader, side->to), ')'))
            return false;
        side->to++;
        side->plain = false;
        return true;
    }
    if (token->type != TOKEN_NUMBER || token->decimals || token->value > VALUE_MAX) return false;
    *side = (struct side){.to = at + 1, .value = (int64_t)token->value, .plain = true};
    if (side->to < reader->end && token_is_word(reader_token(reader, side->to), "bytes|byte|octets|octet")) side->to++;
    return true;
}

static bool is_length_named(const struct reader *reader, int64_t value) {
    const struct fact_frame *frame = capan_facts_frame(reader->facts, reader->current);
    if (frame && frame->frame_len == value) return true;
    for (size_t i = 0; i < reader->lined_count; i++) {
        frame = capan_facts_frame(reader->facts, reader->lined[i]);
        if (frame && frame->frame_len == value) return true;
    }
    return false;
}

/* "frame - 54": what is taken off the length of a frame that the text has named. */
static void note_header(struct reader *reader, const struct side *left, const struct side *right, size_t at) {
    if (!left->plain || !right->plain || right->value < 34 || right->value > 200) return;
    if (!is_length_named(reader, left->value)) return;
    if (reader->header && reader->header != (uint64_t)right->value) reader->headers_differ = true;
    if (!reader->header_uses++) reader->header_at = at;
    reader->header = (uint64_t)right->value;
}

static bool read_side(struct reader *reader, size_t at, unsigned depth, struct side *side) {
    if (!read_atom(reader, at, depth, side)) return false;
    while (side->to < reader->end) {
        const bool minus = token_is_sign(reader_token(reader, side->to), '-');
        struct side next = {0};
        if ((!minus && !token_is_sign(reader_token(reader, side->to), '+')) ||
            !read_atom(reader, side->to + 1, depth, &next))
            break;
        if (minus) note_header(reader, side, &next, at);
        const int64_t value = minus ? side->value - next.value : side->value + next.value;
        if (value > VALUE_MAX || value < -VALUE_MAX) break;
        *side = (struct side){.to = next.to, .value = value, .operations = side->operations + next.operations + 1};
    }
    return true;
}

static void judge(struct reader *reader, size_t from, size_t to, int64_t first, int64_t other) {
    struct judged judged = {.verdict = first == other ? CAPAN_CLAIM_CONFIRMED : CAPAN_CLAIM_REFUTED};
    if (first != other) {
        struct sentence right = sentence_in(judged.right, sizeof judged.right),
                        why = sentence_in(judged.why, sizeof judged.why);
        capan_say(&right, "%lld", (long long)first);
        capan_say(&why, "one side comes to %lld, the other to %lld", (long long)first, (long long)other);
    }
    capan_claim(reader, CAPAN_CLAIM_SUM, from, to, &judged);
}

/* An equation at token from. Returns the token behind; from when there is none. */
static size_t read_equation(struct reader *reader, size_t from) {
    struct side first, next;
    int64_t other;
    unsigned operations;
    if (!read_side(reader, from, 0, &first)) return from;
    size_t to = first.to;
    other = first.value;
    operations = first.operations;
    while (to + 1 < reader->end && token_is_sign(reader_token(reader, to), '=') &&
           read_side(reader, to + 1, 0, &next)) {
        if (next.value != first.value) other = next.value;
        operations += next.operations;
        to = next.to;
    }
    if (to == first.to || !operations) return from;
    judge(reader, from, to, first.value, other);
    return to;
}

void capan_read_sums(struct reader *reader) {
    for (size_t at = reader->begin; at < reader->end;) {
        const struct token *token = reader_token(reader, at);
        const bool begins = (token->type == TOKEN_NUMBER || token_is_sign(token, '(')) && !token->taken;
        const size_t behind = begins ? read_equation(reader, at) : at;
        at = behind > at ? behind : at + 1;
    }
}
