/* SPDX-License-Identifier: MIT */
#include "reader.h"

#include <stdlib.h>

#define BUDGET_USUAL ((uint64_t)256 << 20)

struct capan_audit {
    struct capan_counter counter;
    uint64_t budget;
    struct facts facts;
    struct reader reader;
};

struct capan_audit *capan_audit_new(uint64_t memory, const struct capan_alloc *alloc) {
    if (!alloc) alloc = &capan_libc;
    struct capan_audit *audit = capan_new(alloc, sizeof *audit);
    if (!audit) return NULL;
    capan_counter_init(&audit->counter, alloc);
    audit->budget = memory ? memory : BUDGET_USUAL;
    audit->facts.alloc = audit->reader.alloc = &audit->counter.alloc;
    audit->reader.facts = &audit->facts;
    capan_arena_init(&audit->reader.kept, &audit->counter.alloc, NULL, 0, SIZE_MAX);
    return audit;
}

void capan_audit_free(struct capan_audit *audit) {
    if (!audit) return;
    capan_facts_free(&audit->facts);
    capan_tokens_free(&audit->reader.tokens, &audit->counter.alloc);
    capan_delete(&audit->counter.alloc, audit->reader.claims, audit->reader.claim_room * sizeof *audit->reader.claims);
    capan_arena_free(&audit->reader.kept);
    capan_delete(audit->counter.under, audit, sizeof *audit);
}

static bool has_room(struct capan_audit *audit) {
    if (audit->counter.held < audit->budget) return true;
    audit->facts.left_out++;
    return false;
}

void capan_audit_packet(struct capan_audit *audit, const struct capan_packet *packet, bool icmp) {
    if (has_room(audit)) capan_facts_packet(&audit->facts, packet, icmp);
}

void capan_audit_segment(struct capan_audit *audit, const struct capan_segment *segment, const uint32_t *acks) {
    capan_facts_segment(&audit->facts, segment, acks);
}

void capan_audit_exchange(struct capan_audit *audit, const struct capan_exchange *exchange) {
    if (has_room(audit)) capan_facts_exchange_ended(&audit->facts, exchange);
}

void capan_audit_connection(struct capan_audit *audit, const struct capan_connection *connection) {
    if (has_room(audit)) capan_facts_connection_ended(&audit->facts, connection);
}

/* --- the text --------------------------------------------------------------------------------------------------- */

/* What nobody understood may be as wrong as any: it is shown. A heading of few words says nothing. */
static void note_silent(struct reader *reader) {
    enum { HEADING = 3 }; /* words */
    static const struct judged nothing = {.verdict = CAPAN_CLAIM_UNREAD};
    if (reader->end - reader->begin <= HEADING) return;
    capan_claim(reader, CAPAN_CLAIM_SENTENCE, reader->begin, reader->end, &nothing);
    reader->totals.silent++;
}

/* The order is that of certainty: what is read first takes its numbers from those behind. */
static void read_sentence(struct reader *reader) {
    static void (*const readers[])(struct reader *) = {
        capan_read_reassembly, capan_read_sums,     capan_read_controls,   capan_read_relations, capan_read_doings,
        capan_read_keys,       capan_read_messages, capan_read_pings,      capan_read_phrases,   capan_read_times,
        capan_read_counts,     capan_read_events,   capan_read_happenings, capan_read_teachings, capan_read_places,
    };
    const size_t before = reader->claim_count;
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) readers[i](reader);
    if (reader->claim_count == before) note_silent(reader);
    for (size_t i = reader->begin; i < reader->end; i++)
        if (reader_token(reader, i)->type == TOKEN_FRAME)
            reader->current = (uint32_t)min_u64(reader_token(reader, i)->value, UINT32_MAX);
    reader->totals.sentences++;
}

/* Up to its stop, or to a line that is none. */
static void find_sentence(struct reader *reader, size_t at) {
    reader->begin = reader->end = at;
    while (reader->end < reader->tokens.count && reader->end - at < SENTENCE_MAX &&
           reader_token(reader, reader->end)->type != TOKEN_STOP) {
        const bool first = reader_token(reader, reader->end)->first && reader->end > at;
        if (first && capan_begins_line(reader, reader->end)) break;
        reader->end++;
    }
}

static void read_text(struct reader *reader) {
    for (size_t at = 0; at < reader->tokens.count;) {
        size_t behind = capan_read_table(reader, at);
        if (behind == at) behind = capan_read_line(reader, at);
        if (behind == at && reader_token(reader, at)->type == TOKEN_STOP) behind = at + 1;
        if (behind == at) {
            find_sentence(reader, at);
            behind = reader->end;
            read_sentence(reader);
        }
        at = behind;
    }
    capan_read_whole(reader);
}

static int by_place(const void *left, const void *right) {
    const struct capan_claim *a = left, *b = right;
    if (a->words.at != b->words.at) return a->words.at < b->words.at ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

/* Claims and slips are numbered as they stand in the text. */
static void number_claims(struct reader *reader) {
    uint32_t numbers[SLIPS_MAX + 1] = {0}, slips = 0;
    if (reader->claim_count) qsort(reader->claims, reader->claim_count, sizeof *reader->claims, by_place);
    for (size_t i = 0; i < reader->claim_count; i++) {
        struct capan_claim *claim = &reader->claims[i];
        claim->number = i + 1;
        if (!claim->slip) continue;
        if (!numbers[claim->slip]) numbers[claim->slip] = ++slips;
        claim->slip = numbers[claim->slip];
    }
}

enum capan_result capan_audit_text(struct capan_audit *audit, struct capan_span text, uint64_t frames) {
    struct reader *reader = &audit->reader;
    audit->facts.total = frames;
    capan_facts_sort(&audit->facts);
    if (capan_tokens_read(&reader->tokens, text, &audit->counter.alloc) != CAPAN_OK) return CAPAN_NO_MEMORY;
    read_text(reader);
    number_claims(reader);
    return reader->failed ? CAPAN_NO_MEMORY : CAPAN_OK;
}

bool capan_audit_next(const struct capan_audit *audit, uint64_t *at, struct capan_claim *claim) {
    if (*at >= audit->reader.claim_count) return false;
    *claim = audit->reader.claims[(*at)++];
    return true;
}

void capan_audit_count(const struct capan_audit *audit, struct capan_audit_totals *totals) {
    *totals = audit->reader.totals;
    totals->left_out += audit->facts.left_out;
}
