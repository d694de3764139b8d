/* SPDX-License-Identifier: MIT */
/* Proofs checked against the capture that they are of: each number is read again from the frames that the proof names,
 * each fact is compared again, the rule and its section are looked up. The engine is not asked. */
#ifndef CAPAN_PROVE_H
#define CAPAN_PROVE_H

#include "packet.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CAPAN_PROVED_NAME  40
#define CAPAN_PROVED_WORDS 192

/* What became of one proof. Spans are of the row that was checked. */
struct capan_proved {
    uint64_t number; /* of the row in its file, from 1 */
    uint32_t frame, stream;
    struct capan_span of, verdict, rule;
    bool holds;
    char wrong[CAPAN_PROVED_NAME]; /* the part that does not hold: a quantity's name, a fact's, "section"; "" none */
    char why[CAPAN_PROVED_WORDS];  /* and what the frames say of it */
    uint32_t read, unread;         /* facts and numbers read again from frames; taken as they stand */
    char unread_names[2 * CAPAN_PROVED_WORDS]; /* those, with blanks between; as many as fit */
};

struct capan_prover;

/* memory: octets that are kept of the capture at most; 0 is 256 MiB. NULL without memory. alloc is copied. */
CAPAN_API struct capan_prover *capan_prover_new(uint64_t memory, uint64_t seed, const struct capan_alloc *alloc);
CAPAN_API void capan_prover_free(struct capan_prover *);
/* All TCP packets of the capture, in its order, before the first proof. CAPAN_NO_MEMORY: it is not kept. */
CAPAN_API enum capan_result capan_prover_packet(struct capan_prover *, const struct capan_packet *);
/* Likewise all ICMP messages. */
CAPAN_API enum capan_result capan_prover_icmp(struct capan_prover *, const struct capan_packet *);
/* Not all of the capture was kept: what lies in the rest cannot be read again. */
CAPAN_API bool capan_prover_cut(const struct capan_prover *);
/* One row of proofs, as explain writes them with --format ndjson. CAPAN_DAMAGED: it is no proof. */
CAPAN_API enum capan_result capan_prover_check(struct capan_prover *, struct capan_span row, struct capan_proved *);

/* How a proof's facts and quantities are read, for the row of the proof: "since: it = this.time - earlier.time; ...".
 * Writes as much as fits into size octets with its NUL; returns the length. */
CAPAN_API const char *capan_proof_formula(bool of_segment, bool of_fact, const char *name);

#ifdef __cplusplus
}
#endif

#endif
