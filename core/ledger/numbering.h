/* SPDX-License-Identifier: MIT */
/* The two numbers of a frame: in the capture, and among the frames that a face shows. */
#ifndef NUMBERING_H
#define NUMBERING_H

#include "arena.h"
#include "capan/ledger.h"

/* Owned by the caller: alloc set, the rest zero; then free. */
struct capan_numbering {
    const struct capan_alloc *alloc;
    uint32_t *dropped; /* frames that are not shown, ascending */
    size_t count, capacity;
};
void capan_numbering_free(struct capan_numbering *);

enum capan_result capan_numbering_drop(struct capan_numbering *, uint32_t in_capture);
uint32_t capan_numbering_in_capture(const struct capan_numbering *, uint32_t shown);
/* 0 for a dropped frame. */
uint32_t capan_numbering_shown(const struct capan_numbering *, uint32_t in_capture);

/* Makes the verdicts copies in the arena with the numbers that are shown. What finds no memory is left out. */
void capan_numbering_show(const struct capan_numbering *, struct capan_verdicts *, struct capan_arena *);
void capan_numbering_show_finding(const struct capan_numbering *, struct capan_finding *);

#endif
