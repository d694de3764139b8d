/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "bytes.h"

#define MEMORY_DEFAULT (UINT64_C(256) << 20)

struct capan_prover *capan_prover_new(uint64_t memory, uint64_t seed, const struct capan_alloc *alloc) {
    struct capan_prover *prover = capan_new(alloc, sizeof *prover);
    if (!prover) return NULL;
    prover->alloc = *alloc;
    capan_recording_init(&prover->recording, memory ? memory : MEMORY_DEFAULT, seed, &prover->alloc);
    return prover;
}

void capan_prover_free(struct capan_prover *prover) {
    if (!prover) return;
    const struct capan_alloc alloc = prover->alloc;
    capan_recording_free(&prover->recording);
    capan_delete(&alloc, prover->streams, prover->streams_capacity * sizeof *prover->streams);
    capan_delete(&alloc, prover->pairs, prover->pairs_capacity * sizeof *prover->pairs);
    capan_delete(&alloc, prover->requests, prover->requests_capacity * sizeof *prover->requests);
    capan_delete(&alloc, prover->scratch, prover->scratch_size);
    capan_delete(&alloc, prover, sizeof *prover);
}

enum capan_result capan_prover_packet(struct capan_prover *prover, const struct capan_packet *packet) {
    return capan_recording_add(&prover->recording, packet);
}

enum capan_result capan_prover_icmp(struct capan_prover *prover, const struct capan_packet *packet) {
    return capan_recording_icmp(&prover->recording, packet->frame);
}

bool capan_prover_cut(const struct capan_prover *prover) {
    return prover->recording.cut;
}

static bool make_scratch(struct capan_prover *prover, size_t len) {
    if (len < prover->scratch_size) return true;
    uint8_t *scratch = prover->alloc.resize(prover->alloc.context, prover->scratch, prover->scratch_size, len + 1);
    if (!scratch) return false;
    prover->scratch = scratch;
    prover->scratch_size = len + 1;
    return true;
}

enum capan_result capan_prover_check(struct capan_prover *prover, struct capan_span row, struct capan_proved *proved) {
    const struct claim *claim = &prover->claim;
    *proved = (struct capan_proved){.number = ++prover->rows, .holds = true};
    if (!make_scratch(prover, row.len)) return CAPAN_NO_MEMORY;
    if (!capan_claim_read(row, prover->scratch, &prover->claim)) return CAPAN_DAMAGED;
    struct check check = {
        .prover = prover,
        .claim = claim,
        .proved = proved,
        .scene = {.recording = &prover->recording, .quantities = claim->quantities, .count = claim->quantity_count},
        .unread = sentence_in(proved->unread_names, sizeof proved->unread_names)};
    proved->frame = (uint32_t)claim->frame.value;
    proved->stream = (uint32_t)claim->stream.value;
    proved->of = claim->of;
    proved->verdict = claim->verdict;
    proved->rule = claim->rule;
    if (claim->odd) capan_refute(&check, "row", (struct capan_span){NULL, 0}, claim->odd);
    if (span_equal(claim->of, span_of("segment")))
        capan_check_segment(&check);
    else
        capan_check_exchange(&check);
    return CAPAN_OK;
}

const char *capan_proof_formula(bool of_segment, bool of_fact, const char *name) {
    return capan_formula_of(of_segment, of_fact, span_of(name));
}
