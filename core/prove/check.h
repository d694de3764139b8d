/* SPDX-License-Identifier: MIT */
/* One proof that is being checked: what segments and exchanges have in common. */
#ifndef CHECK_H
#define CHECK_H

#include "capan/prove.h"
#include "claim.h"
#include "formulas.h"
#include "sentence.h"

struct capan_prover {
    struct capan_alloc alloc;
    struct recording recording;
    uint64_t rows;
    uint64_t *streams;  /* one more than the stream of each connection, as the first proof had it */
    uint64_t *pairs;    /* the ends of each stream */
    uint64_t *requests; /* what each index stands for */
    size_t streams_capacity, pairs_capacity, requests_capacity;
    uint8_t *scratch;
    size_t scratch_size;
    struct claim claim;
    struct head asked, answer, copy;
};

/* What is being checked, with what, and what is said of it. */
struct check {
    struct capan_prover *prover;
    const struct claim *claim;
    struct scene scene;
    struct capan_proved *proved;
    struct sentence unread;
};

/* The part does not hold: what the proof has there, and why. Only the first fault is told. */
void capan_refute(struct check *, const char *part, struct capan_span said, const char *why);
void capan_refute_number(struct check *, const char *part, int64_t said, const char *why);
/* What became of one fact or number; claimed is what the proof has. */
void capan_take_reading(struct check *, enum reading, const char *name, const char *formula, int64_t claimed);

/* -1: none of the list. */
int capan_find_token(const struct capan_token *list, unsigned count, struct capan_span word);
/* The proof says in that part what is. */
void capan_check_text(struct check *, const char *part, struct capan_span said, const char *is);
void capan_check_facts(struct check *);
void capan_check_quantities(struct check *);
/* The frames that prove it are those that it names. */
void capan_check_frames(struct check *);
/* One connection has one number, and one number one pair of ends; which number it is is the proofs' own. */
void capan_check_stream(struct check *, const struct record *);
/* Likewise one index is one request's. */
void capan_check_index(struct check *);

/* All of a proof. */
void capan_check_segment(struct check *);
void capan_check_exchange(struct check *);

#endif
