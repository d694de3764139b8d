/* SPDX-License-Identifier: MIT */
#include "reader.h"

static struct capan_span text_of(const struct reader *reader, size_t from, size_t to) {
    const struct token *first = reader_token(reader, from), *last = reader_token(reader, to > from ? to - 1 : from);
    size_t len = (size_t)(last->text.at + last->text.len - first->text.at);
    if (last->type == TOKEN_ADDRESS && last->port >= 0)
        for (len++; first->text.at[len] >= '0' && first->text.at[len] <= '9';) len++;
    return (struct capan_span){first->text.at, len};
}

static struct capan_span keep(struct reader *reader, const char *text) {
    struct capan_span copy = {NULL, 0};
    if (*text && !capan_arena_copy(&reader->kept, span_of(text), &copy)) reader->failed = true;
    return copy;
}

/* The same mistake made again is the same slip. */
static uint32_t slip_of(struct reader *reader, const struct capan_claim *claim) {
    for (size_t left = reader->claim_count; left > 0; left--) {
        const size_t i = left - 1;
        const struct capan_claim *other = &reader->claims[i];
        if (!other->slip || other->what != claim->what) continue;
        if (claim->what == CAPAN_CLAIM_NAME) return other->slip;
        if (span_equal(other->right, claim->right) && span_equal(other->said, claim->said)) return other->slip;
    }
    return (uint32_t)++reader->totals.slips;
}

enum { CLAIMS_MAX = 1 << 16, CLOSE = 8 /* tokens */ };

void capan_claim(struct reader *reader, enum capan_claim_what what, size_t from, size_t to,
                 const struct judged *judged) {
    static const struct judged not_claimed = {.verdict = CAPAN_CLAIM_UNREAD};
    if (judged->denies ? capan_is_supposed(reader, from, to) : capan_is_hedged(reader, from, to)) judged = &not_claimed;
    for (size_t i = from; i < to; i++) reader_token(reader, i)->taken = true;
    if (reader->claim_count >= CLAIMS_MAX ||
        capan_reserve(reader->alloc, (void **)&reader->claims, &reader->claim_room, reader->claim_count + 1,
                      sizeof *reader->claims) != CAPAN_OK) {
        reader->totals.left_out++;
        return;
    }
    struct capan_claim *claim = &reader->claims[reader->claim_count];
    *claim = (struct capan_claim){.number = reader->claim_count + 1,
                                  .line = reader_token(reader, from)->line,
                                  .what = (uint8_t)what,
                                  .verdict = judged->verdict,
                                  .frame_count = (uint8_t)judged->frame_count,
                                  .sentence = text_of(reader, reader->begin, reader->end),
                                  .words = text_of(reader, from, to),
                                  .said = *judged->said ? keep(reader, judged->said) : text_of(reader, from, to),
                                  .right = keep(reader, judged->right),
                                  .why = keep(reader, judged->why),
                                  .source = judged->source ? judged->source : ""};
    memcpy(claim->frames, judged->frames, sizeof claim->frames);
    if (judged->verdict == CAPAN_CLAIM_REFUTED && reader->totals.slips < SLIPS_MAX)
        claim->slip = slip_of(reader, claim);
    reader->totals.claims[judged->verdict]++;
    reader->claim_count++;
}

void capan_judged_frame(struct judged *judged, uint32_t frame) {
    for (size_t i = 0; i < judged->frame_count; i++)
        if (judged->frames[i] == frame) return;
    if (frame && judged->frame_count < CAPAN_CLAIM_FRAMES) judged->frames[judged->frame_count++] = frame;
}

void capan_claim_confirmed(struct reader *reader, enum capan_claim_what what, size_t from, size_t to, uint32_t frame) {
    struct judged judged = {.verdict = CAPAN_CLAIM_CONFIRMED};
    capan_judged_frame(&judged, frame);
    capan_claim(reader, what, from, to, &judged);
}

void capan_claim_absent(struct reader *reader, enum capan_claim_what what, size_t from, size_t to, const char *why) {
    struct judged judged = {.verdict = CAPAN_CLAIM_ABSENT};
    struct sentence sentence = sentence_in(judged.why, sizeof judged.why);
    sentence_text(&sentence, why);
    capan_claim(reader, what, from, to, &judged);
}

/* --- what a token is about -------------------------------------------------------------------------------------- */

static bool is_between_frames(const struct token *token) {
    return token_is_sign(token, ',') || token_is_sign(token, '-') || token_is_sign(token, '&') ||
           token_is_word(token, "and|to");
}

static void add_subject(struct subjects *subjects, uint64_t frame) {
    if (subjects->count < SUBJECTS_MAX) subjects->frames[subjects->count++] = (uint32_t)min_u64(frame, UINT32_MAX);
}

/* The list of frames that a frame stands in: "6, 7, and 9". */
static void add_list(const struct reader *reader, size_t at, struct subjects *subjects) {
    size_t from = at, to = at + 1;
    while (from > reader->begin &&
           (is_between_frames(reader_token(reader, from - 1)) || reader_token(reader, from - 1)->type == TOKEN_FRAME))
        from--;
    while (to < reader->end &&
           (is_between_frames(reader_token(reader, to)) || reader_token(reader, to)->type == TOKEN_FRAME))
        to++;
    for (size_t i = from; i < to; i++)
        if (reader_token(reader, i)->type == TOKEN_FRAME) add_subject(subjects, reader_token(reader, i)->value);
}

void capan_subjects(const struct reader *reader, size_t at, struct subjects *subjects) {
    *subjects = (struct subjects){.binding = BOUND_NOT};
    for (size_t i = at; i-- > reader->begin;) {
        if (reader_token(reader, i)->type != TOKEN_FRAME) continue;
        subjects->binding = BOUND_BEFORE;
        subjects->at = i;
        add_list(reader, i, subjects);
        return;
    }
    for (size_t i = at + 1; i < reader->end; i++) {
        if (reader_token(reader, i)->type != TOKEN_FRAME) continue;
        subjects->binding = BOUND_AFTER;
        subjects->at = i;
        subjects->close = token_is_sign(reader_token(reader, i - 1), '(') && i - at <= CLOSE;
        add_list(reader, i, subjects);
        return;
    }
    if (!reader->current) return;
    subjects->binding = BOUND_CONTEXT;
    add_subject(subjects, reader->current);
}
