/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "bytes.h"

void capan_refute(struct check *check, const char *part, struct capan_span said, const char *why) {
    struct capan_proved *proved = check->proved;
    if (!proved->holds) return;
    proved->holds = false;
    struct sentence wrong = sentence_in(proved->wrong, sizeof proved->wrong);
    struct sentence text = sentence_in(proved->why, sizeof proved->why);
    sentence_text(&wrong, part);
    capan_say_octets(&text, said, 48);
    if (said.len) sentence_text(&text, ": ");
    sentence_text(&text, why);
}

void capan_refute_number(struct check *check, const char *part, int64_t said, const char *why) {
    char text[24];
    struct sentence number = sentence_in(text, sizeof text);
    sentence_signed(&number, said);
    capan_refute(check, part, span_of(text), why);
}

static void note_unread(struct check *check, const char *name) {
    check->proved->unread++;
    if (check->unread.len + strlen(name) + 1 >= check->unread.capacity) return;
    if (check->unread.len) sentence_text(&check->unread, " ");
    sentence_text(&check->unread, name);
}

void capan_take_reading(struct check *check, enum reading reading, const char *name, const char *formula,
                        int64_t claimed) {
    if (reading == READ_NOT) {
        note_unread(check, name);
        return;
    }
    check->proved->read++;
    if (reading == READ_FAILS) capan_refute_number(check, name, claimed, formula);
}

int capan_find_token(const struct capan_token *list, unsigned count, struct capan_span word) {
    for (unsigned i = 0; i < count; i++)
        if (span_equal(span_of(list[i].token), word)) return (int)i;
    return -1;
}

void capan_check_text(struct check *check, const char *part, struct capan_span said, const char *is) {
    if (!span_equal(said, span_of(is))) capan_refute(check, part, said, "the rule has another");
}

/* --- facts and quantities --- */

/* Where the capture swapped records, numbers do not tell what was there before. */
static bool is_swapped(const struct claim *claim) {
    for (size_t i = 0; i < claim->fact_count; i++)
        if (claim->facts[i].holds && strcmp(claim->facts[i].name, "swapped") == 0) return true;
    return false;
}

void capan_check_facts(struct check *check) {
    const struct claim *claim = check->claim;
    const bool of_segment = check->scene.self, swapped = is_swapped(claim);
    for (size_t i = 0; i < claim->fact_count; i++) {
        const char *name = claim->facts[i].name, *formula = capan_proof_formula(of_segment, true, name);
        if (!formula) {
            capan_refute(check, "facts", span_of(name), "no rule asks it");
            continue;
        }
        enum reading reading =
            swapped && strcmp(name, "fills") == 0 ? READ_NOT : capan_formula_read(&check->scene, formula);
        if (reading != READ_NOT && !claim->facts[i].holds) reading = reading == READ_HOLDS ? READ_FAILS : READ_HOLDS;
        capan_take_reading(check, reading, name, formula, claim->facts[i].holds);
    }
}

void capan_check_quantities(struct check *check) {
    const struct claim *claim = check->claim;
    for (size_t i = 0; i < claim->quantity_count; i++) {
        const struct capan_quantity *quantity = &claim->quantities[i];
        const char *formula = capan_proof_formula(check->scene.self, false, quantity->name);
        if (!formula) {
            capan_refute(check, "quantities", span_of(quantity->name), "no rule names it");
            continue;
        }
        check->scene.it = quantity->value;
        capan_take_reading(check, capan_formula_read(&check->scene, formula), quantity->name, formula, quantity->value);
    }
}

/* A frame with which a message begins is not among those that prove it. */
static bool is_proving(const struct capan_quantity *quantity) {
    return quantity->unit == CAPAN_UNIT_FRAME && strcmp(quantity->name, "request_begins") != 0 &&
           strcmp(quantity->name, "response_begins") != 0;
}

static bool is_listed(const struct claim *claim, int64_t frame) {
    for (size_t i = 0; i < claim->frame_count; i++)
        if (claim->frames[i] == frame) return true;
    return false;
}

static bool is_named_frame(const struct claim *claim, int64_t frame) {
    for (size_t i = 0; i < claim->quantity_count; i++)
        if (is_proving(&claim->quantities[i]) && claim->quantities[i].value == frame) return true;
    return false;
}

void capan_check_frames(struct check *check) {
    const struct claim *claim = check->claim;
    for (size_t i = 0; i < claim->frame_count; i++)
        if (!is_named_frame(claim, claim->frames[i]))
            capan_refute_number(check, "frames", claim->frames[i], "none of those that its quantities name");
    for (size_t i = 0; i < claim->quantity_count; i++)
        if (is_proving(&claim->quantities[i]) && !is_listed(claim, claim->quantities[i].value))
            capan_refute_number(check, "frames", claim->quantities[i].value, "not among them");
}

/* --- numbers that are names --- */

/* Room for number, new room as zeros. False: there cannot be so many, or no memory. */
static bool reach(struct capan_prover *prover, uint64_t **items, size_t *capacity, int64_t number) {
    const size_t before = *capacity, most = 4 * prover->recording.count + 1024;
    if (number < 0 || (uint64_t)number >= most) return false;
    if (capan_reserve(&prover->alloc, (void **)items, capacity, (size_t)number + 1, sizeof **items) != CAPAN_OK)
        return false;
    memset(*items + before, 0, (*capacity - before) * sizeof **items);
    return true;
}

void capan_check_stream(struct check *check, const struct record *record) {
    struct capan_prover *prover = check->prover;
    const int64_t stream = check->claim->stream.value;
    if (!check->claim->stream.known || !reach(prover, &prover->pairs, &prover->pairs_capacity, stream) ||
        !reach(prover, &prover->streams, &prover->streams_capacity, record->talk)) {
        capan_refute_number(check, "stream", stream, "there are not so many");
        return;
    }
    uint64_t *of_talk = &prover->streams[record->talk], *of_stream = &prover->pairs[stream];
    check->proved->read++;
    if (*of_talk && *of_talk != (uint64_t)stream + 1)
        capan_refute_number(check, "stream", stream, "an earlier proof has another for this connection");
    else if (*of_stream && *of_stream != record->pair)
        capan_refute_number(check, "stream", stream, "an earlier proof has it for another connection");
    if (!*of_talk) *of_talk = (uint64_t)stream + 1;
    if (!*of_stream) *of_stream = record->pair;
}

void capan_check_index(struct check *check) {
    struct capan_prover *prover = check->prover;
    const struct claim *claim = check->claim;
    const int64_t index = claim->index.value;
    const struct capan_hash_key key = prover->recording.talks.key;
    const uint64_t request = capan_hash(key, claim->target.at, claim->target.len) ^
                             capan_hash(key, &claim->frame.value, sizeof claim->frame.value) ^
                             capan_hash(key, &claim->frames[1], sizeof claim->frames[1]);
    if (!claim->index.known || !reach(prover, &prover->requests, &prover->requests_capacity, index)) {
        capan_refute_number(check, "index", index, "there are not so many");
        return;
    }
    if (prover->requests[index] && prover->requests[index] != (request | 1))
        capan_refute_number(check, "index", index, "an earlier proof has it for another exchange");
    if (!prover->requests[index]) prover->requests[index] = request | 1;
}
